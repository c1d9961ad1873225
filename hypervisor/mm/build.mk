# SPDX-License-Identifier: GPL-2.0-or-later

# The fake machine that tests of the hypervisor link instead of arch/x86.
HOST_FAKE := $(addprefix hypervisor/arch/host/,ram.c tlb.c guest_copy.c clock.c log.c hypercall.c cpu.c)
HOST_FAKE += hypervisor/mm/frame.c hypervisor/mm/tlb.c
HOST_FAKE_CFLAGS := -Ihypervisor/arch/host/include -Ihypervisor/arch/host

# The real memory manager and PV MMU, for tests that need them.
HOST_MM := $(addprefix hypervisor/mm/,buddy.c dirty.c domain_pages.c ref.c slab.c type.c)
HOST_PT := $(addprefix hypervisor/pv/,pt_entry.c pt_grant.c pt_promote.c pt_root.c pt_write.c)

HV_OBJS += $(addprefix hypervisor/mm/,buddy.o dirty.o domain_pages.o frame.o ref.o slab.o tlb.o type.o)
