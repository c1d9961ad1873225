# SPDX-License-Identifier: GPL-2.0-or-later
HV_OBJS += hypervisor/arch/x86/entry.o		# SYSCALL, iret, page-fault bounce, way out
HV_OBJS += hypervisor/arch/x86/roots_asm.o	# changes of mode; linked into the page of entry.o's straight paths
HV_OBJS += hypervisor/arch/x86/entry_narrow.o	# the same for narrow roots
HV_OBJS += hypervisor/arch/x86/roots.o		# roots of both modes, joint ones
HV_OBJS += hypervisor/arch/x86/narrow.o		# page-table isolation
HV_OBJS += hypervisor/arch/x86/guest_trap.o	# the slow ways in C
HV_OBJS += hypervisor/arch/x86/guest_hw.o	# entry MSRs; instructions for guests
HV_OBJS += hypervisor/arch/x86/switch.o		# what a CPU holds of a vCPU
HV_OBJS += hypervisor/arch/x86/fpu.o
HV_OBJS += hypervisor/arch/x86/trace.o hypervisor/arch/x86/trace_entry.o
