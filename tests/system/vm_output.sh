#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 300
#
# What COMMAND prints, and nothing else, comes out of tests/vm/vm unchanged, and its status is vm's.
# On the bare kernel, since it is the harness that is tested.

. tests/system/lib

expect "wrong option" 2 "$(status tests/vm/vm --no-such-option)"
expect "missing hypervisor" 2 "$(status tests/vm/vm --hv "$tmp/none" --no-data --exec true)"
echo text >"$tmp/text"
expect "kernel that is none" 2 "$(status tests/vm/vm --dom0-kernel "$tmp/text" --exec true)"
grep -q 'not a bzImage' "$tmp/err"

# All byte values, a megabyte of them, and no newline at the end. An overlay brings the file in.
mkdir -p "$tmp/overlay/lib/pavise-test"
python3 -c 'import sys; sys.stdout.buffer.write(bytes(range(256)) * 4096 + b"pavise- end ")' \
	>"$tmp/overlay/lib/pavise-test/bytes"
s=0
tests/vm/vm --hv none --no-data --overlay "$tmp/overlay" --timeout 250 \
	--exec 'cat /lib/pavise-test/bytes; exit 7' >"$tmp/out" || s=$?
expect "status" 7 $s
cmp "$tmp/out" "$tmp/overlay/lib/pavise-test/bytes"

expect "standard error is output too, standard input is empty" "one two 0" "$(
	tests/vm/vm --hv none --no-data --timeout 200 \
		--exec 'printf "one "; printf "two " >&2; wc -c')"
