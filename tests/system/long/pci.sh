#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 1200
#
# PCI devices of the machine in guests, by Debian's kernels on both sides (xen-pciback, xen-pcifront): two network
# cards, one with messages and one with a line that the control domain's driver listens to as well, and an NVMe disk.
# What a guest fetches by a card and reads from the disk is compared by its checksum. Devices come at creation and later,
# go while they are in use, pass to another guest, stay over a reboot, and are the control domain's in the end. The first
# guest has more memory than lies below the machine's hole, so its own must make room for the devices. Wrong
# uses are refused with words that tell what to do. Then Debian's xl gives a guest the disk and takes it back.

. tests/system/lib

PARTS="$BUILD/test/pci"
mkdir -p "$PARTS" "$tmp/root/srv"
tests/vm/mkmodules "$BUILD/kernels/6.1" tests/vm/pci-modules.txt "$PARTS/modules.cpio"
mkdir -p "$PARTS/modules.cpio.dir/bin"
cat >"$PARTS/modules.cpio.dir/bin/fetch" <<'END'
#!/bin/sh
# fetch DEVICE NET: the checksum of what comes by the card
for try in 1 2 3 4 5 6 7 8 9; do
	card=$(ls /sys/bus/pci/devices/$1/net 2>/dev/null) && break
	sleep 1
done
ifconfig $card $2.15 up
for try in 1 2 3 4 5 6 7 8 9; do
	[ "$(cat /sys/class/net/$card/carrier)" = 1 ] && break
	sleep 1
done
nc $2.100 80 </dev/null | md5sum | cut -c 1-32
cp /proc/interrupts /tmp/interrupts
ifconfig $card down
END
cat >"$PARTS/modules.cpio.dir/bin/sums" <<'END'
#!/bin/sh
for try in 1 2 3 4 5 6 7 8 9; do
	[ -b /dev/nvme0n1 ] && break
	sleep 1
done
md5sum </dev/nvme0n1 | cut -c 1-32
END
chmod 755 "$PARTS/modules.cpio.dir/bin/fetch" "$PARTS/modules.cpio.dir/bin/sums"
tests/vm/cpio.py --split "$PARTS/modules.cpio" "$PARTS/modules.cpio.dir"
cat "$BUILD/guest/initrd-6.1" "$PARTS/modules.cpio" >"$tmp/root/srv/initrd"
cp "$BUILD/kernels/6.1/vmlinuz" "$tmp/root/srv/vmlinuz"
head -c 1500000 /dev/urandom >"$tmp/one"
head -c 1500000 /dev/urandom >"$tmp/two"
head -c 4194304 /dev/urandom >"$tmp/disk"
sum() { md5sum "$1" | cut -c 1-32; }

cat >"$tmp/root/srv/g.cfg" <<'END'
kernel = "/srv/vmlinuz"
ramdisk = "/srv/initrd"
memory = 160
extra = "console=hvc0 quiet"
END

cat >"$tmp/root/srv/pci.sh" <<'END'
number=0
log() { pav console --log $1 2>/dev/null | tr -d "\r"; }
die() {
	echo "FAILED: $*"
	pav list
	xenstore-ls -f /local/domain/0/backend/pci
	log g1 | tail -n 25
	dmesg | tail -n 25
	pav dmesg | tail -n 5
	exit 1
}
is() { [ "$2" = "$3" ] && echo "ok $1" || die "$1: wanted '$2', found '$3'"; }

# refused WORDS HINT VERB...
refused() {
	local words=$1 hint=$2
	shift 2
	pav "$@" >/tmp/refused 2>&1 && die "pav $* is not refused"
	grep -q -- "$words" /tmp/refused && grep -q -- "hint: .*$hint" /tmp/refused || die "pav $*: $(cat /tmp/refused)"
	echo "ok refused: $(grep -v warning /tmp/refused | head -n 1)"
}

# inside GUEST SECONDS COMMAND: in $said what it printed
inside() {
	local try tty=$(xenstore-read /local/domain/$(pav domid $1)/console/tty)
	number=$((number + 1))
	printf '%s\r' "echo be''gin-$number; $3; echo do''ne-$number" >$tty
	for ((try = 0; try < $2 * 5; try++)); do
		log $1 >/tmp/log
		grep -q "^done-$number\$" /tmp/log && break
		sleep 0.2
	done
	grep -q "^done-$number\$" /tmp/log || die "no answer of $1 to: $3"
	said=$(sed -n "/^begin-$number\$/,/^done-$number\$/p" /tmp/log | sed '1d;$d' | grep -v '^\[')
}

# up GUEST: its shell is there, and the drivers are
up() {
	local try
	for ((try = 0; try < 900; try++)); do
		log $1 | tail -n 1 | grep -q '^/ # ' && break
		sleep 0.2
	done
	inside $1 180 "for m in xen-pcifront e1000 e1000e nvme; do modprobe \$m; done; sleep 1"
}

