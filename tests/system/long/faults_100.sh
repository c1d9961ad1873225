#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 1500
#
# More than a hundred faults, one after another, on one machine with a guest that runs and one that is paused:
# wrong names, numbers, units and files; rights, daemons, devices, drivers and bridges that are missing; full and
# read-only file systems; damaged kernels and images; peers that go away. Each must end with its status and with a
# message that names the object, the cause and a remedy. After each kind of them the books are as they were: domains,
# store, loop devices, interfaces, files; and in the end the memory.

. tests/system/lib

mkdir -p "$tmp/root/srv" "$tmp/root/usr/bin"
make -s "BUILD=$BUILD" "$BUILD/kernels/6.1-cloud/vmlinuz" "$BUILD/guest/initrd-6.1"
cp "$BUILD/kernels/6.1-cloud/vmlinuz" "$tmp/root/srv/vmlinuz"
cp "$BUILD/guest/initrd-6.1" "$tmp/root/srv/initrd"
# A program for 32 bits, by its header; the rest of it nobody looks at.
printf '\177ELF\001\001\001\000\000\000\000\000\000\000\000\000\002\000\003\000\001\000\000\000' >"$tmp/root/srv/elf32"
head -c 65536 /dev/zero >>"$tmp/root/srv/elf32"
cat >"$tmp/root/srv/base.cfg" <<'END'
name = "probe"
kernel = "/srv/vmlinuz"
ramdisk = "/srv/initrd"
extra = "console=hvc0"
memory = 96
END
cat >"$tmp/root/srv/run.sh" <<'END'
. /usr/lib/pavise-test/memory.sh
export TERM=dumb
cd /srv
failed=0 count=0

books() {
	pav list --json | grep -v 'cpu_seconds\|"state"'
	losetup -a
	ip -br link | awk '{ print $1, $2 }'
	xenstore-ls -f | grep -vE '^/tool|/(pavise/(creating|name|domain|image|console|restart|saving)|backend/[a-z]+|error(/.*)?) = ""'
	find /srv /tmp -newer /srv/start ! -name 'said*' ! -name after -type f
}

# fault STATUS OBJECT CAUSE REMEDY COMMAND...: patterns; each must be in what the command says.
fault() {
	local status=$1 object=$2 cause=$3 remedy=$4 got=0

	shift 4
	count=$((count + 1))
	timeout 200 "$@" >/tmp/said.out 2>/tmp/said || got=$?
	if [ $got != $status ] || ! grep -q -- "$object" /tmp/said || ! grep -q -- "$cause" /tmp/said ||
		! grep -E '^[a-z -]+: hint: |^Try ' /tmp/said | grep -q -- "$remedy"; then
		echo "FAILED $*"
		echo "   status $got, wanted $status with '$object', '$cause', remedy '$remedy'; said:"
		sed 's/^/   /' /tmp/said
		failed=$((failed + 1))
	fi
}

same() {
	books >/tmp/after
	cmp -s /tmp/said.before /tmp/after && return
	echo "FAILED $1: something was left"
	diff /tmp/said.before /tmp/after
	failed=$((failed + 1))
	cp /tmp/after /tmp/said.before
}

group() {
	[ $count = 0 ] || same "$last"
	echo "$count faults, $failed failed; now: $*"
	last=$*
}

# conf OBJECT CAUSE REMEDY SETTING...: a creation with these.
conf() {
	local object=$1 cause=$2 remedy=$3

	shift 3
	fault 1 "$object" "$cause" "$remedy" pav create base.cfg "$@"
}

head -c 100000 vmlinuz >cut
cp vmlinuz torn && dd if=/dev/zero of=torn bs=1000 seek=3000 count=2000 conv=notrunc 2>/dev/null
: >empty
head -c 100 /dev/zero >sliver
truncate -s 16M free.img used.img
head -c 1100000 /dev/zero | tr '\0' '#' >large.cfg
sed 's/memory/memroy/' base.cfg >typo.cfg
echo 'disk = [ "x' >open.cfg
echo 'memory = 96' >nameless.cfg
mkdir -p ro tiny
mount -t tmpfs -o size=1m tmpfs tiny
mount -t tmpfs -o size=8m tmpfs ro && truncate -s 1M ro/disk.img && mount -o remount,ro ro
pav create base.cfg name=idle -p 'disk=["/srv/used.img,raw,xvda,w"]' maxvcpus=2 || exit
pav create base.cfg name=busy extra='console=hvc0 pavise.run=sleep_100000' || exit
until pav console --log busy | grep -q 'userland reached'; do sleep 1; done
idle=$(pav domid idle)
sleep 1
touch start
sleep 1
books >/tmp/said.before
free=$(free_kib)

