# SPDX-License-Identifier: GPL-2.0-or-later

# The fake machine that tests of the hypervisor link instead of arch/x86.
HOST_FAKE := $(addprefix hypervisor/arch/host/,ram.c tlb.c guest_copy.c clock.c log.c hypercall.c cpu.c)
HOST_FAKE += hypervisor/mm/frame.c hypervisor/mm/tlb.c
HOST_FAKE_CFLAGS := -Ihypervisor/arch/host/include -Ihypervisor/arch/host

HV_OBJS += $(addprefix hypervisor/mm/,frame.o tlb.o)
