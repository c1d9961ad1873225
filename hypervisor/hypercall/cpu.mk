# SPDX-License-Identifier: GPL-2.0-or-later
HV_OBJS += hypervisor/hypercall/trap.o		# set_trap_table, set_callbacks, iret
HV_OBJS += hypervisor/hypercall/callback.o	# callback_op
HV_OBJS += hypervisor/hypercall/desc.o		# set_gdt, update_descriptor
HV_OBJS += hypervisor/hypercall/segment.o	# set_segment_base, stack_switch
HV_OBJS += hypervisor/hypercall/cpu.o		# fpu_taskswitch, vm_assist, debug registers
