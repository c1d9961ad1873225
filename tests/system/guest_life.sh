#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 2400
#
# The whole way on Pavise: `pav create` brings Debian's cloud kernel with a Debian root to its login;
# disk, network both ways and out; pause and unpause; reboot by the guest's policy; shutdown; destroy.
# What the guest synced to its disk is there after it was destroyed, and its file system is sound.

. tests/system/lib

vm --net --timeout 2350 --keep-log "$tmp/console" --exec '
	. /usr/lib/pavise-test/guest.sh
	. /usr/lib/pavise-test/boots.sh
	step() { echo "step: $1"; }
	# The log is of the newest life; a console can be opened once that one has begun.
	await_login() {
		for try in $(seq 900); do
			pav console --log demo 2>/dev/null | tail -1 | grep -q "login:" && return
			sleep 1
		done
		pav console --log demo | tail -5
		return 1
	}
	pav create /etc/pavise/demo.cfg || exit
	step created
	pav list --json | grep -q "\"demo\"" || exit
	console_open pav console demo
	guest_login 900 || exit
	step login
	guest "findmnt -n -o SOURCE,FSTYPE /" || exit
	guest "ping -c 1 10.0.2.2" || exit
	ping -c 1 10.0.2.20 || exit
	guest "head -c 3000000 /dev/urandom > /root/blob; sync; sha256sum /root/blob" || exit
	step disk

	# TCP both ways, by a checksum that the other side computes.
	head -c 2000000 /dev/urandom >/tmp/there
	guest_listen 5001 "nc -l -N 5001 >/root/there" || exit
	nc.openbsd -N 10.0.2.20 5001 </tmp/there || exit
	guest "wait; sha256sum </root/there" >/tmp/sum.guest || exit
	grep -q "$(sha256sum </tmp/there | cut -d" " -f1)" /tmp/sum.guest || { cat /tmp/sum.guest; exit 1; }
	nc.openbsd -l -N 5002 >/tmp/back &
	listens 5002 || exit
	guest "nc -N 10.0.2.15 5002 </root/blob && echo sent" || exit
	wait $!
	guest "sha256sum </root/blob" >/tmp/sum.guest || exit
	grep -q "$(sha256sum </tmp/back | cut -d" " -f1)" /tmp/sum.guest || exit
	step tcp

	pav pause demo && pav list | grep -q "demo .*[rb-]p----* " || exit
	pav unpause demo || exit
	guest "echo awake" | grep -q awake || exit
	step pause

	# The restarted guest has the same name and a new domain id.
	id=$(pav domid demo)
	console_send reboot
	for try in $(seq 900); do
		new=$(pav domid demo 2>/dev/null) && [ "$new" != "$id" ] && break
		sleep 1
	done
	[ "$new" -gt "$id" ] || exit
	await_login || exit
	step reboot
	console_open pav console demo
	guest_login 900 || exit
	guest "sha256sum /root/blob" || exit
	pav destroy demo || exit
	step destroy
	losetup -a
	e2fsck -p -f /var/lib/pavise/demo.img || [ $? = 1 ] || exit
	step fsck
	# From here on: the first guest made tables of the control domain grow for good.
	free0=$(pav info --json | grep free_memory_kib)

	pav create /etc/pavise/demo.cfg || exit
	await_login || exit
	pav shutdown -w demo || exit
	step shutdown
	pav list | grep demo && exit 1
	xenstore-ls -f /local/domain | grep "^/local/domain/[1-9]" && exit 1
	losetup -a
	[ "$(pav info --json | grep free_memory_kib)" = "$free0" ] ||
		{ echo "before: $free0"; pav info --json | grep free_memory; exit 1; }
	pav dmesg | tail -2
	machine_well || exit
	step end
' >"$tmp/out" || { tail -12 "$tmp/console"; cat "$tmp/out"; exit 1; }
cat "$tmp/out"
grep -q '/dev/xvda *ext4' "$tmp/out"
expect "pings answered" 2 "$(grep -c '1 packets transmitted, 1 received' "$tmp/out")"
expect "blob survived the restart" 1 "$(grep '/root/blob' "$tmp/out" | sort -u | wc -l)"
expect "no loop device left" 0 "$(grep -c /dev/loop "$tmp/out" || true)"
expect "end" 1 "$(grep -c 'step: end' "$tmp/out")"
