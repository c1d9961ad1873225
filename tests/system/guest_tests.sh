#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 1800
#
# Every property of the ABI from inside: each test guest of tests/guest runs once as an unprivileged domain and
# says what holds. GUEST_TESTS="name name" selects.

. tests/system/lib

tests/guest/stage "$tmp/root"
vm --no-data --overlay "$tmp/root" --timeout 1750 --exec "
	. /usr/lib/pavise-test/guest_tests.sh
	gt_all ${GUEST_TESTS-}
" >"$tmp/result" || { tail -n 40 "$tmp/result"; exit 1; }
tests/guest/judge.py pavise tests/guest/README.md "$tmp/result"
