#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 1200
#
# From power-on to the first instruction of the control domain's init takes fewer instructions on
# Pavise than on Debian's Xen, for the same kernel, initial ramdisk, memory and options. Native Linux is
# printed beside them.

. tests/system/lib

mkdir -p "$tmp/root"
cp "$BUILD/bench/stamp" "$tmp/root/stamp"

# stamp OPTION...: the figure of one machine
stamp() {
	tests/vm/vm --icount --smp 1 --no-data --overlay "$tmp/root" --dom0-args rdinit=/stamp \
		--timeout 500 --keep-log "$tmp/log" "$@" --exec true >"$tmp/out" 2>&1 || true
	sed -n 's/^stamp: \([0-9]*\).*/\1/p' "$tmp/log" | grep . || { cat "$tmp/out" >&2; return 1; }
}

failed=0
for kernel in 6.1 6.12; do
	native=$(stamp --hv none --dom0-kernel $kernel)
	xen=$(stamp --hv "$BUILD/peer/xen/xen.gz" --hv-args dom0_mem=1G --dom0-kernel $kernel)
	ours=$(stamp --hv-args dom0_mem=1G --dom0-kernel $kernel)
	echo "$kernel: native $native, Xen $xen, Pavise $ours: $((ours * 1000 / xen)) per mille of Xen"
	[ "$ours" -lt "$xen" ] || failed=1
done
exit $failed
