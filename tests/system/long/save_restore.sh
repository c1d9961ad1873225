#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 3600
#
# Guests saved and restored by pav while they work. A small one: its sums are right in the new domain, in
# the one that ran on, in a copy of another name; saving that fails at each step (no room, no directory,
# cancelled, killed, a guest that cannot answer) leaves it running, restoring that fails (damage, cut, name
# taken, memory) leaves nothing. The demo guest: disk, network and a TCP connection's end are there again.

. tests/system/lib

mkdir -p "$tmp/root/srv"
cat >"$tmp/root/srv/save.sh" <<'END'
export TERM=dumb
. /usr/lib/pavise-test/guest.sh
. /usr/lib/pavise-test/memory.sh
. /usr/lib/pavise-test/sums.sh
dir=/var/lib/pavise
failed=0
fail() { echo "FAILED $*"; failed=1; }

# sums WHERE: of what it had and has written since; then it works on.
sums() {
	sums_look || exit
	echo "sums $1: $right"
	sums_work 4 || exit
}

# bad WHAT WORDS COMMAND...: it must fail so, and say so.
bad() {
	local what=$1 words=$2
	shift 2
	"$@" >/tmp/bad.out 2>&1 && fail "$what: no error"
	grep -q "$words" /tmp/bad.out || { fail "$what"; cat /tmp/bad.out; }
	echo "case $what"
}

pav-domd 2>/dev/null
pav create /usr/lib/pavise-test/small.cfg || exit
console_open pav console small
bad "too early" "cancelled; the guest goes on" timeout 1 pav save small $dir/early
console_await "userland reached" 300 || exit
sums_work 4 || exit
pav save small $dir/image || exit
pav list | grep -q small && fail "it is still there after saving"
xenstore-ls /local/domain | grep -q '^[1-9]' && fail "store nodes left"
free=$(free_kib)
pav restore $dir/image || exit
console_open pav console small
sums restored
bad "name taken" "name 'small' is taken" pav restore $dir/image
bad "UUID taken" "is taken\|belongs to a guest" pav restore $dir/image
pav restore --as=twin $dir/image || exit
console_open pav console twin
sums copy
for n in 1 2 3; do
	pav restore --as=twin$n -p $dir/image || exit
done
echo "UUIDs: $(xenstore-ls -f /vm | grep -c '/uuid = ')"
pav unpause twin3
console_open pav console twin3
sums "third copy"
bad "a copy's name taken" "name 'twin2' is taken" pav restore --as=twin2 $dir/image
bad "a copy's bad name" "'a/b' cannot be a guest's name" pav restore --as=a/b $dir/image
bad "no such disk" "has no disk xvdb" pav restore --as=other --disk=/srv/b.img,raw,xvdb,rw $dir/image
for n in "" 1 2 3; do
	pav destroy twin$n || exit
done

console_open pav console small
pav save --leave-running small $dir/image || exit
sums "left running"
pav save -p small $dir/image || exit
pav list | grep -q "small .*--p" || fail "not paused: $(pav list)"
bad "paused guest" "paused and cannot suspend" pav save small $dir/image
pav unpause small
sums "left paused"

# What fails leaves the guest, and an image of before.
sum=$(sha256sum <$dir/image)
bad "no directory" "cannot create /nowhere/image.part: No such" pav save small /nowhere/image
mkdir -p /tmp/tiny && busybox mount -t tmpfs -o size=20m tmpfs /tmp/tiny
bad "no room" "image needs [0-9]* MiB, its file system has" pav save small /tmp/tiny/image
bad "disk full meanwhile" "No space left" pav save small /dev/full
pav save small $dir/image 2>/tmp/bad.out &
pid=$!
until [ -s $dir/image.part ]; do :; done
kill -INT $pid
wait $pid && fail "cancelled, but no error"
grep -q "cancelled; the guest goes on" /tmp/bad.out || { fail cancelled; cat /tmp/bad.out; }
echo "case cancelled"
[ "$sum" = "$(sha256sum <$dir/image)" ] || fail "the image changed"
[ ! -e $dir/image.part ] || fail "a part was left"
sums "after failures"
pav save small $dir/killed &
until [ -s $dir/killed.part ]; do :; done
kill -9 $!
wait $!
bad "part left by a killed save" "remove it then" pav save small $dir/killed
rm -f $dir/killed.part
sums "after a kill"

