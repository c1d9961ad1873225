#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 1800
#
# A guest with more vCPUs than the machine has CPUs, on the newer of the two control-domain kernels:
# all its CPUs come up and share a load, and nobody complains. long/boot_matrix.sh has the other cases.

. tests/system/lib
. tests/system/overlay/usr/lib/pavise-test/boots.sh

vm --dom0-kernel 6.12 --smp 2 --timeout 1750 --keep-log "$tmp/console" --exec '
	. /usr/lib/pavise-test/boots.sh
	boot_guest 6.12 4
' >"$tmp/out" || { cat "$tmp/out"; exit 1; }
expect "guest" "booted boot-6.12-4" "$(tail -n 1 "$tmp/out")"
kernel_well "$tmp/console"
hypervisor_well "$tmp/console"
