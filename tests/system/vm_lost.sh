#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 1000
#
# A machine that is lost gives a status of its own for each way to be lost.

. tests/system/lib

bare() {
	tests/vm/vm --hv none --no-data "$@"
}

expect "time-out" 124 "$(status bare --timeout 120 --exec 'echo begun; sleep 1000')"
expect "output before the time-out" begun "$(cat "$tmp/out")"
grep -q 'while COMMAND ran' "$tmp/err"
expect "kernel panic" 122 "$(status bare --timeout 200 --exec 'echo c >/proc/sysrq-trigger')"
grep -q 'Kernel panic' "$tmp/err"
expect "switched off" 123 "$(status bare --timeout 200 --exec 'poweroff -f; sleep 100')"
expect "reset" 123 "$(status bare --timeout 200 --exec 'reboot -f; sleep 100')"
expect "no such QEMU argument" 125 "$(status bare --qemu-args=-no-such-thing --exec true)"
expect "log kept" 0 "$(status bare --keep-log "$tmp/log" --timeout 200 --exec true)"
grep -q 'Linux version' "$tmp/log"
