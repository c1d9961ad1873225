#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 3600
#
# From `pav create` to the first line of the guest's user mode, with a disk and a card, beside `xl` on
# Debian's Xen; and, by the profiler, whose the instructions are: microseconds of a clock that counts a
# thousand instructions to each. Most of them are the guest's kernel, so 0.8 of xl is what is asked.

. tests/system/lib

mkdir -p "$tmp/root/srv"
make -s "BUILD=$BUILD" "$BUILD/tests/first_line"
cp "$BUILD/tests/first_line" "$tmp/root/srv"
cat >"$tmp/root/srv/first.cfg" <<'END'
name = "first"
kernel = "/var/lib/pavise/vmlinuz-6.1"
ramdisk = "/var/lib/pavise/initrd-6.1"
memory = 256
extra = "console=hvc0"
disk = [ "/srv/disk.img,raw,xvda,rw" ]
vif = [ "bridge=xenbr0" ]
END
cat >"$tmp/root/srv/first.sh" <<'END'
# first.sh TOOL LOGS TIMES: after a guest that fills the page cache.
head -c 1048576 /dev/zero >/srv/disk.img
# A machine's /var/cache is on a disk; in the memory of this one there is no room to keep unpacked kernels.
truncate -s 256M /srv/cache.img
mkdir -p /var/cache/pavise
mkfs.ext4 -q /srv/cache.img && mount -o loop /srv/cache.img /var/cache/pavise || exit
$1 create -p /srv/first.cfg && $1 destroy first || exit
sleep 1
for ((n = 0; n < $3; n++)); do
	/srv/first_line $2/guest-first.log "userland reached" /usr/sbin/$1 create /srv/first.cfg || exit
	sleep 1
	$1 destroy first
	sleep 1
done
END

# run NAME COMMAND OPTION...: the machine by vm, or by the profiler
run() {
	name=$1 command=$2
	shift 2
	"$@" --icount --hv-args dom0_mem=512M,max:512M --overlay "$tmp/root" --timeout 1700 \
		--exec "bash /srv/first.sh $command" >"$tmp/$name" 2>&1 || { cat "$tmp/$name"; return 1; }
	grep "^made" "$tmp/$name" | sed "s/^/$name: /"
}
last() { sed -n 's/^made .* line //p' "$tmp/$1" | tail -n 1; }

run pavise "pav /var/log/pavise 3" tests/vm/vm
run xen "xl /var/log/xen/console 3" tests/vm/vm --hv "$BUILD/peer/xen/xen.gz" \
	--overlay "$BUILD/peer/xen/overlay.cpio"
run profile "pav /var/log/pavise 1" tests/bench/profile/profile --json "$tmp/json" --
python3 - "$tmp/json" "$(last profile)" <<'END'
import json
import sys

WHOSE = {"other_kernel": "guest, kernel", "other_user": "guest, user", "hypervisor": "hypervisor",
         "kernel": "control domain, kernel", "user": "control domain, user"}
regions = json.load(open(sys.argv[1], encoding="ascii"))["regions"]
total = 0
for name, title in WHOSE.items():
    made, line = (r["instructions"][name] / r["opened"] / 1e6 for r in regions)
    total += made + line
    print(f"{title:24}{made:10.1f} until made{line:10.1f} until the line, millions")
print(f"{'nothing runs':24}{int(sys.argv[2]) / 1e3 - total:10.1f}")
END
echo "Pavise $(last pavise), Xen $(last xen): $(($(last pavise) * 1000 / $(last xen))) per mille"
[ $(($(last pavise) * 10)) -le $(($(last xen) * 8)) ]