group "names"
for verb in destroy shutdown reboot pause unpause console vcpu-list list uptime block-list network-list \
	domid counters sched; do
	fault 1 "nobody" "there is no guest" "pav list" pav $verb nobody
	fault 1 "999" "there is no domain" "pav list" pav $verb 999
done
fault 1 nobody "there is no guest" "pav list" pav vcpu-set nobody 1
fault 1 nobody "there is no guest" "pav list" pav vcpu-pin nobody 0 0
fault 1 nobody "there is no guest" "pav list" pav mem-set nobody 64
fault 1 nobody "there is no guest" "pav list" pav mem-max nobody 64
fault 1 nobody "there is no guest" "pav list" pav block-attach nobody /srv/free.img,raw,xvdb,w
fault 1 nobody "there is no guest" "pav list" pav block-detach nobody xvdb
fault 1 nobody "there is no guest" "pav list" pav network-attach nobody
fault 1 nobody "there is no guest" "pav list" pav network-detach nobody 0
fault 1 nobody "there is no guest" "pav list" pav rename nobody other
fault 1 nobody "there is no guest" "pav list" pav save nobody /tmp/image
fault 1 nobody "there is no guest" "pav list" pav dump-core nobody /tmp/core
fault 1 nobody "there is no guest" "pav list" pav migrate nobody elsewhere
fault 1 nobody "there is no guest" "pav list" pav trigger nobody nmi
fault 1 nobody "there is no guest" "pav list" pav sysrq nobody h
fault 1 nobody "no console log" "/var/log/pavise" pav console --log nobody
fault 1 999 "there is no domain" "pav list" pav domname 999
fault 1 "guest idle" "may hold no blank" "another name" pav rename idle 'a b'
fault 1 "guest idle" "control character" "another name" pav rename idle "$(printf 'a\033')"
fault 1 "name 'busy'" "is taken" "another" pav rename idle busy
for verb in destroy pause unpause; do
	fault 1 "control domain" "cannot be" "name a guest\|from within" pav $verb 0
done
fault 1 "control domain" "cannot be saved" "name a guest" pav save 0 /tmp/image
fault 1 "control domain" "cannot be moved" "name a guest" pav migrate 0 elsewhere
fault 1 "control domain" "cannot be renamed" "name a guest" pav rename 0 other
fault 1 "control domain" "takes no such devices" "name a guest" pav block-attach 0 /srv/free.img,raw,xvdb,w
fault 1 "control domain" "console" "dmesg\|name a guest" pav console 0

group "use"
fault 2 "frobnicate" "unknown verb" "pav help" pav frobnicate
fault 2 "--nonsense" "unknown option" "pav create --help" pav create --nonsense base.cfg
fault 2 "pav destroy" "too few arguments" "pav destroy --help" pav destroy
fault 2 "extra" "unexpected argument" "pav vcpu-set --help" pav vcpu-set idle 1 extra
fault 2 "--watch" "needs an argument\|is not a number" "pav create --help" pav create base.cfg --watch soon
fault 2 "memory" "not of the form key=value" "pav create --help" pav create base.cfg memory
fault 2 "--json" "goes with --dry-run" "pav create --help" pav create --json base.cfg
fault 2 "none" "not a number of vCPUs" "pav vcpu-set --help" pav vcpu-set idle none
fault 1 "idle" "at most 2 vCPUs" "maxvcpus" pav vcpu-set idle 3
fault 2 "much" "not a size" "pav mem-set --help" pav mem-set idle much
fault 2 "64X" "not a size" "pav mem-set --help" pav mem-set idle 64X
fault 1 "idle" "96 MiB at most" "maxmem" pav mem-set idle 400
fault 1 "idle" "cannot be lower" "pav mem-set" pav mem-max idle 16
fault 2 "x" "not a list of CPUs" "pav vcpu-pin --help" pav vcpu-pin idle 0 x
fault 1 "idle" "no vCPU 7" "pav vcpu-list" pav vcpu-pin idle 7 0
fault 1 "idle" "cannot pin vCPU 0" "pav info" pav vcpu-pin idle 0 99
fault 2 "weight" "1 to 65535" "pav sched --help" pav sched idle -w 0
fault 2 "which guest" "which guest" "pav sched --help" pav sched -w 3
fault 2 "bell" "not one of nmi" "pav trigger --help" pav trigger idle bell
fault 2 "long" "not one letter" "pav sysrq --help" pav sysrq idle long
fault 2 "speed" "is no column" "pav top --help" pav top --batch --sort speed
fault 1 "/srv/none" "No such file" "folder\|path" pav autostart /srv/none
fault 1 "output" "No space left" "room\|elsewhere" sh -c 'pav list >/dev/full'

