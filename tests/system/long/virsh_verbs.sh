#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 2400
#
# Debian's libvirt as it is, over Debian's xenstored and libxl, on this hypervisor: the life of the demo
# guest, with disk, network and console, and the vCPUs of another one, by virsh. Every verb must end with
# status 0 and have its effect, seen in the guest where the guest can tell; in the end nothing is left of
# the guest and libxl has not complained.

. tests/system/lib

# description NAME VCPUS CMDLINE <DEVICES
description() {
	cat <<-END
		<domain type='xen'>
		  <name>$1</name>
		  <memory unit='MiB'>256</memory>
		  <vcpu>$2</vcpu>
		  <os>
		    <type arch='x86_64' machine='xenpv'>linux</type>
		    <kernel>/var/lib/pavise/vmlinuz-6.1</kernel>
		    <initrd>/var/lib/pavise/initrd-6.1</initrd>
		    <cmdline>console=hvc0 $3</cmdline>
		  </os>
		  <on_reboot>restart</on_reboot>
		  <devices>
		    <console type='pty'>
		      <target type='xen'/>
		    </console>
		$(cat)
		  </devices>
		</domain>
	END
}

mkdir -p "$tmp/root/srv"
description small 2 '' </dev/null >"$tmp/root/srv/small.xml"
description demo 1 'root=/dev/xvda ro' >"$tmp/root/srv/demo.xml" <<'END'
    <disk type='file' device='disk'>
      <source file='/var/lib/pavise/demo.img'/>
      <target dev='xvda' bus='xen'/>
    </disk>
    <interface type='bridge'>
      <source bridge='xenbr0'/>
    </interface>
END

cat >"$tmp/root/srv/lib.sh" <<'END'
. /usr/lib/pavise-test/guest.sh
export LIBVIRT_DEFAULT_URI=xen:///system

failed() {
	echo "FAILED: $*"
	cat /tmp/out
	tail -5 /var/log/libvirt/libvirtd.log /var/log/libvirt/libxl/libxl-driver.log
	exit 1
}

# v VERB...: its output is in /tmp/out; its effect is looked at by the caller, who then says `works VERB`.
v() {
	virsh "$@" >/tmp/out 2>&1 || failed "virsh $*"
}

works() {
	echo "virsh $1: works"
}

# eventually COMMAND...: what follows from events, a moment after the verb.
eventually() {
	for try in $(seq 240); do
		"$@" >/tmp/out 2>&1 && return
		sleep 1
	done
	failed "never: $*"
}

# In no pipe, as the console's place is kept in a variable.
guest_has() {
	guest "cat $1" >/tmp/answer && grep -qx "$2" /tmp/answer
}

# console GUEST. Before it is connected, the terminal gives back what is sent.
console() {
	console_open script -qefc "virsh console $1" /dev/null
	console_pid=$!
	console_await "Escape character" 60 || failed "virsh console"
}
END
cat >"$tmp/root/srv/life.sh" <<'END'
. /srv/lib.sh

# A domain that libvirt still clears away is "shut off" too, but keeps its id.
off() {
	[ "$(virsh domstate demo)" = "shut off" ] && [ "$(virsh domid demo)" = - ]
}

domid_after() {
	id=$(virsh domid demo) && [ "$id" != - ] && [ "$id" -gt "$1" ]
}

used_memory() {
	virsh dominfo demo | grep -q "^Used memory: *$1 KiB"
}

# memory_below KIB: the guest has less; $memory is what it has.
memory_below() {
	guest "sed -n '/MemTotal/s/[^0-9]//gp' /proc/meminfo" >/tmp/answer
	memory=$(grep . /tmp/answer) && [ "$memory" -lt "$1" ]
}

# Disk and network both ways.
devices() {
	guest "echo 3 >/proc/sys/vm/drop_caches; sha256sum -c /root/blob.sum" >/tmp/out || failed disk
	guest "ping -c 1 10.0.2.2" >/tmp/out || failed "ping from the guest"
	ping -c 1 10.0.2.20 >/tmp/out || failed "ping to the guest"
}

login() {
	console demo
	guest_login 600 >/tmp/out || failed "no login"
}

v define /srv/demo.xml
off || failed define
works define

v start demo
v list
grep -q '^ 1 *demo *running' /tmp/out || failed start
works start
works list
login
works console
guest "head -c 3000000 /dev/urandom >/root/blob; sha256sum /root/blob >/root/blob.sum; sync" >/tmp/out
devices

