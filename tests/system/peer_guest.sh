#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 900
#
# The demo guest as it is made here, with disk, network and login, on Debian's Xen: tells a fault of
# guest image, kernels or bridge from one of the hypervisor and tools under test.

. tests/system/lib

peer --net --timeout 800 --exec '
	cd /tmp
	xl create /etc/pavise/demo.cfg || exit
	log=/var/log/xen/console/guest-demo.log
	for try in $(seq 200); do
		grep -qs "demo login:" $log && break
		sleep 1
	done
	grep "demo login:" $log || { cat $log; exit 1; }
	ping -c 2 10.0.2.20 || exit
	# Log in on the console as a user does, look at the disk, reach the outside.
	(
		sleep 2; echo; sleep 4; echo root; sleep 4; echo pavise; sleep 8
		echo "ping -c 1 10.0.2.2; findmnt -n -o SOURCE,FSTYPE /"; sleep 8
	) | timeout 90 xl console demo
	xl shutdown -w demo || exit
	xl list
' >"$tmp/out" || { cat "$tmp/out"; exit 1; }
cat "$tmp/out"
grep -q '1 packets transmitted, 1 received' "$tmp/out"
grep -q '/dev/xvda *ext4' "$tmp/out"
expect "domains left" 2 "$(sed -n '/^Name/,$p' "$tmp/out" | wc -l)"
