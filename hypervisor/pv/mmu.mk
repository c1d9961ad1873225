# SPDX-License-Identifier: GPL-2.0-or-later
# The PV MMU and its hypercalls.
HV_OBJS += $(addprefix hypervisor/pv/,pt_dirty.o pt_entry.o pt_fault.o pt_grant.o pt_promote.o pt_root.o \
	pt_store.o pt_write.o)
HV_OBJS += $(addprefix hypervisor/hypercall/,e820.o exchange.o memory.o mmu.o mmuext.o physmap.o)

MMU_SIM := $(HOST_FAKE) $(HOST_MM) $(HOST_PT) hypervisor/pv/pt_dirty.c hypervisor/pv/pt_fault.c \
	hypervisor/pv/pt_store.c \
	hypervisor/core/priv.c hypervisor/pv/insn.c hypervisor/lib/rangeset.c tests/unit/mm_sim.c \
	$(addprefix hypervisor/hypercall/,e820.c exchange.c memory.c mmu.c mmuext.c physmap.c)

FUZZ_TARGETS += fuzz_page_types
fuzz_page_types-objs := $(MMU_SIM)
fuzz_page_types-cflags := $(HOST_FAKE_CFLAGS)

MMU_TESTS := test_buddy test_dirty test_slab test_page test_type test_pt_update test_memory_op
UNIT_TESTS += $(MMU_TESTS)
$(foreach t,$(MMU_TESTS),$(eval $(t)-objs := $$(MMU_SIM))$(eval $(t)-cflags := $$(HOST_FAKE_CFLAGS)))

UNIT_TESTS += test_pt_store
test_pt_store-objs := hypervisor/pv/pt_store.c hypervisor/pv/insn.c
