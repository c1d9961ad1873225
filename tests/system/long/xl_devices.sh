#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 3600
#
# Debian's xl with a guest that has disk, network and a login: its console both ways, devices that come and
# go while it runs, fewer vCPUs and less memory and back, all seen from inside; reboot and shutdown.

. tests/system/lib

mkdir -p "$tmp/root/srv"
cat >"$tmp/root/srv/devices.sh" <<'END'
. /usr/lib/pavise-test/guest.sh
. /usr/lib/pavise-test/xl.sh
export TERM=linux

# want TEXT COMMAND...: the command's output has the text within ten minutes.
want() {
	local text=$1 try
	shift
	for try in $(seq 600); do
		"$@" >/tmp/found 2>&1
		grep -q -- "$text" /tmp/found && return
		sleep 1
	done
	echo "FAILED: no '$text' from $*:"
	cat /tmp/found
	exit 1
}

# has TEXT FILE
has() {
	grep -q -- "$1" "$2" && return
	echo "FAILED: no '$1' in:"
	tr '\033' '^' <"$2" | head -30
	exit 1
}

console() {
	console_open script -qfec 'xl console demo' /dev/null
}

xl create /etc/pavise/demo.cfg vcpus=2 maxmem=320
xl domid demo
id=$(cat /tmp/out)
xl domname "$id"
has '^demo$' /tmp/out
xl uptime demo
has "demo  *$id  *0:" /tmp/out
(sleep 8; echo q) | script -qfec 'xl top' /tmp/top >/dev/null
has demo /tmp/top
has 262144 /tmp/top
xentop -b -i 1 >/tmp/out
has 'demo .* 262144 ' /tmp/out
echo "step: created"

console
guest_login 500 || exit
echo "step: console"

want '^2' guest nproc
xl vcpu-set demo 1
want '^1' guest nproc
xl vcpu-list demo
has 'demo .*--p' /tmp/out
xl vcpu-set demo 2
want '^2' guest 'echo 1 >/sys/devices/system/cpu/cpu1/online; nproc'
echo "step: vcpus"

xl mem-set demo 200
want 'demo  *[0-9]*  *200 ' command xl list demo
xl mem-set demo 300
want 'demo  *[0-9]*  *300 ' command xl list demo
guest 'dd if=/dev/zero of=/dev/shm/fill bs=1M count=40 2>&1 && rm /dev/shm/fill' || exit
echo "step: memory"

head -c 8388608 /dev/urandom >/var/lib/pavise/extra.img
sum=$(sha256sum </var/lib/pavise/extra.img)
xl block-attach demo format=raw,vdev=xvdb,access=rw,target=/var/lib/pavise/extra.img
want '^51728 .* 4 ' command xl block-list demo
want "${sum% *}" guest 'sha256sum </dev/xvdb'
guest 'echo from the guest | dd of=/dev/xvdb conv=sync oflag=direct' || exit
has 'from the guest' /var/lib/pavise/extra.img
xl block-detach demo xvdb
xl block-list demo
grep -q '^51728 ' /tmp/out && exit 1
want 'No such file' guest 'ls /dev/xvdb'
echo "step: block"

xl network-attach demo bridge=xenbr0
want '^1 .* 4 ' command xl network-list demo
want 'enX1 .*00:16:3e' guest 'ip -br link'
xl network-detach demo 1
xl network-list demo
grep -q '^1 ' /tmp/out && exit 1
guest 'ip -br link' >/tmp/found || exit
grep enX1 /tmp/found && exit 1
guest 'ping -c 1 10.0.2.2' || exit
echo "step: network"

xl reboot -w demo
for try in $(seq 600); do
	xl_id=$(command xl domid demo 2>/dev/null) && [ "$xl_id" -gt "$id" ] && break
	sleep 1
done
[ "$xl_id" -gt "$id" ] || exit
# xl console gives up when there is none within five seconds.
want /dev/pts xenstore-read "/local/domain/$xl_id/console/tty"
console
console_await "login:" 500 || exit
echo "step: reboot"
xl shutdown -w demo
want '^2$' sh -c 'xl list | grep -c .'
echo "step: shutdown"
END
vm --overlay "$BUILD/peer/xen/overlay.cpio" --overlay "$tmp/root" --net --timeout 3500 \
	--exec 'bash /srv/devices.sh' >"$tmp/out" || { cat "$tmp/out"; exit 1; }
cat "$tmp/out"
expect "steps" 8 "$(grep -c '^step: ' "$tmp/out")"
