#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 2400
#
# Bad input to the tools, on a whole machine: each case fails with status 1 or 2 and words that name
# the object, and leaves guests, free memory, loop devices and the store as they were. The last cases
# kill a creation half way, and a daemon, also while a guest is started again. TOOLS_ON=xen runs the
# same on Debian's Xen.

. tests/system/lib

machine() {
	if [ "${TOOLS_ON-}" = xen ]; then
		mkdir -p "$tmp/root/etc/pavise-init.d"
		echo : >"$tmp/root/etc/pavise-init.d/xen.sh"
		peer --overlay "$tmp/root" "$@"
	else
		vm --overlay "$tmp/root" "$@"
	fi
}

mkdir -p "$tmp/root/srv" "$tmp/root/etc/pavise"
printf 'pav-stored\npav-consoled\n' >"$tmp/root/etc/pavise/daemons"
make -s BUILD="$BUILD" "$BUILD/kernels/6.1-cloud/vmlinuz" "$BUILD/guest/initrd-6.1"
cp "$BUILD/kernels/6.1-cloud/vmlinuz" "$tmp/root/srv/vmlinuz"
cp "$BUILD/guest/initrd-6.1" "$tmp/root/srv/initrd"
cat >"$tmp/root/srv/base.cfg" <<'END'
name = "probe"
kernel = "/srv/vmlinuz"
ramdisk = "/srv/initrd"
extra = "console=hvc0"
memory = 128
END
cat >"$tmp/root/srv/cases.sh" <<'END'
. /usr/lib/pavise-test/memory.sh
failed=0
snapshot() {
	pav list --json | grep -v cpu_seconds | grep -v '"state"'
	losetup -a
	ip -br link | awk '{ print $1 }'
	# The folders of a kind stay once there was one of the kind.
	xenstore-ls -f | grep -vE '^/tool|/(pavise/(creating|name|domain|image|console|restart)|backend/[a-z]+) = ""'
}

# bad WHAT STATUS WORDS ARGUMENT...: pav create with these arguments must fail so.
bad() {
	what=$1 want=$2 words=$3
	shift 3
	pav create "$@" >/tmp/bad.out 2>&1
	got=$?
	if [ $got != "$want" ] || ! grep -q "$words" /tmp/bad.out; then
		echo "FAILED $what: status $got"
		cat /tmp/bad.out
		failed=1
	fi
	snapshot >/tmp/after
	if ! cmp -s /tmp/before /tmp/after; then
		echo "FAILED $what: it left something"
		diff /tmp/before /tmp/after
		failed=1
	fi
	echo "case $what"
}

cd /srv
head -c 100000 vmlinuz >cut
cp vmlinuz torn && dd if=/dev/zero of=torn bs=1000 seek=3000 count=2000 conv=notrunc 2>/dev/null
busybox_path=$(command -v busybox)
truncate -s 16M disk.img
sed 's/memory/memroy/' base.cfg >typo.cfg
echo 'disk = [ "x' >open.cfg
pav create base.cfg name=warm -p && pav destroy warm	# caches of hypervisor and kernel fill
snapshot >/tmp/before
free=$(free_kib)

bad "truncated kernel" 1 "cut.*cut short" base.cfg kernel=/srv/cut
bad "corrupt kernel" 1 "torn.*corrupt" base.cfg kernel=/srv/torn
bad "no kernel at all" 1 "neither an ELF file nor a bzImage" base.cfg kernel=/srv/base.cfg
bad "program instead of a kernel" 1 "kernel $busybox_path" base.cfg kernel=$busybox_path
bad "kernel missing" 1 "/srv/nowhere: No such file" base.cfg kernel=/srv/nowhere
bad "initrd missing" 1 "ramdisk /srv/nowhere" base.cfg ramdisk=/srv/nowhere
bad "unknown key" 1 "typo.cfg:5: unknown key 'memroy'" typo.cfg
bad "syntax" 1 "open.cfg:1: this string has no closing quote" open.cfg
bad "file missing" 1 "configuration nothing.cfg" nothing.cfg
bad "wrong use" 2 "Try 'pav create --help'" --nonsense base.cfg
bad "disk missing" 1 "image /srv/no.img: No such file" base.cfg 'disk=["/srv/no.img,raw,xvda,w"]'
bad "bridge missing" 1 "bridge nobr0 does not exist" base.cfg 'vif=["bridge=nobr0"]'
bad "too little memory" 1 "not enough memory" base.cfg memory=900000
bad "kernel larger than memory" 1 "raise memory" base.cfg memory=20
bad "second of two disks missing" 1 "no.img" base.cfg \
	'disk=["/srv/disk.img,raw,xvda,w","/srv/no.img,raw,xvdb,w"]'

