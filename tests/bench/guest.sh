#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# guest.sh pav|xl: in the control domain, run the guest of /bench/config and print its console until its
# program ends. It waits without starting processes, to take as little as it can of the one CPU.

case $1 in
pav) log=/var/log/pavise/guest-bench.log ;;
xl) log=/var/log/xen/console/guest-bench.log ;;
esac
. /bench/console.sh
"$1" create /bench/config >/tmp/created 2>&1 || { cat /tmp/created; exit 1; }
until [ -e "$log" ]; do
	console_pause 0.2
done
console_open
for ((poll = 1; ; poll++)); do
	while console_line; do
		printf '%s\n' "$line"
		[[ $line == *"micro: end"* ]] && exit 0
	done
	if ((poll % 300 == 0)) && ! "$1" list bench >/dev/null 2>&1; then
		echo "the guest ended before its program"
		exit 1
	fi
	console_pause 0.2
done
