#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 120
#
# The manual's column "Xen 4.17" is true of Debian's: asked with the same guest as abi_status.sh asks ours.

. tests/system/lib

zcat "$BUILD/peer/xen/xen.gz" >"$tmp/xen"
# Debian's Xen does not end QEMU when its control domain has ended; the summary is the end.
timeout 100 "${QEMU:-qemu-system-x86_64}" -accel tcg -cpu max,-smap -m 512 -display none -nodefaults \
	-no-reboot -serial "file:$tmp/console" -kernel "$tmp/xen" -initrd "$BUILD/abi-status peer" \
	-append "console=com1 com1=115200,8n1 dom0_mem=128M" </dev/null &
machine=$!
while kill -0 $machine 2>/dev/null && ! grep -aqs '^abi status:' "$tmp/console"; do
	sleep 1
done
kill $machine 2>/dev/null || true
grep -a '^FAIL' "$tmp/console" || true
expect "summary" "0 failed" "$(grep -a '^abi status:' "$tmp/console" | grep -o '0 failed')"