# disk GUEST, net GUEST DEVICE-IN-GUEST NET SUM
disk() { inside $1 60 "sums"; is "disk of $1" $DISK "$said"; }
net() { inside $1 120 "fetch $2 $3"; is "card $2 of $1" $4 "$said"; }
# devices GUEST WANTED: by the addresses it has them by, once it has followed the change
devices() {
	local try
	for ((try = 0; try < 10; try++)); do
		inside $1 30 "ls /sys/bus/pci/devices"
		[ "$2" = "$(echo $said)" ] && break
		sleep 1
	done
	is "devices of $1" "$2" "$(echo $said)"
}
END

cat >"$tmp/root/srv/test.sh" <<'END'
. /srv/pci.sh
E=0000:00:04.0 N=0000:00:05.0 L=0000:00:06.0
modprobe e1000e && modprobe e1000 && modprobe nvme || exit

echo "step: refused"
refused "no back-end driver" "modprobe xen-pciback" pci-assignable-list
refused "no back-end driver" "modprobe xen-pciback" create /srv/g.cfg name=g1 "pci=[\"$E\"]"
modprobe xen-pciback || exit
refused "uses it, by its driver e1000e" "pci-assignable-add" create /srv/g.cfg name=g1 "pci=[\"$E\"]"
refused "no such device" "lspci" create /srv/g.cfg name=g1 'pci=["00:13.0"]'
refused "is a bridge" "devices behind it" create /srv/g.cfg name=g1 'pci=["00:00.0"]'
refused "not the address" "looks like" create /srv/g.cfg name=g1 'pci=["04.0"]'
refused "not a slot" "hexadecimal" create /srv/g.cfg name=g1 "pci=[\"$E@20\"]"
refused "no such device" "lspci" pci-assignable-add 00:13.0
refused "is a bridge" "behind it" pci-assignable-add 00:00.0
refused "is not kept" "pci-assignable-list" pci-assignable-remove $E
pav list | grep -q g1 && die "a guest is left"

echo "step: kept for guests"
pav pci-assignable-add $E 00:06.0 || exit
is "kept" "$E $L" "$(pav pci-assignable-list | tr '\n' ' ' | sed 's/ $//')"
is "kept, in JSON" "\"$E\" \"$L\"" "$(pav pci-assignable-list --json | grep -o '"0000[^"]*"' | tr '\n' ' ' | sed 's/ $//')"
pav create -n /srv/g.cfg name=g1 "pci=[\"$E\",\"$N,seize=1\"]" >/tmp/plan 2>/tmp/warning || die "$(cat /tmp/warning)"
grep -q "^pci .*$N, seized" /tmp/plan && grep -q "write to all of the machine's memory" /tmp/warning || die "$(cat /tmp/plan)"
[ -e /sys/bus/pci/drivers/nvme/$N ] || die "a dry run took the disk"

echo "step: at creation"
pav create /srv/g.cfg name=g1 memory=2300 "pci=[\"$E\",\"$N,seize=1\"]" 2>/tmp/warning || die "$(cat /tmp/warning)"
grep -q "write to all of the machine's memory" /tmp/warning || die "no warning"
up g1
inside g1 30 "grep -c '^100000000-.*System RAM' /proc/iomem"
is "ranges of memory above the hole" 1 "$said"
disk g1
net g1 0000:00:00.0 10.0.4 $ONE
inside g1 30 "grep 'pirq.*eth' /tmp/interrupts"
case $said in
*-msi*) echo "ok messages" ;;
*) die "the card has no messages: $said" ;;
esac
is "list" "0000:00:00.00 $E" "$(pav pci-list g1 | sed -n 2p | tr -s ' ')"
is "list, in JSON" 2 "$(pav pci-list g1 --json | grep -c '"device"')"
is "left" $L "$(pav pci-assignable-list)"
refused "domain $(pav domid g1) has it" "pci-detach" create /srv/g.cfg name=g2 "pci=[\"$N\"]"
refused "domain $(pav domid g1) has it" "pci-detach" pci-assignable-remove $N
refused "PCI devices of this machine" "pci-detach g1" save g1 /tmp/g1.img
refused "uses it, by its driver" "pci-assignable-add" pci-attach g1 00:02.0
refused "has no PCI device" "pci-list" pci-detach g1 00:06.0

echo "step: later"
pav pci-attach g1 $L || die "attach"
sleep 2
devices g1 "0000:00:00.0 0000:00:01.0 0000:00:02.0"
net g1 0000:00:02.0 10.0.6 $TWO
grep -q "xen-pciback\[$L\]" /proc/interrupts || die "the line is not shared with the control domain"
pav pci-detach g1 $L || die "detach"
devices g1 "0000:00:00.0 0000:00:01.0"
is "kept again" $L "$(pav pci-assignable-list)"
disk g1
pav pci-attach g1 $L || die "attach again"
sleep 2
net g1 0000:00:02.0 10.0.6 $TWO

echo "step: over a reboot"
id=$(pav domid g1)
pav reboot g1 || exit
for ((try = 0; try < 600; try++)); do
	new=$(pav domid g1 2>/dev/null) && [ "$new" != "$id" ] && pav pci-list g1 2>/dev/null | grep -q $L && break
	sleep 0.2
