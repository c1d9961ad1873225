# SPDX-License-Identifier: GPL-2.0-or-later
# Dispatch, and the operations of core/.
HV_OBJS += hypervisor/hypercall/dispatch.o
HV_OBJS += hypervisor/hypercall/evtchn.o
HV_OBJS += hypervisor/hypercall/gnttab.o
HV_OBJS += hypervisor/hypercall/multicall.o
HV_OBJS += hypervisor/hypercall/sched.o
HV_OBJS += hypervisor/hypercall/vcpu.o

UNIT_TESTS += test_hypercall
test_hypercall-objs = $(addprefix hypervisor/hypercall/,dispatch.c multicall.c) \
	$(addprefix hypervisor/arch/host/,cpu.c guest_copy.c ram.c trace_none.c) \
	hypervisor/mm/frame.c
test_hypercall-cflags = $(HOST_FAKE_CFLAGS)
