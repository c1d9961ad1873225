#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 9000
#
# Each control-domain kernel boots BOOTS (20) times in a row, to userland with its daemons running and
# its data disk mounted; kernel and hypervisor say nothing. All are tried, any that fails is named.

. tests/system/lib
. tests/system/overlay/usr/lib/pavise-test/boots.sh
failed=0

for kernel in 6.1 6.12; do
	for n in $(seq "${BOOTS:-20}"); do
		if vm --dom0-kernel $kernel --timeout 300 --keep-log "$tmp/console" --exec '
			pav list && pidof pav-stored && pidof pav-consoled && pidof pav-domd &&
				grep " /var/lib/pavise ext4 " /proc/mounts
		' >"$tmp/out" 2>&1 && kernel_well "$tmp/console" >>"$tmp/out" &&
				hypervisor_well "$tmp/console" >>"$tmp/out"; then
			echo "$kernel, boot $n: ok"
		else
			echo "$kernel, boot $n: FAILED"
			cat "$tmp/out"
			failed=1
		fi
	done
done
exit $failed
