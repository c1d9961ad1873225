#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 9000
#
# Control domain 6.1 and 6.12, each with guests 6.1 and 6.12 of 1, 2 and 4 vCPUs, one after another and
# two at once; then control domains of 1 to 4 vCPUs on 1 to 4 CPUs, more vCPUs than CPUs included. All
# reach userland, bear a load on all CPUs and switch themselves off; kernels and hypervisor say nothing.
# A control domain from Linux 6.9 on counts the CPUs of the ACPI tables, so it uses no vCPUs beyond them;
# that is so on Xen too.
# One row for each machine; all rows are tried, and any that fails fails the test.

. tests/system/lib
. tests/system/overlay/usr/lib/pavise-test/boots.sh
failed=0

# row KERNEL CPUS VCPUS GUESTS COMMAND: a machine and what it does; COMMAND prints "booted" for each guest.
row() {
	local what="control domain $1, $3 vCPUs on $2 CPUs" used=$3 bad=0

	[ "$1" = 6.1 ] || [ "$3" -le "$2" ] || used=$2
	vm --dom0-kernel "$1" --smp "$2" --hv-args "dom0_max_vcpus=$3" --timeout 2400 \
		--keep-log "$tmp/console" --exec "
			. /usr/lib/pavise-test/boots.sh
			[ \$(nproc) = $used ] || { echo \"\$(nproc) CPUs in the control domain\"; exit 1; }
			$5" >"$tmp/out" 2>"$tmp/err" || bad=$?
	[ "$(grep -c '^booted ' "$tmp/out")" = "$4" ] || bad=1
	kernel_well "$tmp/console" >>"$tmp/out" || bad=1
	hypervisor_well "$tmp/console" >>"$tmp/out" || bad=1
	if [ $bad = 0 ]; then
		echo "$what, $4 guests: ok"
	else
		echo "$what: FAILED"
		cat "$tmp/out" "$tmp/err"
		failed=1
	fi
}

for kernel in 6.1 6.12; do
	row $kernel 2 2 8 '
		bad=0
		for guest in 6.1 6.12; do
			for vcpus in 1 2 4; do
				boot_guest $guest $vcpus || bad=1
			done
		done
		boot_guest 6.1 4 &
		boot_guest 6.12 4 || bad=1
		wait $! || bad=1
		exit $bad'
	for shape in "1 1" "1 4" "2 1" "2 4" "3 3" "4 4"; do
		# shellcheck disable=SC2086
		row $kernel $shape 1 'boot_guest 6.1 2'
	done
done
exit $failed