pav create base.cfg name=holder -p 'disk=["/srv/disk.img,raw,xvda,w"]' || failed=1
snapshot >/tmp/before
bad "name taken" 1 "name 'holder' is taken" base.cfg name=holder
bad "image in use" 1 "in use by guest holder" base.cfg 'disk=["/srv/disk.img,raw,xvda,w"]'
bad "image in use, read-only" 1 "in use by guest holder" base.cfg 'disk=["/srv/disk.img,raw,xvda,r"]'
pav destroy holder || failed=1
snapshot >/tmp/before

# Killed half way, at several moments.
for ms in 050 150 300 500 800 1200; do
	pav create base.cfg -p 'disk=["/srv/disk.img,raw,xvda,w"]' 'vif=[""]' >/dev/null 2>&1 &
	sleep 0.$ms 2>/dev/null || sleep 1
	kill -9 $! 2>/dev/null
	wait $! 2>/dev/null
	pav list >/dev/null 2>&1	# cleans up
	pav domid probe >/dev/null 2>&1 && pav destroy probe
	snapshot >/tmp/after
	cmp -s /tmp/before /tmp/after || { echo "FAILED killed after $ms"; diff /tmp/before /tmp/after; failed=1; }
done
echo "case killed half way"

kill -9 $(cat /run/pavise/pav-consoled.pid)
sleep 1
bad "console daemon not running" 1 "console daemon is not running" base.cfg
pav-consoled || failed=1

# Without a root file system the kernel gives up as soon as it has found its devices.
grep -v ramdisk base.cfg >dying.cfg
pav create dying.cfg extra="console=hvc0 root=/nothing" --watch 400 \
	>/tmp/bad.out 2>&1 && { echo "FAILED: a dying guest was not noticed"; failed=1; }
grep -q "last lines of the guest's console" /tmp/bad.out && grep -q 'Kernel panic' /tmp/bad.out ||
	{ echo "FAILED: no last words"; cat /tmp/bad.out; failed=1; }
pav destroy probe 2>/dev/null
pav console --log probe | grep -q 'Kernel panic' || { echo "FAILED: log lost"; failed=1; }
echo "case dies at once"

# What a restart needs is away for a while: it is tried until it is there again.
within() {
	for try in $(seq 600); do
		eval "$1" && return
		sleep 1
	done
	echo "FAILED: not within 600 s: $1"
	failed=1
}
pav-domd || failed=1
pav create base.cfg extra="console=hvc0 pavise.run=sleep_20;reboot_-f" || failed=1
id=$(pav domid probe)
# A kernel waits for room in its console's ring.
within 'pav console --log probe | grep -q "userland reached"'
kill -9 $(cat /run/pavise/pav-consoled.pid)
within 'xenstore-ls -f /pavise | grep -q "tries = \"2\""'
pav-consoled || failed=1
within 'new=$(pav domid probe 2>/dev/null) && [ "$new" != "$id" ]'
# It has its name before it is complete; what is taken from it while it is made would be tried again.
within '! xenstore-ls -f /pavise | grep -q "/restart/"'
kill $(cat /run/pavise/pav-domd.pid)
pav destroy probe || failed=1
echo "case restarted later"
snapshot >/tmp/after
cmp -s /tmp/before /tmp/after || { echo "FAILED: something is left at the end"; diff /tmp/before /tmp/after; failed=1; }
left=$(free_kib)
[ "$left" -ge $((free - 512)) ] || { echo "FAILED: free memory was $free KiB, is $left"; failed=1; }
[ $failed = 0 ] && echo "all cases passed"
exit $failed
END

machine --no-data --timeout 2350 --exec 'bash /srv/cases.sh' >"$tmp/out" || { cat "$tmp/out"; exit 1; }
cat "$tmp/out"
expect "cases" "all cases passed" "$(tail -n 1 "$tmp/out")"
