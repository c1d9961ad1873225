# SPDX-License-Identifier: GPL-2.0-or-later
#
# Read in the control domain:
#   free_kib            what the hypervisor has free
#   available_kib       what the control domain could use, once its caches are dropped

free_kib() {
	pav info | sed -n 's/^free_memory_kib *: //p'
}

available_kib() {
	sync
	echo 3 >/proc/sys/vm/drop_caches
	sed -n 's/^MemAvailable: *\([0-9]*\) kB/\1/p' /proc/meminfo
}
