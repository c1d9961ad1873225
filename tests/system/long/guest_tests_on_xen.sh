#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 2700
#
# The same test guests, byte by byte, on Debian's Xen 4.17, under our pav, store and console daemons: what
# they prove is the ABI and not our reading of it. tests/guest/README.md has a row for each difference.

. tests/system/lib

make -s BUILD="$BUILD" "$BUILD/peer/xen/overlay.cpio"
tests/guest/stage "$tmp/root"
mkdir -p "$tmp/root/etc/pavise-init.d" "$tmp/root/etc/pavise"
# In place of Xen's daemons.
echo : >"$tmp/root/etc/pavise-init.d/xen.sh"
printf 'pav-stored\npav-consoled\npav-domd\n' >"$tmp/root/etc/pavise/daemons"
peer --no-data --overlay "$tmp/root" --timeout 2680 --exec "
	. /usr/lib/pavise-test/guest_tests.sh
	gt_all ${GUEST_TESTS-}
" >"$tmp/result" || { tail -n 40 "$tmp/result"; exit 1; }
tests/guest/judge.py xen tests/guest/README.md "$tmp/result"
