#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The store daemon becomes a new program thirty times under load: by its own option, and by Debian's xenstore-control.
# Clients by ring and socket stay connected, their transactions are not even told to begin again, guests are made
# and ended meanwhile, and the process stays the same. A program that cannot take over changes nothing. Then limits.

. tests/system/lib

make -s "BUILD=$BUILD" "$BUILD/tests/store_kills" "$BUILD/bench/wake"
mkdir -p "$tmp/root/srv"
cp "$BUILD/tests/store_kills" "$BUILD/bench/wake" "$BUILD/pav-stored" "$tmp/root/srv"
cp -a "$BUILD/peer/xen/overlay/usr/lib/xen-4.17/bin/xenstore-control" \
	"$BUILD"/peer/xen/overlay/lib/x86_64-linux-gnu/*.so* \
	"$BUILD"/peer/xen/overlay/usr/lib/x86_64-linux-gnu/*.so* "$tmp/root/srv"
cat >"$tmp/root/srv/update.sh" <<'END'
printf 'name = "tiny"\nkernel = "/srv/wake"\nmemory = 4\nextra = "sleep"\n' >/tmp/tiny.cfg
socket=/run/xenstored/socket
lives() {
	n=0
	until [ -e /tmp/stop ]; do
		for verb in "create -p /tmp/tiny.cfg" "list --json" "rename tiny other" "destroy other"; do
			pav $verb >/tmp/said 2>&1 || { echo "FAILED: pav $verb: $(cat /tmp/said)"; return; }
		done
		n=$((n + 1))
	done
	echo "lives: $n"
}
control() {
	LD_LIBRARY_PATH=/srv /srv/xenstore-control "$@"
}
old=$(pidof pav-stored)
/srv/store_kills /tmp/stop &
/srv/store_kills /tmp/stop $socket /one &
/srv/store_kills /tmp/stop $socket /two &
lives &
for ((k = 1; k <= 15; k++)); do
	/srv/pav-stored --update || { echo "FAILED: update"; break; }
	control live-update /usr/sbin/pav-stored || { echo "FAILED: live-update"; break; }
	sleep 0.2
done
echo "updates: $((2 * k - 2))"
control live-update /bin/true >/tmp/refused 2>&1 && echo "FAILED: became another program"
grep "is no pav-stored" /tmp/refused
control live-update -c "--no-such-option" /srv/pav-stored >/tmp/refused 2>&1 && echo "FAILED: wrong option"
grep "does not take the state" /tmp/refused
touch /tmp/stop
wait
[ "$(pidof pav-stored)" = "$old" ] && echo "same process"
grep '^CapEff' /proc/$old/status

pav create -p /tmp/tiny.cfg
pav store-quota --set nodes=5000 && pav store-quota --set nodes=7000 tiny && pav store-quota --set soft-memory=9 tiny
/srv/pav-stored --update
pav store-quota --json >/tmp/all
pav store-quota --json tiny >/tmp/tiny
pav store-quota tiny
grep -A 2 '"nodes"' /tmp/all /tmp/tiny
pav store-quota --set nose=1 || echo "status $?"
pav store-quota --set nodes=many || echo "status $?"
pav store-quota --set nodes=1 Domain-0 || echo "status $?"
pav destroy tiny
END
vm --no-data --overlay "$tmp/root" --timeout 300 --exec "bash /srv/update.sh" >"$tmp/out" 2>&1 ||
	{ cat "$tmp/out"; exit 1; }
cat "$tmp/out"
expect "failures" 0 "$(grep -c FAILED "$tmp/out")"
expect "updates" "updates: 30" "$(grep '^updates:' "$tmp/out")"
expect "refusals" 2 "$(grep -cE 'is no pav-stored|does not take the state' "$tmp/out")"
expect "ring and clients, no transaction begun again" 3 \
	"$(grep -cE '^(ring|/one|/two): [1-9][0-9]* rounds, 0 transactions begun again; books: OK' "$tmp/out")"
expect "lives" 1 "$(grep -c '^lives: [1-9]' "$tmp/out")"
expect "process" 1 "$(grep -c '^same process' "$tmp/out")"
expect "rights" "CapEff:	0000000000000000" "$(grep '^CapEff' "$tmp/out")"
expect "limit of all" 1 "$(grep -cE '^/tmp/all-.*"max": 5000' "$tmp/out")"
expect "limit of one" 1 "$(grep -cE '^/tmp/tiny-.*"max": 7000' "$tmp/out")"
expect "no such limit" 1 "$(grep -c "no limit is called 'nose'" "$tmp/out")"
expect "statuses" "status 1 status 2 status 1" "$(grep '^status' "$tmp/out" | xargs)"
