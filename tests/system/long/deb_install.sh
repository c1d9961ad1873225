#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 14400
#
# The Debian package on a machine as a user has it: Debian 12 with its kernel, systemd and GRUB on a disk of its
# own, started by BIOS and by UEFI. The package is installed there by apt; at the next start GRUB boots the
# hypervisor by default, systemd runs the daemons, the demo guest comes up by itself and is shut down with the
# machine; purging the package ends the guest and leaves nothing; then GRUB boots Linux alone again.
# The limits of the waits are those of a machine that hangs. FIRMWARE=uefi or bios for one of both.

. tests/system/lib
. tests/system/overlay/usr/lib/pavise-test/boots.sh

if ! command -v /sbin/sfdisk >/dev/null; then
	echo "sfdisk is not installed: tests/vm/deps tests/vm/long-packages.txt"
	exit 77
fi
make -s "BUILD=$BUILD" "$BUILD/debian/machine.img" "$BUILD/guest/data.img" deb
machine=$BUILD/debian/machine.img

# As /etc/default/grub has it there.
arguments=$(sed -n 's/^GRUB_CMDLINE_LINUX="\(.*\)"/\1/p' tests/vm/machine-setup)

# Read by each stage: the machine is up, and nothing failed on the way.
cat >"$tmp/up.sh" <<'END'
state=$(systemctl is-system-running --wait) || true
if [ "$state" != running ]; then
	echo "the system is $state:"
	systemctl --no-pager --failed
	systemctl --no-pager list-jobs
	journalctl --no-pager -b -p warning | tail -n 40
	exit 1
fi
units="pav-stored pav-consoled pav-domd pav-guests"
# Everything but what any installation changes.
files() {
	find / -xdev \( -path /tmp -o -path /var/tmp -o -path /run -o -path /var/cache -o -path "/var/log/[!p]*" \
		-o -path /var/lib/apt -o -path /var/lib/dpkg -o -path /boot/grub \
		-o -path /var/lib/systemd -o -path /var/lib/pavise \) -prune -o -print | sort
}
END

# stage NAME QEMU-ARGUMENT...: start the machine, let it do what standard input says, until it has switched itself off.
stage() {
	local name=$1
	shift
	echo "$firmware: $name"
	rm -rf "$tmp/stage"
	mkdir "$tmp/stage"
	{ printf ". ./up.sh\nset -x\n"; cat; } >"$tmp/stage/stage"
	cp "$BUILD"/pavise_*_amd64.deb "$tmp/up.sh" "$tmp/stage"
	tar -c -C "$tmp/stage" -f "$tmp/stage.tar" .
	timeout 2400 qemu-system-x86_64 -nodefaults -no-user-config -display none -vga std -no-reboot -m 3G -smp 2 \
		-accel tcg,thread=multi -cpu max "$@" -device virtio-blk-pci,drive=disk,serial=disk \
		-drive "if=none,id=disk,format=raw,file=$tmp/disk" \
		-device virtio-blk-pci,drive=stage,serial=stage -device virtio-blk-pci,drive=data,serial=data \
		-drive "if=none,id=stage,format=raw,readonly=on,file=$tmp/stage.tar" \
		-drive "if=none,id=data,format=raw,file=$tmp/data" \
		-serial "file:$tmp/console" -serial "file:$tmp/said" </dev/null || true
	if ! grep -q '^stage: status 0' "$tmp/said" || ! grep -q 'reboot: Power down' "$tmp/console"; then
		cat "$tmp/said"
		echo "the console ended in:"
		tail -n 60 "$tmp/console"
		exit 1
	fi
	sed -n '/Linux version/,$p' "$tmp/console" >"$tmp/kernel" # GRUB warns, too
	kernel_well "$tmp/kernel"
}

