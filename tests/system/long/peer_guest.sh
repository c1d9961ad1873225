#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 900
#
# The demo guest as it is made here, with disk, network and login, on Debian's Xen: tells a fault of
# guest image, kernels or bridge from one of the hypervisor and tools under test.

. tests/system/lib

peer --net --timeout 850 --exec '
	. /usr/lib/pavise-test/guest.sh
	xl create /etc/pavise/demo.cfg || exit
	console_open xenconsole --interactive "$(xl domid demo)"
	guest_login 500 || exit
	echo "logged in"
	guest "findmnt -n -o SOURCE,FSTYPE /" || exit
	guest "ping -c 1 10.0.2.2" || exit
	ping -c 1 10.0.2.20 || exit
	xl shutdown -w demo || exit
	for try in $(seq 60); do
		xl domid demo >/dev/null 2>&1 || exit 0
		sleep 1
	done
	xl list
	exit 1
' >"$tmp/out" || { cat "$tmp/out" "$tmp/err" 2>/dev/null; exit 1; }
cat "$tmp/out"
grep -q '/dev/xvda *ext4' "$tmp/out"
expect "pings answered" 2 "$(grep -c '1 packets transmitted, 1 received' "$tmp/out")"