group "configurations"
fault 1 "/srv/nothing.cfg" "No such file" "give the path" pav create /srv/nothing.cfg
fault 1 "configuration /srv" "Is a directory" "give the path" pav create /srv
fault 1 "large.cfg" "larger than 1 MiB" "pav.cfg" pav create large.cfg
fault 1 "typo.cfg:5" "unknown key 'memroy'" "memory" pav create typo.cfg
fault 1 "open.cfg:1" "no closing quote" "pav.cfg" pav create open.cfg
fault 1 "nameless.cfg\|name" "name" "add a line" pav create nameless.cfg
conf "name" "may hold no blank" "pav.cfg" 'name=a/b'
conf "memory" "number\|size\|at least" "pav.cfg" 'memory=lots'
conf "memory" "least\|must\|between" "pav.cfg" memory=0
conf "maxmem" "less\|memory" "pav.cfg" maxmem=32
conf "vcpus" "must\|1 to" "pav.cfg" vcpus=0
conf "vcpus" "must\|1 to" "pav.cfg" vcpus=999
conf "uuid" "UUID\|form" "pav.cfg" uuid=12
conf "type" "hvm" "pav.cfg\|pv" type=hvm
conf "on_crash" "sing" "served: destroy" on_crash=sing
conf "cpus 'x'" "not a list of CPUs" "write numbers" cpus=x
conf "CPUs 99" "cannot pin" "pav info" 'cpus="99"'
conf "disk '/srv/free.img'" "vdev" "say which disk" 'disk=["/srv/free.img"]'
conf "free.img" "qcow2" "convert it" 'disk=["/srv/free.img,qcow2,xvda,w"]'
conf "floppy" "not a virtual device" "names look like" 'disk=["/srv/free.img,raw,floppy,w"]'
conf "xvda" "twice\|already\|second" "pav.cfg\|another" 'disk=["/srv/free.img,raw,xvda,w","/srv/used.img,raw,xvda,w"]'
conf "mac" "not a card" "looks like" 'vif=["mac=01:00:00:00:00:01"]'
conf "speed" "unknown key" "served: mac" 'vif=["speed=10"]'

group "things a guest is made of"
conf "/srv/none.img" "No such file" "truncate" 'disk=["/srv/none.img,raw,xvda,w"]'
conf "image /srv" "directory" "image file" 'disk=["/srv,raw,xvda,w"]'
conf "/srv/sliver" "not even one sector" "truncate\|image" 'disk=["/srv/sliver,raw,xvda,w"]'
conf "/srv/ro/disk.img" "Read-only" "access r" 'disk=["/srv/ro/disk.img,raw,xvda,w"]'
conf "/srv/used.img" "in use by guest idle" "own copy" 'disk=["/srv/used.img,raw,xvda,w"]'
conf "/srv/free.img" "is this guest's disk xvda" "image of its own" \
	'disk=["/srv/free.img,raw,xvda,w","/srv/free.img,raw,xvdb,r"]'
