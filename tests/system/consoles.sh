#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Consoles: a guest prints without end while two look at it and the daemon is killed five times. Both see each line
# once and in order, so does the log as far back as its files go; another guest is answered meanwhile; what both type
# arrives; the log outlives the guest.

. tests/system/lib

make -s "BUILD=$BUILD" "$BUILD/guest/printer"
mkdir -p "$tmp/root/srv"
cp "$BUILD/guest/printer" "$tmp/root/srv"
cat >"$tmp/root/srv/consoles.sh" <<'END'
restart() {
	old=$(pidof pav-consoled)
	kill "$@" $old
	while kill -0 $old 2>/dev/null; do sleep 0.05; done
	pav-consoled --log-size=256 --log-keep=3 --rate=64 2>>/tmp/said || echo "FAILED: pav-consoled"
}
# until FILE has TEXT
await() {
	for ((try = 0; try < 120; try++)); do
		grep -q "$2" $1 && return
		sleep 0.5
	done
	echo "FAILED: no '$2' in $1: $(tail -c 300 $1)"
}
# which of 1 to N lines are missing, doubled or out of order
lines() {
	tr -d '\r' <$1 | sed -n 's/^line 0*\([0-9]*\) \.*$/\1/p' |
		awk -v want=$2 -v name=$1 'NR == 1 && want { last = 0 } NR == 1 && !want { last = $1 - 1 }
			$1 != last + 1 { print name ": " $1 " after " last; bad++ } { last = $1 }
			END { print name ": to line " last ", wrong " bad + 0 ", " NR " lines" }'
}
restart -9
printf 'kernel = "/srv/printer"\nmemory = 4\n' >/tmp/guest.cfg
mkfifo /tmp/in1 /tmp/in2 /tmp/in3
pav create -p /tmp/guest.cfg 'name="loud"' 'extra="lines=36000"'
pav create /tmp/guest.cfg 'name="calm"'
for i in 1 2; do
	pav console loud </tmp/in$i >/tmp/out$i 2>/tmp/err$i &
done
pav console calm </tmp/in3 >/tmp/out3 2>/tmp/err3 &
exec 4>/tmp/in1 5>/tmp/in2 6>/tmp/in3
await /tmp/out3 "printer: ready"
pav unpause loud
sleep 0.5
restart -9
echo hello >&6
await /tmp/out3 "typed: hello"
pav console --log loud | grep -q "printer: ready" && echo "FAILED: the loud one is done already"
echo "answered"
for i in 1 2 3 4; do
	sleep 0.7
	restart -9
done
await /tmp/out1 "printer: ready"
await /tmp/out2 "printer: ready"
printf one >&4
await /tmp/out2 "typed: one"
printf two >&5
await /tmp/out1 "typed: two"
restart -TERM
printf three >&4
await /tmp/out2 "typed: three"
lines /tmp/out1 1
lines /tmp/out2 1
cat /tmp/err1 /tmp/err2 /tmp/err3
wc -c /var/log/pavise/guest-loud*
pav console --log loud >/tmp/log
lines /tmp/log
echo "escapes: $(grep -c "$(printf '\033')" /tmp/log)"
timeout 5 pav console --lines=2 loud </dev/null >/tmp/again
tr -d '\r' </tmp/again
pav destroy loud
pav destroy calm
pav console --log loud | tail -n 1
echo "histories: $(ls /run/pavise/console | wc -l)"
cat /tmp/said
jobs
END
vm --no-data --overlay "$tmp/root" --timeout 400 --exec "bash /srv/consoles.sh" >"$tmp/out" 2>&1 ||
	{ cat "$tmp/out"; exit 1; }
cat "$tmp/out"
for i in 1 2; do
	expect "viewer $i" 1 "$(grep -c "^/tmp/out$i: to line 36000, wrong 0, 36000 lines" "$tmp/out")"
done
expect "log" 1 "$(grep -cE '^/tmp/log: to line 36000, wrong 0, [0-9]+ lines' "$tmp/out")"
expect "log's files" 4 "$(grep -cE '^ *[1-9][0-9]* .*/guest-loud\.log(\.[123])?$' "$tmp/out")"
expect "too large" 0 "$(awk '/guest-loud/ && $1 > 262144' "$tmp/out" | wc -l)"
expect "the other one" 1 "$(grep -c '^answered' "$tmp/out")"
expect "failures" 0 "$(grep -c -e FAILED -e 'left out' "$tmp/out")"
expect "harmless" "escapes: 0" "$(grep '^escapes:' "$tmp/out")"
expect "told to wait" 1 "$(grep -c 'prints more than 64 KiB a second' "$tmp/out" | sed 's/^[1-9][0-9]*$/1/')"
expect "last lines, twice" 3 "$(tr -d '\r' <"$tmp/out" | grep -cE '^typed: (two|three)$')"
expect "cleaned up" "histories: 0" "$(grep '^histories:' "$tmp/out")"
