#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 600
#
# What the manual says is served is served, and what it says is refused gives the error that it says: a
# guest made from the same source as the manual asks about every hypercall and sub-operation.

. tests/system/lib

timeout 550 "${QEMU:-qemu-system-x86_64}" -accel tcg -cpu max,-smap -m 512 -display none -nodefaults \
	-no-reboot -serial stdio -kernel "$BUILD/pavise" -initrd "$BUILD/abi-status" \
	-append "console=com1 com1=115200,8n1 dom0_mem=128M" </dev/null >"$tmp/console" ||
	{ cat "$tmp/console"; exit 1; }
grep -a '^FAIL' "$tmp/console" || true
summary=$(grep -a '^abi status:' "$tmp/console" | tr -d '\r')
echo "$summary"
expect "failures" 0 "$(echo "$summary" | sed 's/.* \([0-9]*\) failed.*/\1/')"
passed=$(echo "$summary" | sed 's/.*: \([0-9]*\) passed.*/\1/')
if [ "$passed" -lt 300 ]; then
	echo "only $passed were asked"
	exit 1
fi