pav destroy small || exit
size=$(stat -c %s $dir/image)
head -c $((size / 2)) $dir/image >$dir/cut
bad "cut" "ends too early" pav restore $dir/cut
head -c 100 $dir/image >$dir/cut
bad "cut in the configuration" "ends too early" pav restore $dir/cut
cp $dir/image $dir/cut
printf 'XXXXXXXX' | dd of=$dir/cut bs=1 seek=$((size - 3000)) conv=notrunc 2>/dev/null
printf 'XXXX' | dd of=$dir/cut bs=1 seek=20 conv=notrunc 2>/dev/null
bad "another file" "is no saved guest" pav restore $dir/cut
bad "no file" "cannot open /nowhere: No such" pav restore /nowhere
left=$(free_kib)
[ "$left" = "$free" ] || fail "memory: $free, then $left"
pav list | grep -q small && fail "half a guest was left"
xenstore-ls -f /pavise | grep -q 'saving/\|creating/\|name/' && fail "marks were left"
rm -f $dir/cut $dir/image

pav create /usr/lib/pavise-test/small.cfg || exit
console_open pav console small
console_await "userland reached" 300 || exit
pav dump-core small $dir/core || exit
pav dump-core --live small - >$dir/core.live || exit
for core in core core.live; do
	# The guest's kernel is in it, and so is what it printed.
	grep -qa "userland reached" $dir/$core || fail "$core does not have the guest's memory"
done
echo "core begins"
head -c 30000 $dir/core | base64
echo "core ends"
bad "no room for a dump" "needs [0-9]* MiB, its file system has" pav dump-core small /tmp/tiny/core
console_send 'echo ali""ve'
console_await alive 100 || exit
pav dump-core --crash small $dir/core || exit
pav list | grep -q small && fail "it is still there after dump-core --crash"
rm -f $dir/core $dir/core.live

pav create /etc/pavise/demo.cfg || exit
console_open pav console demo
guest_login 900 || exit
guest "head -c 3000000 /dev/urandom >/root/blob; sha256sum /root/blob >/root/sum" || exit
pav save demo $dir/demo.saved || exit
cp $dir/demo.img $dir/twin.img || exit
pav restore $dir/demo.saved || exit
console_open pav console demo
console_send ""
guest "sha256sum -c /root/sum" || exit
guest "sync; echo 3 >/proc/sys/vm/drop_caches; sha256sum -c /root/sum" || exit
guest "ping -c 1 10.0.2.2" || exit
guest "cat /sys/class/net/*/address; touch /root/of-demo; sync"
bad "disk in use" "demo.img" pav restore --as=twin $dir/demo.saved
pav restore --as=twin --disk=$dir/twin.img,raw,xvda,rw $dir/demo.saved || exit
console_open pav console twin
console_send ""
guest "cat /sys/class/net/*/address; sha256sum -c /root/sum" || exit
guest "ls /root/of-demo" && fail "the copy has the other's disk"
guest "dd if=/dev/urandom of=/root/more bs=1M count=2; sync" || exit
pav shutdown -w twin || exit
console_open pav console demo
guest "ls -l /root/more" && fail "the other has the copy's disk"
guest "sha256sum -c /root/sum" || exit
pav shutdown -w demo || exit
losetup -a
[ $failed = 0 ] && echo "all cases passed"
END
vm --net --overlay "$tmp/root" --timeout 3500 --exec 'bash /srv/save.sh' >"$tmp/out" ||
	{ cat "$tmp/out"; exit 1; }
sed -n '/^core begins$/,/^core ends$/p' "$tmp/out" | grep -v '^core' | base64 -d >"$tmp/core"
sed -i '/^core begins$/,/^core ends$/d' "$tmp/out"
cat "$tmp/out"
readelf -hSW "$tmp/core" >"$tmp/sections" 2>/dev/null || true
expect "kind of the dump" 1 "$(grep -c 'Type: *CORE' "$tmp/sections")"
for section in .note.Xen .xen_prstatus .xen_shared_info .xen_p2m .xen_pages; do
	expect "$section" 1 "$(grep -c "$section *[PN]" "$tmp/sections")"
done
expect "UUIDs" "UUIDs: 5" "$(grep '^UUIDs:' "$tmp/out")"
expect "addresses of cards" 2 "$(grep -o '00:16:3e:[0-9a-f:]*' "$tmp/out" | sort -u | wc -l)"
for where in restored copy 'third copy' 'left running' 'left paused' 'after failures' 'after a kill'; do
	expect "$where" "sums $where: 4" "$(grep "^sums $where:" "$tmp/out")"
done
expect "disk" 4 "$(grep -c '^/root/blob: OK' "$tmp/out")"
expect "ping" 1 "$(grep -c '1 packets transmitted, 1 received' "$tmp/out")"
expect "no loop device left" 0 "$(grep -c /dev/loop "$tmp/out" || true)"
expect "end" 1 "$(grep -c '^all cases passed$' "$tmp/out")"
