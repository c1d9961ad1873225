# SPDX-License-Identifier: GPL-2.0-or-later
#
# Read in the control domain, and by the tests that look through logs.
#   boot_guest KERNEL VCPUS [KEY=VALUE...]  boot a guest that is an initramfs alone, load all its
#                                           vCPUs, until it has switched itself off
#   kernel_well LOG                         no warning, stall or worse in a kernel's log
#   machine_well                            the same for the control domain's so far
#   hypervisor_well LOG                     nothing said after the control domain was started
# Each prints what is wrong, and its status is 1 then.

complaints='WARNING: |BUG: |kernel BUG|Oops|Call Trace|stalls? on |lockup|blocked for more than|'
complaints=$complaints'protection fault|unable to handle'

# As the control domain is told: on a busy machine an emulated CPU may rest for half a minute.
patience='watchdog_thresh=60 rcupdate.rcu_cpu_stall_timeout=120'

# On each vCPU thrice a stream through a pipe, and some new programs: page tables, context switches and
# interrupts between vCPUs. The third line counts the CPUs which have run programs. '_' is a blank.
load='for_i_in_$(seq_12);do_(for_n_in_$(seq_20);do_/bin/true;done;'
load=$load'head_-c_1000000_/dev/zero|sha256sum_>/tmp.$i)&_done;wait;'
load=$load'echo_sums_$(cat_/tmp.*|sort_-u|wc_-l)_of_$(cat_/tmp.*|wc_-l);'
load=$load'echo_busy_$(grep_-c_^cpu[0-9].[1-9]_/proc/stat)'

boot_guest() {
	local kernel=$1 vcpus=$2 name log try line
	name=boot-$1-$2
	log=/var/log/pavise/guest-$name.log
	shift 2
	pav create -q name="$name" kernel="/var/lib/pavise/vmlinuz-$kernel" \
		ramdisk="/var/lib/pavise/initrd-$kernel" memory=192 vcpus="$vcpus" \
		extra="console=hvc0 $patience pavise.run=$load" "$@" || return
	for try in $(seq 900); do
		pav domid "$name" >/dev/null 2>&1 || break
		sleep 1
	done
	if pav domid "$name" 2>/dev/null; then
		echo "$name: still there after $try s"
		pav vcpu-list "$name"
		tail -n 60 "$log"
		pav destroy "$name"
		return 1
	fi
	for line in "userland reached, kernel $kernel\..*, $vcpus CPUs" "^sums 1 of 12" "^busy $vcpus" \
			"ended with status 0"; do
		if ! grep -q "$line" "$log"; then
			echo "$name: no '$line' in its log:"
			tail -n 60 "$log"
			return 1
		fi
	done
	kernel_well "$log" || return
	echo "booted $name"
}

kernel_well() {
	if grep -qE "$complaints" "$1"; then
		echo "$1: the kernel complains:"
		grep -E -A 40 "$complaints" "$1" | head -n 120
		return 1
	fi
}

machine_well() {
	dmesg >/tmp/kernel.log
	kernel_well /tmp/kernel.log
}

hypervisor_well() {
	if ! grep -q '^(hv) control domain:' "$1" ||
			sed '1,/^(hv) control domain:/d' "$1" | grep -E '^\((hv|d[0-9?]+)\) '; then
		echo "$1: the hypervisor complains"
		return 1
	fi
}
