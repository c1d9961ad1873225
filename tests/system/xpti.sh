#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Page-table isolation. While a program runs, nothing of the hypervisor is mapped but its ways in and
# the CPU's window; without isolation, all is. Changes of a root reach the CPU that uses it at once,
# while another CPU makes them.

. tests/system/lib

mkdir -p "$tmp/root"
make -s "$BUILD/tests/root_slots"
cp "$BUILD/tests/root_slots" "$tmp/root/root_slots"

# look OPTION: how the threads fared, and what is mapped while a program runs.
look() {
	rm -f "$tmp/monitor"
	# What the last machine said must not be taken for this one's.
	: >"$tmp/out"
	vm --smp 2 --no-data --timeout 200 --hv-args "$1" --qemu-args "-monitor unix:$tmp/monitor,server,nowait" \
		--overlay "$tmp/root" --exec '/root_slots 300 loop' >"$tmp/out" 2>&1 &
	machine=$!
	until grep -q 'rounds,' "$tmp/out"; do
		kill -0 $machine 2>/dev/null || { cat "$tmp/out"; return 1; }
		sleep 1
	done
	grep "^root_slots" "$tmp/out"
	tests/system/progs/look_at_root.py "$tmp/monitor" "$BUILD/pavise" | sort -u
	wait $machine || true
}

expect "isolated" "root_slots: 300 rounds, 0 failures
entry-text stack" "$(look xpti)"
expect "not isolated" "root_slots: 300 rounds, 0 failures
direct-map frame-table data text entry-text stack other-stack" "$(look xpti=off)"
