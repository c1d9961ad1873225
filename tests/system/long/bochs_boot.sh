#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 7200
#
# Bochs has what QEMU's TCG has not: a CPU with PCID, INVPCID, global pages and the TSC-deadline timer, and
# a firmware of its own. GRUB boots hypervisor and control domain there; it runs programs and switches
# itself off, and nobody complains: by PCIDs, by joint roots with global pages, and, as this CPU asks for
# by itself, with page-table isolation. Each some minutes of an idle machine.

. tests/system/lib
. tests/system/overlay/usr/lib/pavise-test/boots.sh

if ! command -v bochs >/dev/null; then
	echo "bochs is not installed: tests/vm/deps tests/vm/long-packages.txt"
	exit 77
fi

# boot TMP OPTIONS WANTED: TMP for the machine's files; a CPU line of the hypervisor's with WANTED
boot() {
	mkdir "$1"
	# The machine of tests/vm/vm, on a CD.
	TMP=$1 OPTIONS=$2 python3 -B - <<'END'
import os, sys
sys.path.insert(0, "tests/vm")
import vm
tmp = os.environ["TMP"]
opts = vm.options(["--exec", """
	set -e
	pav dmesg | sed -n 's/.*(hv) CPU:.*, \\(PCID\\|SMEP\\).*/cpu with \\1/p
		s/.*(hv) page-table isolation:.*/isolated/p'
	pav list | sed -n 's/^Domain-0 .*/domain 0 listed/p'
	for n in $(seq 20); do head -c 100000 /dev/zero | sha256sum; done | sort -u
	"""])
linux, modules = vm.kernel(opts)
hv = vm.hypervisor(opts, tmp)[0]
vm.grub_cd(hv, "console=com1 com1=115200,8n1 dom0_mem=384M noreboot " + os.environ["OPTIONS"],
           linux, "console=hvc0 panic=0",
           vm.initrd(opts, modules, b"bochs", tmp), [], tmp)
END
	cat >"$1/bochsrc" <<END
config_interface: textconfig
display_library: rfb, options="timeout=0"
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/vgabios/vgabios.bin
cpu: model=corei7_haswell_4770, count=1, ips=50000000, reset_on_triple_fault=0, ignore_bad_msrs=1
memory: guest=1024, host=1024
pci: enabled=1, chipset=i440fx
ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14
ata0-master: type=cdrom, path=$1/machine.iso, status=inserted
boot: cdrom
clock: sync=none, time0=1735689600
com1: enabled=1, mode=file, dev=$1/console
com2: enabled=1, mode=file, dev=$1/command
log: $1/bochs.log
panic: action=fatal
error: action=ignore
info: action=ignore
debug: action=ignore
END
	echo continue >"$1/start"	# Debian's Bochs is built with its debugger

	# Switching off ends Bochs with status 1.
	nice bochs -q -f "$1/bochsrc" -rc "$1/start" </dev/null >"$1/out" 2>&1 || true
	if ! grep -q 'reboot: Power down' "$1/console"; then
		tail -n 40 "$1/console" "$1/command" "$1/bochs.log"
		exit 1
	fi
	expect "command, $2" "bochs begin|$3|domain 0 listed|$(
		head -c 100000 /dev/zero | sha256sum)|bochs end 0|" "$(tr '\n' '|' <"$1/command")"
	# It says that the control domain switches the machine off, if it gets so far.
	sed -i '/^(hv) control domain p/d' "$1/console"
	hypervisor_well "$1/console"
	sed '1,/^(hv) control domain:/d' "$1/console" >"$1/kernel"
	kernel_well "$1/kernel"
}

boot "$tmp/pcid" xpti=off "cpu with PCID"
boot "$tmp/joint" "xpti=off pcid=off" "cpu with SMEP"
boot "$tmp/narrow" "" "cpu with SMEP|isolated"
