#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# inner.sh npt|shadow|tcg MEMORY ARGS [OPTION OF QEMU...]: in a machine without hypervisor, run QEMU with the
# guest of /bench/vmlinuz and /bench/ramdisk, by KVM with nested or shadow paging, or by emulation alone.

# Without KVM's clock microvm has none that Linux knows; a PC is what emulation is used for.
accel=kvm cpu=host board=microvm
case $1 in
npt) options=npt=1 ;;
shadow) options=npt=0 ;;
tcg) accel=tcg,tb-size=128 cpu=max,-smap,-erms board=pc ;;
esac
if [ $accel = kvm ] && [ ! -e /dev/kvm ]; then
	for module in $(cat /bench/kvm.modules); do
		insmod "$module" || exit
	done
	insmod /bench/kvm-amd.ko $options || exit
fi
memory=$2 arguments=$3
shift 3
qemu-system-x86_64 -nodefaults -no-user-config -display none -no-reboot -M $board -accel $accel \
	-cpu $cpu -m "$memory" -kernel /bench/vmlinuz -initrd /bench/ramdisk -append "console=ttyS0 $arguments" \
	-serial stdio "$@" </dev/null 2>&1 | while IFS= read -r line; do
	printf '%s\n' "$line"
	[[ $line == *"micro: end"* ]] && exit 0
done