install_package() {
	cat "$tmp/grub" - <<-'END' | stage "the package is installed" "$@" -kernel "$machine.vmlinuz" \
			-initrd "$machine.initrd" -append "root=LABEL=machine ro $arguments"
		update-grub
		files >/root/before
		export DEBIAN_FRONTEND=noninteractive
		apt-get -q -y --no-install-recommends install ./pavise_*_amd64.deb
		for unit in $units; do
			[ "$(systemctl is-enabled $unit)" = enabled ]
			[ "$(systemctl is-active $unit)" = inactive ]
		done
		. ./up.sh
		sed -i 's/^export GRUB_CMDLINE_LINUX_PAVISE=.*/export GRUB_CMDLINE_LINUX_PAVISE="console=hvc0"/' \
			/etc/default/grub.d/pavise.cfg
		update-grub
		cat >/etc/pavise/demo.cfg <<-'CFG'
			name = "demo"
			kernel = "/var/lib/pavise/vmlinuz-6.1"
			ramdisk = "/var/lib/pavise/initrd-6.1"
			extra = "root=/dev/xvda ro console=hvc0"
			memory = 256
			disk = [ "/var/lib/pavise/demo.img,raw,xvda,rw" ]
			vif = [ "bridge=xenbr0" ]
		CFG
		ln -s /etc/pavise/demo.cfg /etc/pavise/auto/10-demo
	END
}

# The hypervisor, by GRUB's default, with all that is to come with it.
on_pavise='
	pav dmesg | grep "loaded by .GRUB"
	for unit in $units; do [ "$(systemctl is-active $unit)" = active ]; done
	pav list
	pav list | grep -q "^demo "
	timeout 1800 sh -c "until grep -q \"demo login:\" /var/log/pavise/guest-demo.log; do sleep 1; done"
	ip -br link show master xenbr0 | grep "^vif"
'

use_it() {
	echo "$on_pavise" | stage "the hypervisor boots and starts the guest" "$@"
	expect "$firmware: loader" "$loader" "$(sed -n "s/.*loaded by .GRUB.*'\(.*\), command line.*/loader \1/p" "$tmp/said")"
	{ echo "$on_pavise"; cat; } <<-'END' | stage "the guest was shut down, the package goes" "$@"
		journalctl --no-pager -b -1 -u pav-guests -u pav-domd | tee guests.log
		tail -n 20 /var/log/pavise/guest-demo.log.old
		grep -q "systemd-shutdown.*Powering off" /var/log/pavise/guest-demo.log.old
		grep -q "Deactivated successfully" guests.log
		if grep destroyed guests.log; then exit 1; fi
		rm /etc/pavise/auto/10-demo /etc/pavise/demo.cfg
		apt-get -q -y purge pavise
		files >after
		diff /root/before after
		if grep -i pavise /boot/grub/grub.cfg; then exit 1; fi
		. ./up.sh
		systemctl --no-pager list-units --all "pav*" --no-legend
		[ -z "$(systemctl --no-pager list-units --all "pav*" --no-legend)" ]
	END
	stage "Linux boots alone again" "$@" <<-'END'
		[ ! -e /sys/hypervisor/type ]
	END
}

# prepare LOADER: fresh disks; how the hypervisor names what loads it; GRUB is installed as standard input says.
prepare() {
	loader=$1
	cat >"$tmp/grub"
	cp --sparse=always "$machine" "$tmp/disk"
	cp --sparse=always "$BUILD/guest/data.img" "$tmp/data"
}

by_bios() {
	prepare "loader " <<-'END'
		grub-install --target=i386-pc /dev/disk/by-id/virtio-disk
	END
	install_package
	use_it
}

by_uefi() {
	prepare "loader  (EFI)" <<-'END'
		mkfs.vfat /dev/disk/by-id/virtio-disk-part2
		mkdir /boot/efi
		mount /dev/disk/by-id/virtio-disk-part2 /boot/efi
		grub-install --target=x86_64-efi --efi-directory=/boot/efi --removable --no-nvram
		umount /boot/efi
	END
	for code in /usr/share/OVMF/OVMF_CODE.fd /usr/share/OVMF/OVMF_CODE_4M.fd; do
		[ ! -e "$code" ] || break
	done
	cp "$(echo "$code" | sed s/CODE/VARS/)" "$tmp/vars"
	set -- -drive "if=pflash,format=raw,readonly=on,file=$code" -drive "if=pflash,format=raw,file=$tmp/vars"
	install_package "$@"
	use_it "$@"
}

for firmware in ${FIRMWARE:-bios uefi}; do
	by_$firmware
done
