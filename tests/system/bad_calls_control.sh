#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 180
#
# The test guest bad_calls in the control domain's place: at least fifty wrong calls of every sub-operation
# by who may make them are refused with the errors that the manual names, the machine has afterwards what it
# had, and none takes more instructions than there may be between two points of preemption.

. tests/system/lib

LIMIT=2000000
timeout 160 "${QEMU:-qemu-system-x86_64}" -accel tcg -cpu max,-smap,-erms -icount shift=0,sleep=off -m 256 \
	-display none -nodefaults -no-reboot -serial stdio -kernel "$BUILD/pavise" \
	-initrd "$BUILD/guest/tests/bad_calls limit=$LIMIT" \
	-append "console=com1 com1=115200,8n1 dom0_mem=32M" </dev/null >"$tmp/console" ||
	{ tail -n 40 "$tmp/console"; exit 1; }
grep -a -B1 '^FAIL' "$tmp/console" || true
tr -d '\r' <"$tmp/console" | grep -a '^bad_calls:' | sed 's/ticks/instructions/'
expect "failures" 0 "$(tr -d '\r' <"$tmp/console" | sed -n 's/^end: .*, \([0-9]*\) failed$/\1/p')"
