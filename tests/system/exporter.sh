#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 600
#
# pav-exporter on a machine with a guest that has used its disk and card, and one of an awkward name: promtool
# finds nothing to complain of, and each figure is what pav list, pav counters, pav info and sysfs say while
# the guest is paused. Then what HTTP must refuse, and wrong options.

. tests/system/lib

make -s BUILD="$BUILD" "$BUILD/root/exporter.cpio" "$BUILD/peer/promtool"
mkdir -p "$tmp/root/srv"
cat >"$tmp/root/srv/odd.cfg" <<'END'
name = 'od"d\\'
kernel = "/var/lib/pavise/vmlinuz-6.1"
memory = 80
maxmem = 96
maxvcpus = 3
vcpus = 2
END
vm --timeout 580 --overlay "$BUILD/root/exporter.cpio" --overlay "$tmp/root" --exec '
	. /usr/lib/pavise-test/many.sh
	ip link set lo up
	many_begin
	many_start 1 full && pav create -p /srv/odd.cfg || exit
	pav-exporter && many_reached 1 300 && pav pause g1 || exit
	# What was under way when it was paused is done.
	sleep 3
	echo "=== metrics"; wget -q -O - http://127.0.0.1:9795/metrics || exit
	echo "=== list"; pav list --json
	echo "=== counters"; pav counters --json g1
	echo "=== info"; pav info --json
	echo "=== disk"; cd /sys/bus/xen-backend/devices/vbd-*/statistics; grep . rd_req wr_req rd_sect wr_sect
	echo "=== card"; cd /sys/class/net/vif*.0/statistics; grep . rx_bytes rx_packets tx_bytes tx_packets
	echo "=== http"
	for request in "HEAD /metrics" "GET /" "GET /none" "POST /metrics"; do
		printf "%s HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" "$request" |
			nc.openbsd -N -w 20 127.0.0.1 9795 | sed -n "1s,^,$request: ,p"
	done
	timeout 30 pav-exporter --foreground 2>&1; echo "status $?"
	kill $(cat /run/pavise/pav-exporter.pid)
	while pidof pav-exporter; do sleep 0.1; done
	nc.openbsd -lk 9800 & sleep 1
	for where in 127.0.0.1:9800 nowhere 1.2.3.4 "[::1" 127.0.0.1:99999; do
		timeout 30 pav-exporter --foreground --listen=$where 2>&1; echo "status $?"
	done
	pav-exporter --listen=0.0.0.0:9801 && wget -q -O - http://192.168.100.1:9801/metrics | grep -c pavise_info
	echo "=== end"
' >"$tmp/out" || { cat "$tmp/out"; exit 1; }

part() {
	tr -d '\r' <"$tmp/out" | sed -n "/^=== $1\$/,/^=== /p" | grep -v '^==='
}

for part in metrics list counters info disk card http; do
	part $part >"$tmp/$part"
done
"$BUILD/peer/promtool" check metrics <"$tmp/metrics"
echo "promtool: ok"
python3 tests/system/progs/exporter_compare.py "$tmp"
part http
expect "HEAD" 1 "$(grep -c '^HEAD /metrics: HTTP/1.1 200' "$tmp/http")"
expect "start page" 1 "$(grep -c '^GET /: HTTP/1.1 200' "$tmp/http")"
expect "no such page" 1 "$(grep -c '^GET /none: HTTP/1.1 404' "$tmp/http")"
expect "no such method" 1 "$(grep -c '^POST /metrics: HTTP/1.1 405' "$tmp/http")"
expect "twice" 1 "$(grep -c 'cannot listen on 127.0.0.1:9795: Address already in use' "$tmp/http")"
expect "port in use" 1 "$(grep -c 'cannot listen on 127.0.0.1:9800: Address already in use' "$tmp/http")"
expect "not this machine's" 1 "$(grep -c 'cannot listen on 1.2.3.4: ' "$tmp/http")"
expect "no addresses" 3 "$(grep -c 'is no address to listen on' "$tmp/http")"
expect "refusals" 6 "$(grep -cx 'status 1' "$tmp/http")"
expect "another address" 3 "$(tail -n 1 "$tmp/http")"