conf "script" "not served" "pav.cfg\|image" 'disk=["script=odd,vdev=xvda,target=/srv/free.img"]'
conf "bridge nobr0" "does not exist" "ip link add nobr0" 'vif=["bridge=nobr0"]'
conf "lo" "no bridge" "bridge=" 'vif=["bridge=lo"]'
conf "script" "not served" "bridge=" 'vif=["script=odd"]'
conf "/srv/none" "No such file" "path" kernel=/srv/none
conf "kernel /srv" "not a regular file" "path\|kernel" kernel=/srv
conf "/srv/empty" "empty" "path\|kernel" kernel=/srv/empty
conf "/srv/cut" "cut short" "distribution" kernel=/srv/cut
conf "/srv/torn" "corrupt" "distribution\|kernel" kernel=/srv/torn
conf "/srv/base.cfg" "neither an ELF file nor a bzImage" "distribution" kernel=/srv/base.cfg
conf "/srv/elf32" "64" "CONFIG_XEN_PV\|kernel" kernel=/srv/elf32
conf "$(command -v busybox)" "note\|Xen" "CONFIG_XEN_PV" kernel=$(command -v busybox)
conf "ramdisk /srv/none" "No such file" "path" ramdisk=/srv/none
conf "ramdisk /srv/empty" "empty" "path\|ramdisk" ramdisk=/srv/empty
conf "guest" "not enough memory" "lower memory" memory=900000
conf "/srv/vmlinuz" "memory" "raise memory" memory=20
conf "name 'idle'" "is taken" "choose another" name=idle
conf "UUID" "belongs to a guest" "choose another" uuid=$(pav list --json idle | sed -n 's/.*uuid": "\(.*\)".*/\1/p')

group "devices of a guest that is there"
fault 1 "/srv/none.img" "No such file" "truncate" pav block-attach idle /srv/none.img,raw,xvdb,w
fault 1 "xvda" "already" "another" pav block-attach idle /srv/free.img,raw,xvda,w
fault 1 "used.img" "in use by guest idle" "own copy" pav block-attach busy /srv/used.img,raw,xvdb,w
fault 1 "disk" "unknown\|vdev" "pav.cfg" pav block-attach idle /srv/free.img,raw,xvdb,w,odd=1,rubbish
fault 1 "idle\|domain $idle" "no disk xvdq\|no vbd" "pav block-list" pav block-detach idle xvdq
fault 2 "rubbish" "not a disk name" "pav block-detach --help" pav block-detach idle rubbish
fault 1 "nobr0" "does not exist" "ip link add" pav network-attach idle bridge=nobr0
fault 1 "speed" "unknown key" "served: mac" pav network-attach idle speed=1
fault 1 "card 7\|vif 7" "no " "pav network-list" pav network-detach idle 7
fault 1 "00:16:3e:00:00:09" "no card" "pav network-list" pav network-detach idle 00:16:3e:00:00:09

group "save and dump"
fault 1 "/nowhere/image" "No such file" "folder\|path" pav save busy /nowhere/image
fault 1 "/srv/tiny" "needs [0-9]* MiB" "make room" pav save busy /srv/tiny/image
fault 1 "/dev/full" "No space left" "room" pav save busy /dev/full
fault 1 "/srv/ro/image" "Read-only" "path\|folder\|elsewhere" pav save busy /srv/ro/image
fault 1 "/srv/tiny" "directory" "path\|file" pav save busy /srv/tiny
fault 1 "domain $idle" "paused" "pav unpause" pav save idle /tmp/image
fault 1 "/nowhere/core" "No such file" "folder\|path" pav dump-core busy /nowhere/core
fault 1 "/srv/tiny" "needs [0-9]* MiB" "make room" pav dump-core busy /srv/tiny/core
same "save and dump"
pav save -c busy /srv/said.image || exit
head -c 30000000 said.image >said.cut
head -c 100 said.image >said.stub
head -c 2000000 said.image | tee said.torn >said.torn2
head -c 64 /dev/zero | dd of=said.torn bs=1 seek=200 conv=notrunc 2>/dev/null
head -c 4096 /dev/urandom | dd of=said.torn2 bs=4096 seek=2 conv=notrunc 2>/dev/null
books >/tmp/said.before
group "images"
fault 1 "/nowhere" "No such file" "path" pav restore /nowhere
fault 1 "base.cfg" "no saved guest" "pav save" pav restore base.cfg
fault 1 "said.stub" "ends too early" "copy" pav restore --as=copy said.stub
fault 1 "said.cut" "ends too early" "copy" pav restore --as=copy said.cut
fault 1 "said.torn" "damaged\|record\|byte" "copy" pav restore --as=copy said.torn
fault 1 "said.torn2" "damaged\|record\|byte" "copy" pav restore --as=copy said.torn2
fault 1 "name 'busy'" "is taken" "another\|--as" pav restore said.image
fault 1 "a/b" "cannot be a guest's name\|may hold no" "another" pav restore --as=a/b said.image
fault 1 "xvdz" "has no disk" "one of its disks" pav restore --as=copy --disk=/srv/free.img,raw,xvdz,w said.image