done
is "devices in its next life" "$E $N $L" "$(pav pci-list g1 | sed '1d;s/.* //' | tr '\n' ' ' | sed 's/ $//')"

echo "step: destroyed while it works"
up g1
disk g1
inside g1 30 "(while :; do dd if=/dev/nvme0n1 of=/dev/null bs=64k iflag=direct; done) 2>/dev/null & sleep 3"
pav destroy g1 || die "destroy"
is "all kept" "$E $N $L" "$(pav pci-assignable-list | tr '\n' ' ' | sed 's/ $//')"
xenstore-ls -f | grep -E "backend/pci/[0-9]|device/pci" && die "nodes are left"
dmesg | grep "does not have" && die "a device outlived its guest's memory"
grep xen-pciback /proc/interrupts | grep -v event && die "lines are left"
# Bit 2 of the command register: none of them can write to memory that is no longer the guest's.
for d in $E $N $L; do
	is "$d is no master of the bus" 0 $(($(od -An -tu2 -j4 -N2 /sys/bus/pci/devices/$d/config) & 4))
done

echo "step: another guest"
pav create /srv/g.cfg name=g1 2>/dev/null || die "create"
up g1
pav pci-attach g1 $N || die "attach"
disk g1
pav pci-attach g1 $L,permissive=1 || die "attach"
sleep 2
net g1 0000:00:01.0 10.0.6 $TWO
pav pci-detach g1 $N || die "detach"
pav pause g1
pav pci-detach g1 $L && die "a paused guest lets go"
pav pci-detach --force g1 $L || die "force"
pav unpause g1
devices g1 ""
pav destroy g1 || exit

echo "step: back"
pav pci-assignable-remove -r $E $N $L || exit
is "none kept" "" "$(pav pci-assignable-list)"
for ((try = 0; try < 50; try++)); do [ -b /dev/nvme0n1 ] && break; sleep 0.2; done
is "disk of the control domain" $DISK "$(md5sum </dev/nvme0n1 | cut -c 1-32)"
is "drivers" "e1000e e1000" "$(for d in $E $L; do basename $(readlink /sys/bus/pci/devices/$d/driver); done | tr '\n' ' ' | sed 's/ $//')"
pav dmesg | grep -E "panic|BUG|warning" && die "the hypervisor complains"
echo "all steps done"
END

cat >"$tmp/root/srv/xl.sh" <<'END'
. /usr/lib/pavise-test/xl.sh
N=0000:00:05.0
modprobe nvme && modprobe xen-pciback || exit
# It has bound the device when it complains of the quarantine, for which there is no IOMMU.
command xl pci-assignable-add $N 2>&1 | grep "failed to quarantine" || exit
xl pci-assignable-list
grep "$N" /tmp/out || exit
xl create /srv/g.cfg 'name="x1"' 'extra="console=hvc0 quiet pavise.run=modprobe_xen-pcifront;modprobe_nvme;sums;sleep_999"'
xl pci-attach x1 $N
xl pci-list x1
grep "$N" /tmp/out || exit
for ((try = 0; try < 60; try++)); do
	timeout 2 script -qfc 'xl console x1' /dev/null </dev/null >>/tmp/console 2>&1
	grep -q $DISK /tmp/console && break
done
grep -q $DISK /tmp/console || { cat /tmp/console; exit 1; }
echo "ok disk by xl"
xl pci-detach x1 $N
xl pci-list x1
grep "$N" /tmp/out && exit 1
xl destroy x1
echo "xl is done"
END

fwd() { echo "-netdev user,id=$1,net=$2.0/24,guestfwd=tcp:$2.100:80-cmd:'cat $3'"; }
vm --machine q35 --mem 4G --timeout 800 --keep-log "$tmp/console" --overlay "$tmp/root" --qemu-args "
	$(fwd n4 10.0.4 "$tmp/one") $(fwd n6 10.0.6 "$tmp/two")
	-device e1000e,netdev=n4,addr=4 -device e1000,netdev=n6,addr=6
	-drive file=$tmp/disk,format=raw,if=none,id=n5 -device nvme,serial=pavise,drive=n5,addr=5" \
	--exec "ONE=$(sum "$tmp/one") TWO=$(sum "$tmp/two") DISK=$(sum "$tmp/disk") bash /srv/test.sh" >"$tmp/out" 2>&1 ||
	{ cat "$tmp/out"; exit 1; }
cat "$tmp/out"
expect "end" "all steps done" "$(tail -n 1 "$tmp/out")"

vm --timeout 300 --overlay "$BUILD/peer/xen/overlay.cpio" --overlay "$tmp/root" \
	--qemu-args "-drive file=$tmp/disk,format=raw,if=none,id=n5 -device nvme,serial=pavise,drive=n5,addr=5" \
	--exec "DISK=$(sum "$tmp/disk") bash /srv/xl.sh" >"$tmp/out" 2>&1 || { cat "$tmp/out"; exit 1; }
expect "xl" "xl is done" "$(tail -n 1 "$tmp/out")"
