#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# guest.sh pav|xl: in the control domain, run the guest of /bench/config and print its console until its
# program ends. It waits without starting processes, to take as little as it can of the one CPU.

case $1 in
pav) log=/var/log/pavise/guest-bench.log ;;
xl) log=/var/log/xen/console/guest-bench.log ;;
esac
exec 5<> <(:)
"$1" create /bench/config >/tmp/created 2>&1 || { cat /tmp/created; exit 1; }
until [ -e "$log" ]; do
	read -r -t 0.2 <&5
done
begun=
exec 4<"$log"
for ((poll = 1; ; poll++)); do
	while IFS= read -r line <&4; do
		printf '%s\n' "$begun$line"
		[[ $line == *"micro: end"* ]] && exit 0
		begun=
	done
	begun+=$line
	if ((poll % 300 == 0)) && ! "$1" list bench >/dev/null 2>&1; then
		echo "the guest ended before its program"
		exit 1
	fi
	read -r -t 0.2 <&5
done