group "moves"
fault 1 "elsewhere" "ends too early" "migrate-receive" pav migrate -s false busy elsewhere
fault 1 "elsewhere" "ends too early" "migrate-receive" pav migrate -s /bin/nothing busy elsewhere
printf '#!/bin/sh\nshift\npav migrate-receive\n' >said.self
printf '#!/bin/sh\nshift\n"$@" | { head -c 40; sleep 1; }\n' >said.short
chmod +x said.self said.short
fault 1 "elsewhere" "has given up\|ended" "why is in its words\|migrate-receive" pav migrate -s /srv/said.self busy elsewhere
fault 1 "elsewhere" "ends too early" "migrate-receive\|its words" pav migrate -s 'timeout 2 sleep 9; :' busy elsewhere
fault 1 "domain $idle" "paused" "pav unpause" pav migrate -s /srv/said.self idle elsewhere
fault 1 "idle\|domain $idle" "not suspended" "pav list" pav migrate --resume idle

group "what the machine lacks"
# gone PATH: it is not there for one fault.
gone() { mv "$1" "$1.gone"; }
back() { mv "$1.gone" "$1"; }
gone /dev/xen/privcmd
count=$((count + 1))
pav list >/tmp/said 2>&1 && failed=$((failed + 1))
grep -q '/dev/xen/privcmd: No such' /tmp/said && grep -q 'hint: .*control domain' /tmp/said ||
	{ echo FAILED no hypervisor; cat /tmp/said; failed=$((failed + 1)); }
back /dev/xen/privcmd
gone /dev/loop-control
conf "/dev/loop-control" "No such file" "modprobe loop" 'disk=["/srv/free.img,raw,xvda,w"]'
back /dev/loop-control
rmmod xen-netback 2>/dev/null && {
	conf "vif" "no back-end driver" "modprobe xen-netback" 'vif=[""]'
	modprobe xen-netback
}
echo 'nobody:x:65534:65534::/:/bin/sh' >>/etc/passwd
nobody="start-stop-daemon -S -c nobody -x $(command -v pav) --"
fault 1 "/dev/xen/privcmd" "Permission denied" "root" $nobody list
count=$((count + 1))
$nobody check >/tmp/said && failed=$((failed + 1))
grep -q "^missing rights .*user 65534 is not root" /tmp/said && grep -q 'run pav as root' /tmp/said ||
	{ echo "FAILED check without rights"; cat /tmp/said; failed=$((failed + 1)); }
kill -9 $(cat /run/pavise/pav-consoled.pid)
sleep 1
conf "console daemon" "not running" "pav-consoled"
pav-consoled >/dev/null 2>&1
stored=$(cat /run/pavise/stored.pid)
kill -STOP $stored
count=$((count + 1))
pav check | grep -A1 pav-stored >/tmp/said
grep -q "process $stored of pav-stored is stopped" /tmp/said && grep -q "kill -CONT $stored" /tmp/said ||
	{ echo "FAILED stopped store"; cat /tmp/said; failed=$((failed + 1)); }
kill -CONT $stored
kill $stored
sleep 2
count=$((count + 1))
pav list >/tmp/said 2>&1 && failed=$((failed + 1))
grep -q 'store daemon does not answer on' /tmp/said && grep -q 'hint: .*pav-stored' /tmp/said ||
	{ echo "FAILED no store"; cat /tmp/said; failed=$((failed + 1)); }
pav-stored >/dev/null 2>&1
sleep 2

group end
left=$(free_kib)
[ "$left" -ge $((free - 1024)) ] || { echo "FAILED free memory was $free KiB, is $left"; failed=$((failed + 1)); }
pav destroy idle && pav destroy busy || failed=$((failed + 1))
echo "$count faults, $failed failed"
[ $failed = 0 ] && [ $count -ge 100 ]
END

vm --no-data --timeout 1450 --overlay "$tmp/root" --exec 'bash /srv/run.sh 2>&1' >"$tmp/out" || { cat "$tmp/out"; exit 1; }
cat "$tmp/out"
expect "faults" "0 failed" "$(tail -n 1 "$tmp/out" | tr -d '\r' | sed 's/.*, //')"
