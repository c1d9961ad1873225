#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 1800
#
# GRUB starts hypervisor and control domain by Multiboot 2, from BIOS and from UEFI firmware. There the
# control domain finds the ACPI tables only by what the hypervisor adds to its command line. The data
# disk, whose interrupt the tables route, shows that it did.

. tests/system/lib
. tests/system/overlay/usr/lib/pavise-test/boots.sh

# boot FIRMWARE FOUND
boot() {
	vm --"$1" --timeout 850 --keep-log "$tmp/console" --exec '
		pav dmesg | sed -n "s/.*loaded by .GRUB.*'\''\(.*\), command line.*/loader \1/p"
		cd /sys/firmware/acpi/tables && echo tables $(ls | grep -x -e APIC -e FACP)
		echo told $(grep -c acpi_rsdp= /proc/cmdline)
		echo disks $(grep -c " /var/lib/pavise ext4 " /proc/mounts)
	' >"$tmp/found" || { cat "$tmp/found"; exit 1; }
	expect "$1" "$2" "$(tr -s '\n ' '  ' <"$tmp/found")"
	hypervisor_well "$tmp/console"
	sed '1,/^(hv) control domain:/d' "$tmp/console" >"$tmp/kernel" # firmware and GRUB warn, too
	kernel_well "$tmp/kernel"
}

boot grub "loader tables APIC FACP told 0 disks 1 "
boot uefi "loader (EFI) tables APIC FACP told 1 disks 1 "
