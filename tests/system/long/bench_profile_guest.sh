#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 900
#
# The profiler tells domains apart: a guest makes system calls while the control domain is busy on the
# same CPU. The guest's user instructions are counted exactly and all others as what they are, on
# Pavise and on Debian's Xen.

. tests/system/lib

make -s BUILD="$BUILD" "$BUILD/bench/known" "$BUILD/bench/profile.so"
mkdir -p "$tmp/root/srv" "$tmp/add"
cp "$BUILD/bench/known" "$tmp/add/"
tests/vm/cpio.py "$tmp/root/srv/add.cpio" "$tmp/add"

# measure TOOL OPTION...: the guest's console goes to standard output, where the control domain's is.
measure() {
	tool=$1
	shift
	tests/bench/profile/profile --json "$tmp/json" -- --smp 1 --overlay tests/system/overlay "$@" \
		--overlay "$tmp/root" --timeout 400 --exec "
		cat /var/lib/pavise/initrd-6.1 /srv/add.cpio >/tmp/initrd
		sed -e 's,^ramdisk.*,ramdisk = \"/tmp/initrd\",' -e 's,^vcpus.*,vcpus = 1,' \
			-e 's,hvc0,hvc0 pavise.run=/known_long,' \
			/usr/lib/pavise-test/small.cfg >/tmp/small.cfg
		while :; do read -r line </proc/version; done &
		$tool create /tmp/small.cfg || exit
		for try in \$(seq 300); do
			$tool domid small >/dev/null 2>&1 || exit 0
			sleep 1
		done
		exit 1
	" >"$tmp/out" 2>&1 || { cat "$tmp/out"; exit 1; }
}

# figures: user instructions; kernel's for each system call, and whether there was much of the others.
figures() {
	python3 - "$tmp/json" <<-'END'
		import json, sys
		with open(sys.argv[1]) as f:
		    regions = json.load(f)["regions"]
		n = regions[0]["instructions"]
		per_call = n["kernel"] / 300000
		print(len(regions), n["user"], "good" if 300 <= per_call < 360 else per_call,
		      *["much" if n[c] > 1000000 else n[c] for c in ("other_user", "other_kernel")])
	END
}

measure pav
expect "on Pavise" "1 1200001 good much much" "$(figures)"
measure xl --hv "$BUILD/peer/xen/xen.gz" --overlay "$BUILD/peer/xen/overlay.cpio"
expect "on Xen" "1 1200001 good much much" "$(figures)"
