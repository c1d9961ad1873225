#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 5400
#
# The store daemon is killed a thousand times (KILLS=...), at any instant, and started again, under load: requests of
# every kind through the kernel's ring, and guests made and ended by `pav`. Nobody may notice.

. tests/system/lib

make -s "BUILD=$BUILD" "$BUILD/tests/store_kills" "$BUILD/bench/wake"
mkdir -p "$tmp/root/srv"
cp "$BUILD/tests/store_kills" "$BUILD/bench/wake" "$tmp/root/srv"
cat >"$tmp/root/srv/kills.sh" <<'END'
kills=$1
printf 'name = "tiny"\nkernel = "/srv/wake"\nmemory = 4\nextra = "sleep"\n' >/tmp/tiny.cfg
lives() {
	n=0
	until [ -e /tmp/stop ]; do
		for verb in "create -p /tmp/tiny.cfg" "list --json" "rename tiny other" "destroy other"; do
			if ! pav $verb >/tmp/said 2>&1; then
				echo "FAILED: pav $verb, after $n lives: $(cat /tmp/said)"
				touch /tmp/stop
				return
			fi
		done
		n=$((n + 1))
	done
	echo "lives: $n"
}
/srv/store_kills /tmp/stop & ring=$!
lives & lives=$!
for ((k = 1; k <= kills; k++)); do
	[ -e /tmp/stop ] && break
	kill -0 $ring 2>/dev/null || break
	sleep 0.$((RANDOM % 20 + 10))
	old=$(pidof pav-stored)
	kill -9 $old
	while kill -0 $old 2>/dev/null; do :; done
	pav-stored || { echo "FAILED: pav-stored does not start"; break; }
	[ $((k % 100)) = 0 ] && echo "kills: $k"
done
echo "kills: $((k - 1))"
touch /tmp/stop
wait $ring
wait $lives
pav list
echo "end"
END
vm --no-data --overlay "$tmp/root" --timeout 5000 --exec "bash /srv/kills.sh ${KILLS:-1000}" >"$tmp/out" 2>&1 ||
	{ cat "$tmp/out"; exit 1; }
cat "$tmp/out"
expect "kills" "kills: ${KILLS:-1000}" "$(grep '^kills:' "$tmp/out" | tail -n 1)"
expect "failures" 0 "$(grep -c FAILED "$tmp/out")"
expect "books" 1 "$(grep -c '^ring: .*; books: OK' "$tmp/out")"
expect "lives" 1 "$(grep -c '^lives: [1-9]' "$tmp/out")"
expect "guests left" 0 "$(grep -cE '^(tiny|other) ' "$tmp/out")"
