#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 900
#
# pav autoballoon: two guests grow into all the memory there is; a third one, for which there is none left, is
# made when they have given back; none is ever below its minimum, one without minmem is left alone, a paused one
# too. A guest that says what it uses gets that and a quarter more. Without the daemon, and when nobody can give
# more, pav create says so and leaves no guest behind.

. tests/system/lib

vm --timeout 880 --exec '
	. /usr/lib/pavise-test/many.sh
	die() { echo "FAILED: $*"; pav list; pav autoballoon -n; pav info | grep free; cat /tmp/log; exit 1; }
	mem() { pav list --json $1 | sed -n "s/^ *\"memory\": \([0-9]*\),/\1/p"; }
	free_mib() { echo $(($(free_kib) / 1024)); }
	# until SECONDS CONDITION
	comes() {
		local try
		for ((try = 0; try < $1 * 2; try++)); do
			eval "$2" && { echo "ok $2"; return; }
			sleep 0.5
		done
		die "after $1 s not: $2"
	}
	many_begin
	# Most of the memory goes to one that takes no part, so that little is left for the others.
	rest=$(free_mib)
	pav create -p /tmp/many.cfg name=still memory=$((rest - 700)) || exit
	for n in 1 2; do
		many_start $n bare memory=160 maxmem=512 minmem=112 || exit
	done
	many_reached 1 300 && many_reached 2 300 || exit
	pav create -p /tmp/many.cfg name=big memory=600 2>/tmp/refused && die "there was room"
	grep -q "not enough memory" /tmp/refused || die "$(cat /tmp/refused)"

	pav autoballoon --interval=1 --keep=32 2>/tmp/log &
	daemon=$!
	comes 60 "[ \$(free_mib) -le 40 ]"
	a=$(mem g1) b=$(mem g2)
	[ $((a - b)) -le 8 ] && [ $((b - a)) -le 8 ] || die "not shared equally: $a, $b MiB"
	echo "grown: g1 $a MiB, g2 $b MiB, $(free_mib) free"
	pav autoballoon -n
	pav autoballoon -n --json | grep -q "\"target\"" || die "no JSON"

	echo "step: a third"
	while sleep 0.2; do echo $(mem g1) $(mem g2) $(mem still); done >/tmp/seen & watch=$!
	many_start 3 bare memory=300 maxmem=400 minmem=112 2>/tmp/waited || die "$(cat /tmp/waited)"
	cat /tmp/waited
	grep -q "waiting for 300 MiB of memory" /tmp/waited || die "it did not wait"
	many_reached 3 300 || exit
	comes 60 "[ \$(free_mib) -ge 28 ]"
	echo "three: $(mem g1) $(mem g2) $(mem g3) MiB, $(free_mib) free"

	echo "step: one says what it uses"
	id=$(pav domid g1)
	xenstore-write /local/domain/$id/data/meminfo_free $(($(mem g1) * 1024 - 96 * 1024))
	comes 60 "[ \$(mem g1) -le 124 ]"
	comes 60 "[ \$(mem g2) -gt 250 ]"
	echo "told: $(mem g1) $(mem g2) $(mem g3) MiB, $(free_mib) free"

	echo "step: a paused one is left alone"
	pav pause g2
	was=$(mem g2)
	pav create -p /tmp/many.cfg name=more memory=100 2>/tmp/waited || die "$(cat /tmp/waited)"
	[ "$(mem g2)" = "$was" ] || die "g2 went from $was to $(mem g2) MiB"
	pav unpause g2

	echo "step: too much"
	pav create -p /tmp/many.cfg name=huge memory=900 2>/tmp/refused && die "there was room"
	cat /tmp/refused
	grep -q "not enough memory: the guest needs 900 MiB" /tmp/refused || die "wrong words"
	grep -q "can give no more" /tmp/refused || die "wrong hint"
	pav domid huge 2>/dev/null && die "a guest is left"
	grep -q "cannot give enough" /tmp/log || die "the daemon said nothing"
	xenstore-ls /pavise/memory 2>/dev/null | grep . && die "a request is left"
	kill $watch
	awk "{ for (i = 1; i < 3; i++) if (\$i && (!m[i] || \$i < m[i])) m[i] = \$i; s[\$3] }
		END { print \"least:\", m[1], m[2]; for (i in s) n++; exit !(m[1] >= 112 && m[2] >= 112 && n == 1) }" /tmp/seen ||
		die "below the minimum, or one that takes no part was touched"
	for n in 1 2 3; do
		timeout 20 pav console --log g$n | grep -iE "out of memory|oom" && die "g$n starved"
	done

	echo "step: gone, they grow again"
	for g in more g3 still; do pav destroy $g || exit; done
	comes 90 "[ \$(mem g2) -eq 512 ]"
	[ "$(mem g1)" -le 124 ] || die "g1 grew without need"
	pav mem-set g2 100 || exit
	[ "$(xenstore-read /local/domain/$(pav domid g2)/memory/dynamic-min)" = 102400 ] || die "mem-set is not minded"
	kill -0 $daemon || die "the daemon ended"
	pav autoballoon 2>&1 | grep "runs already" || die "a second daemon"
	echo "step: end"
' >"$tmp/out" || { cat "$tmp/out"; exit 1; }
cat "$tmp/out"
expect "end" 1 "$(grep -c 'step: end' "$tmp/out")"
