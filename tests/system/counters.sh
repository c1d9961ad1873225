#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 900
#
# Counters: in the control domain's place the test guest counters does each thing a known number of times and
# finds just that. Beside Linux it makes 100,000 calls; `pav counters` shows them there and not with the control
# domain, and Debian's xenperf in the machine's sums, also after the guest's end, until they are reset.

. tests/system/lib

CALLS=100000
timeout 100 "${QEMU:-qemu-system-x86_64}" -accel tcg -cpu max,-smap,-erms -icount shift=0,sleep=off -m 256 \
	-display none -nodefaults -no-reboot -serial stdio -kernel "$BUILD/pavise" \
	-initrd "$BUILD/guest/tests/counters" \
	-append "console=com1 com1=115200,8n1 dom0_mem=32M" </dev/null >"$tmp/console" ||
	{ tail -n 40 "$tmp/console"; exit 1; }
tr -d '\r' <"$tmp/console" | grep -aE '^(FAIL|end:)'
expect "exact counts" 0 "$(tr -d '\r' <"$tmp/console" | sed -n 's/^end: .*, \([0-9]*\) failed$/\1/p')"

peer=$BUILD/peer/xen/overlay/usr/lib
mkdir -p "$tmp/root/srv" "$tmp/root/usr/bin" "$tmp/root/usr/lib/x86_64-linux-gnu"
cp -a "$peer"/x86_64-linux-gnu/libxen* "$tmp/root/usr/lib/x86_64-linux-gnu/"
cp "$peer/xen-4.17/bin/xenperf" "$tmp/root/usr/bin/"
strip -g -o "$tmp/root/srv/kernel" "$BUILD/guest/tests/counters"
cat >"$tmp/root/srv/caller.cfg" <<'END'
name = "caller"
kernel = "/srv/kernel"
memory = 16
vcpus = 2
on_poweroff = "preserve"
END
vm --no-data --overlay "$tmp/root" --timeout 850 --exec '
	pav create /srv/caller.cfg
	until pav list --json caller | grep -q shutdown_code; do sleep 1; done
	pav counters
	echo "=== table" && pav counters 0 caller
	echo "=== json" && pav counters --json caller
	echo "=== later" && pav counters --interval 1 0
	echo "=== machine" && xenperf -p
	pav destroy caller
	echo "=== after" && xenperf -p
	xenperf -r
	echo "=== reset" && xenperf -p
	echo "=== wrong" && pav counters caller 2>&1 && echo served
	echo "=== end"
' >"$tmp/out" || { cat "$tmp/out"; exit 1; }

part() {
	tr -d '\r' <"$tmp/out" | sed -n "/^=== $1\$/,/^=== /p" | grep -v '^==='
}

# calls WHAT FOUND: as many as the guest makes, and some of Linux. few: those alone.
calls() {
	expect "$1: $2" yes "$([ "${2:-0}" -ge $CALLS ] && [ "$2" -lt $((2 * CALLS)) ] && echo yes)"
}

few() {
	expect "$1: $2" yes "$([ -n "$2" ] && [ "$2" -lt $CALLS ] && echo yes)"
}

part table
few "calls of the control domain" "$(part table | awk '/^hypercalls xen_version / { print $3 }')"
calls "calls of the guest" "$(part table | awk '/^hypercalls xen_version / { print $4 }')"
calls "the same as JSON" "$(part json | python3 -c '
import json, sys
domain, = json.load(sys.stdin)
assert domain["name"] == "caller" and domain["counters"]["state_loads"] > 0
print(domain["counters"]["hypercalls"]["xen_version"])')"
few "looks within a second" "$(part later | awk '/^hypercalls domctl / { print $3 }')"
calls "in the sums of the machine" "$(part machine | awk '/^xen_version / { print $2 }')"
calls "after its end" "$(part after | awk '/^xen_version / { print $2 }')"
few "after a reset" "$(part reset | awk '/^xen_version / { n = $2 } END { print n + 0 }')"
expect "counters for xenperf" "$(grep -c '^	X(' "$BUILD/include/abi/counter_table.h")" \
	"$(part machine | grep -c ' T=')"
expect "no such guest" 0 "$(part wrong | grep -c served)"
part wrong | grep "caller"
