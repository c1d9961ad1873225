#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 900
#
# What the manual says is for the control domain alone gives EPERM to others: the guest of abi_status.sh, as
# a domain without privilege.

. tests/system/lib

mkdir -p "$tmp/overlay/root"
cp "$BUILD/abi-status" "$tmp/overlay/root/"
cat >"$tmp/overlay/root/status.cfg" <<EOF
name = "status"
kernel = "/root/abi-status"
memory = 16
EOF
vm --no-data --hv-args guest_loglvl=all --overlay "$tmp/overlay" --timeout 850 --exec '
	pav create /root/status.cfg
	for i in $(seq 600); do
		pav dmesg | grep -q "abi status:" && break
		sleep 1
	done
	pav dmesg | grep -E "FAIL|abi status:"
' >"$tmp/out" || { cat "$tmp/out"; exit 1; }
cat "$tmp/out"
expect "failures" 0 "$(grep -c FAIL "$tmp/out")"
expect "summary" "0 failed" "$(grep 'abi status:' "$tmp/out" | grep -o '0 failed')"
