#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 300
#
# The profiler counts exactly: a program whose instructions, system calls and faults are known, on native
# Linux and in Pavise's control domain; and what Pavise does for a system call and for a fault.

. tests/system/lib

make -s BUILD="$BUILD" "$BUILD/bench/known" "$BUILD/bench/profile.so"
mkdir -p "$tmp/root/root"
cp "$BUILD/bench/known" "$tmp/root/root/"

# measure OPTION...: profile of the program; the least disturbed of its nine rounds counts.
measure() {
	tests/bench/profile/profile --json "$tmp/json" -- --icount --no-data --overlay "$tmp/root" \
		--exec /root/known "$@" >"$tmp/out" 2>&1 || { cat "$tmp/out"; exit 1; }
}

# figures KIND MEMBER...: from the round of KIND (0 loop, 1 system calls, 2 faults, 3 nothing) with
# the fewest instructions in all.
figures() {
	python3 - "$tmp/json" "$@" <<-'END'
		import json, sys
		path, kind, *members = sys.argv[1:]
		with open(path) as f:
		    rounds = [r for r in json.load(f)["regions"] if r["region"] % 10 == int(kind)]
		best = min(rounds, key=lambda r: sum(r["instructions"].values()))
		found = [len(rounds)]
		for member in members:
		    value = best
		    for name in member.split("."):
		        value = value.get(name, 0)
		    found.append(value)
		print(*found)
	END
}

measure --hv none
expect "native: loop" "9 2000001" "$(figures 0 instructions.user)"
expect "native: system calls, of user and kernel" "9 4001 1000 1000 1000" \
	"$(figures 1 instructions.user events.user.syscall entries.kernel events.kernel.sysret)"
expect "native: faults" "9 1281 256 256" \
	"$(figures 2 instructions.user entries.kernel events.kernel.iret)"
expect "native: marks by number" "9 4 0" "$(figures 3 instructions.user instructions.kernel)"
expect "native: no hypervisor, no other domain" "9 0 0 0" \
	"$(figures 1 instructions.hypervisor instructions.other_user instructions.other_kernel)"

# entry.S: a system call comes in, goes to the kernel; its iret hypercall comes in, goes to the user.
# The modes share a root, so only the way back to the user loads one.
measure
expect "Pavise: loop" "9 2000001" "$(figures 0 instructions.user)"
expect "Pavise: system calls, of user and kernel" "9 4001 1000 1000" \
	"$(figures 1 instructions.user events.user.syscall events.kernel.syscall)"
expect "Pavise: system calls, of the hypervisor" "9 2000 1000 1000 1000 0" \
	"$(figures 1 entries.hypervisor events.hypervisor.mov_cr3 events.hypervisor.sysret \
		events.hypervisor.iret events.hypervisor.wrmsr)"
expect "Pavise: faults" "9 1281 256 256" \
	"$(figures 2 instructions.user entries.user events.hypervisor.mov_cr3)"
expect "Pavise: the control domain is no other" "9 0 0" \
	"$(figures 1 instructions.other_user instructions.other_kernel)"
