#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 2400
#
# The harness's own matrix: each way to boot a machine, on Debian's Xen, reaches the control domain. Tells
# a fault of GRUB, firmware, machine type or kernel archive from one of the hypervisor.

. tests/system/lib

for kernel in 6.1 6.12; do
	for how in "" --machine=q35 --grub --uefi "--uefi --machine=q35" --icount "--net --nic=e1000"; do
		# shellcheck disable=SC2086
		expect "$kernel $how" control_d "$(
			peer --dom0-kernel $kernel $how --no-data --timeout 300 \
				--exec 'cat /proc/xen/capabilities')"
	done
done