v dominfo demo
grep -q '^CPU(s): *1$' /tmp/out && grep -q '^Max memory: *262144 KiB$' /tmp/out || failed dominfo
works dominfo
v dumpxml demo
grep -q "<target dev='vif1.0'/>" /tmp/out && grep -q "id='1'" /tmp/out || failed dumpxml
works dumpxml

v suspend demo
[ "$(virsh domstate demo)" = paused ] || failed suspend
console_send "echo a''wake"
sleep 5
grep -q awake $console_out && failed "suspend: the guest runs"
works suspend
v resume demo
console_await awake 60 || failed resume
[ "$(virsh domstate demo)" = running ] || failed resume
works resume

memory_below 262144 || failed "setmem: $memory KiB before"
v setmem demo 200M
eventually memory_below $((memory - 50000))
used_memory 204800 || failed setmem
works setmem

guest "echo kept >/run/kept" >/tmp/out
v save demo /var/lib/pavise/saved
eventually off
[ -s /var/lib/pavise/saved ] || failed save
wait $console_pid
works save
v restore /var/lib/pavise/saved
domid_after 1 || failed restore
console demo
guest_has /run/kept kept || failed "restore: not the guest that was saved"
devices
works restore
printf '\035' >&4
wait $console_pid || failed "virsh console did not end by its escape"

v reboot demo
eventually domid_after 2
login
devices
works reboot

v shutdown demo
eventually off
e2fsck -p -f /var/lib/pavise/demo.img >/tmp/out || failed "shutdown: disk"
works shutdown

# What dumpxml tells is what define takes.
v dumpxml demo
cp /tmp/out /tmp/demo.xml
v undefine demo
v list --all
grep -q demo /tmp/out && failed undefine
works undefine
v define /tmp/demo.xml
v start demo
v destroy demo
off || failed destroy
works destroy
v undefine demo

echo "in the list: $(virsh list --all --name | tr -s '\n' ' ')"
echo "loop devices: $(losetup -a | wc -l)"
echo "guests in the store: $(xenstore-ls -f /local/domain | grep -c '^/local/domain/[1-9]')"
echo "libxl's complaints: $(wc -l </var/log/libvirt/libxl/libxl-driver.log)"
echo "kernel's complaints: $(dmesg | grep -c -E 'WARNING|BUG:|Oops|stalls? on|blocked for more')"
END
cat >"$tmp/root/srv/vcpus.sh" <<'END'
. /srv/lib.sh

v define /srv/small.xml
v start small
console small
console_send ""
console_await "# " 120 || failed "no shell"
console_send "stty -echo; PS1=; echo rea''dy"
console_await ready 60 || failed "no shell"

v vcpupin small 1 1
v vcpuinfo small
[ "$(grep -o 'Affinity:.*' /tmp/out | tr -s ' \n' ' ')" = "Affinity: yy Affinity: -y " ] || failed vcpuinfo
works vcpuinfo

v setvcpus small 1
eventually guest_has /sys/devices/system/cpu/present 0
v setvcpus small 2
eventually guest_has /sys/devices/system/cpu/present 0-1
# Linux leaves it to its administrator to use a CPU that comes.
guest "echo 1 >/sys/devices/system/cpu/cpu1/online" >/tmp/out
guest_has /sys/devices/system/cpu/online 0-1 || failed setvcpus
works setvcpus
v destroy small
v undefine small
END

# virsh_vm SCRIPT OPTION...
virsh_vm() {
	local script=$1
	shift
	vm --overlay "$BUILD/peer/xen/overlay.cpio" --overlay "$BUILD/peer/libvirt/overlay.cpio" \
		--overlay "$tmp/root" --timeout 1150 --exec "bash /srv/$script" "$@" >>"$tmp/out" ||
		{ cat "$tmp/out"; exit 1; }
}

# libxl gives up a hotplug script after 40 s, which are long by the machine's own clock.
virsh_vm life.sh --icount --net
# libvirt wants a CPU for each vCPU.
virsh_vm vcpus.sh

cat "$tmp/out"
for verb in list define start console suspend resume setmem setvcpus vcpuinfo dominfo save restore dumpxml \
	shutdown reboot destroy undefine; do
	expect "virsh $verb" 1 "$(grep -c "^virsh $verb: works\$" "$tmp/out")"
done
for line in 'in the list: Domain-0 ' 'loop devices: 0' 'guests in the store: 0' "libxl's complaints: 0" \
	"kernel's complaints: 0"; do
	expect "$line" 1 "$(grep -c "^$line\$" "$tmp/out")"
done
