# SPDX-License-Identifier: GPL-2.0-or-later
# The PV MMU and its hypercalls.
HV_OBJS += $(addprefix hypervisor/pv/,pt_entry.o pt_fault.o pt_grant.o pt_promote.o pt_root.o \
	pt_store.o pt_write.o)
HV_OBJS += $(addprefix hypervisor/hypercall/,e820.o exchange.o memory.o mmu.o mmuext.o physmap.o)
