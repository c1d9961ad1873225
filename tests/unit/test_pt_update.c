// SPDX-License-Identifier: GPL-2.0-or-later
/* The MMU hypercalls, grant entries and faults, as a guest sees them. */
#include "mm_main.h"
#include <abi/base.h>
#include <hv/counter.h>
#include <hypervisor/pv/insn.h>

static struct domain *dom0, *d;
static mfn_t t[4], data;

#define DATA_VA 0x1000ul
#define L1_VA   0x2000ul

/* The guest runs on a tree with data at DATA_VA and its own L1 read-only at L1_VA. */
static void guest(void)
{
	dom0 = sim_domain(0);
	d = sim_domain(1);
	sim_tree(d, t);
	data = sim_frame(d);
	sim_table(t[0])[1] = sim_pte(data, P_URW);
	sim_table(t[0])[2] = sim_pte(t[0], P_RO);
	sim_run(d->vcpu[0]);
	ck_assert_int_eq(sim_mmuext(MMUEXT_NEW_BASEPTR, t[3].n, 0, DOMID_SELF), 0);
}

static int64_t update(mfn_t table, unsigned slot, uint64_t val, unsigned cmd)
{
	struct mmu_update req = {mfn_to_paddr(table).a | slot * 8 | cmd, val};
	int64_t rc = sim_mmu_update(&req, 1, DOMID_SELF);

	sim_check();
	return rc;
}

#define counted(name) (d->vcpu[0]->counters[PAVISE_COUNTER_##name])

static uint64_t entry(unsigned slot)
{
	return sim_table(t[0])[slot];
}

START_TEST(entries_are_adjusted)
{
	guest();
	ck_assert_int_eq(update(t[0], 5, sim_pte(data, P_RW), 0), 0);
	ck_assert_uint_eq(entry(5), sim_pte(data, P_URW | PTE_GUEST_KERNEL));
	ck_assert_int_eq(update(t[0], 5, sim_pte(data, P_URW), 0), 0);
	ck_assert_uint_eq(entry(5), sim_pte(data, P_URW | PTE_GLOBAL));
	ck_assert_int_eq(update(t[0], 5, 0x123456, 0), 0); /* not present: the guest's own */
	ck_assert_uint_eq(entry(5), 0x123456);
	ck_assert_int_eq(update(t[1], 5, sim_pte(t[0], P_RW), 0), 0);
	ck_assert_uint_eq(sim_table(t[1])[5], sim_pte(t[0], P_URW));
}
END_TEST

START_TEST(refused_entries_change_nothing)
{
	uint64_t before, bad[5];

	guest();
	bad[0] = sim_pte(t[0], P_RW);                 /* a table */
	bad[1] = sim_pte(sim_frame(dom0), P_RO);      /* another's frame */
	bad[2] = sim_pte(data, P_RW | PTE_PCD);       /* cache type without devices */
	bad[3] = sim_pte(mfn_make(SIM_FRAMES), P_RO); /* device without a right */
	bad[4] = sim_pte(mfn_make(1), P_RO);          /* free */
	before = entry(1);
	for (unsigned i = 0; i < ARRAY_SIZE(bad); i++) {
		ck_assert_int_lt(update(t[0], 1, bad[i], 0), 0);
		ck_assert_uint_eq(entry(1), before);
	}
	ck_assert_int_eq(update(t[1], 1, sim_pte(data, P_RW), 0),
			 -EINVAL); /* writable data as L1 */
	ck_assert_int_eq(update(t[1], 1, sim_pte(t[0], P_RW | PTE_PSE), 0), -EINVAL);
	ck_assert_int_eq(update(t[2], 1, sim_pte(t[0], P_RW), 0), -EINVAL); /* wrong level */
	ck_assert_int_eq(update(t[3], 256, 0, 0), -EINVAL);
	ck_assert_int_eq(update(t[3], 271, 0, 0), -EINVAL);
	ck_assert_int_eq(update(t[0], 0, 0, 4), -EINVAL); /* not aligned */
}
END_TEST

/* Wherever a machine address ends: none is taken for the table at hand, or for any other. */
START_TEST(addresses_of_nothing_are_refused)
{
	static const uint64_t frames[] = {~0ull >> 12, (~0ull >> 12) - 1, 1ull << 51,
					  ~0ull >> 13, 1ull << 40,        SIM_FRAMES};

	guest();
	for (unsigned i = 0; i < ARRAY_SIZE(frames); i++) {
		for (unsigned slot = 0; slot < 512; slot += 73) {
			mfn_t mfn = mfn_make(frames[i]);

			ck_assert_int_eq(update(mfn, slot, 0, MMU_NORMAL_PT_UPDATE), -EINVAL);
			ck_assert_int_eq(update(mfn, slot, 0, MMU_PT_UPDATE_PRESERVE_AD), -EINVAL);
			ck_assert_int_eq(update(mfn, slot, 0, MMU_MACHPHYS_UPDATE), -EINVAL);
		}
	}
}
END_TEST

START_TEST(accessed_and_dirty_are_kept_on_demand)
{
	guest();
	sim_table(t[0])[1] |= PTE_ACCESSED | PTE_DIRTY; /* as the CPU does */
	ck_assert_int_eq(update(t[0], 1, sim_pte(data, P_RO | PTE_USER), MMU_PT_UPDATE_PRESERVE_AD),
			 0);
	ck_assert_uint_eq(entry(1) & (PTE_ACCESSED | PTE_DIRTY | PTE_RW), PTE_ACCESSED | PTE_DIRTY);
	ck_assert_int_eq(update(t[0], 1, sim_pte(data, P_URW), MMU_NORMAL_PT_UPDATE), 0);
	ck_assert_uint_eq(entry(1) & (PTE_ACCESSED | PTE_DIRTY), 0);
}
END_TEST

START_TEST(linux_builds_and_leaves_an_address_space)
{
	mfn_t n[4];

	guest();
	ck_assert_uint_eq(counted(promotions), 4);
	sim_tree(d, n);
	ck_assert_int_eq(update(n[0], 1, sim_pte(data, P_URW), 0), 0); /* plain store */
	ck_assert_uint_eq(sim_type(n[0]), PGT_WRITABLE);
	ck_assert_int_eq(sim_mmuext(MMUEXT_PIN_L1_TABLE, n[0].n, 0, DOMID_SELF), 0);
	ck_assert_int_eq(sim_mmuext(MMUEXT_PIN_L4_TABLE, n[3].n, 0, DOMID_SELF), 0);
	ck_assert_uint_eq(counted(promotions), 8);
	ck_assert_int_eq(sim_mmuext(MMUEXT_NEW_BASEPTR, n[3].n, 0, DOMID_SELF), 0);
	ck_assert_int_eq(sim_mmuext(MMUEXT_NEW_USER_BASEPTR, n[3].n, 0, DOMID_SELF), 0);
	sim_check();
	ck_assert_uint_eq(sim_type_count(t[3]), 0); /* the old root was not pinned */
	ck_assert_uint_eq(sim_table(n[3])[256], arch_m2p_slot());
	ck_assert_int_eq(sim_mmuext(MMUEXT_UNPIN_TABLE, n[3].n, 0, DOMID_SELF), 0);
	ck_assert_uint_eq(sim_type_count(n[3]), 2); /* in use as roots */
	ck_assert_int_eq(sim_mmuext(MMUEXT_NEW_USER_BASEPTR, 0, 0, DOMID_SELF), 0);
	ck_assert_int_eq(sim_mmuext(MMUEXT_UNPIN_TABLE, n[0].n, 0, DOMID_SELF), 0);
	ck_assert_int_eq(sim_mmuext(MMUEXT_UNPIN_TABLE, n[0].n, 0, DOMID_SELF), -EINVAL);
	sim_check();
}
END_TEST

START_TEST(user_root_hides_the_m2p)
{
	mfn_t n[4];

	guest();
	sim_tree(d, n);
	ck_assert_int_eq(sim_mmuext(MMUEXT_NEW_USER_BASEPTR, n[3].n, 0, DOMID_SELF), 0);
	ck_assert_uint_eq(sim_table(n[3])[256], 0);
	ck_assert_uint_eq(sim_table(t[3])[256], arch_m2p_slot());
}
END_TEST

START_TEST(mappings_by_address)
{
	guest();
	ck_assert_int_eq(hc_update_va_mapping(DATA_VA, sim_pte(data, P_RO), UVMF_INVLPG, 0, 0), 0);
	ck_assert_uint_eq(sim_type_count(data), 0);
	ck_assert_uint_eq(host_flushes.va, 1);
	ck_assert_int_eq(hc_update_va_mapping(DATA_VA, 0, UVMF_TLB_FLUSH | UVMF_ALL, 0, 0), 0);
	ck_assert_int_eq(hc_update_va_mapping(1ul << 39, 0, 0, 0, 0), -EINVAL);
	ck_assert_int_eq(hc_update_va_mapping(HV_VA_START, 0, 0, 0, 0), -EINVAL);
	ck_assert_int_eq(hc_update_va_mapping(DATA_VA, sim_pte(t[1], P_RW), 0, 0, 0), -EINVAL);
	sim_check();
}
END_TEST

START_TEST(foreign_frames_need_the_control_domain)
{
	mfn_t theirs, n[4];
	struct mmu_update req;

	guest();
	theirs = sim_frame(dom0);
	req = (struct mmu_update){mfn_to_paddr(t[0]).a | 8, sim_pte(theirs, P_RO)};
	ck_assert_int_eq(sim_mmu_update(&req, 1, 0), -EPERM);
	ck_assert_int_eq(sim_mmu_update(&req, 1, DOMID_XEN), -EPERM);
	sim_tree(dom0, n);
	sim_run(dom0->vcpu[0]);
	ck_assert_int_eq(sim_mmuext(MMUEXT_NEW_BASEPTR, n[3].n, 0, DOMID_SELF), 0);
	req.ptr = mfn_to_paddr(n[0]).a | 8;
	req.val = sim_pte(data, P_URW);
	ck_assert_int_eq(sim_mmu_update(&req, 1, 1), 0);
	req.val = sim_pte(t[3], P_RO); /* a live table may be read */
	ck_assert_int_eq(sim_mmu_update(&req, 1, 1), 0);
	req.val = sim_pte(t[3], P_RW);
	ck_assert_int_eq(sim_mmu_update(&req, 1, 1), -EINVAL);
	req.val = sim_pte(arch_m2p_frame(0), P_RO);
	ck_assert_int_eq(sim_mmu_update(&req, 1, DOMID_XEN), 0);
	req.val = sim_pte(arch_m2p_frame(0), P_RW);
	ck_assert_int_eq(sim_mmu_update(&req, 1, DOMID_XEN), -EINVAL);
	req.val = 0;
	ck_assert_int_eq(sim_mmu_update(&req, 1, DOMID_SELF), 0);
	ck_assert_int_eq(sim_mmu_update(&req, 1, 7), -ESRCH);
	sim_check();
}
END_TEST

START_TEST(done_counts_and_stops_at_the_first_error)
{
	struct mmu_update req[3];
	uint32_t done = 99;

	guest();
	req[0] = (struct mmu_update){mfn_to_paddr(t[0]).a | 24, sim_pte(data, P_RO)};
	req[1] = (struct mmu_update){mfn_to_paddr(t[0]).a | 32, sim_pte(t[0], P_RW)};
	req[2] = req[0];
	ck_assert_int_eq(hc_mmu_update((uint64_t)req, 3, (uint64_t)&done, DOMID_SELF, 0), -EINVAL);
	ck_assert_uint_eq(done, 1);
	ck_assert_uint_eq(counted(mmu_updates), 1);
	ck_assert_int_eq(hc_mmu_update(8, 3, (uint64_t)&done, DOMID_SELF, 0), -EFAULT);
	ck_assert_uint_eq(done, 0);
	ck_assert_int_eq(hc_mmu_update((uint64_t)req, 1, 8, DOMID_SELF, 0), -EFAULT);
	ck_assert_uint_eq(counted(mmu_updates), 2);
}
END_TEST

START_TEST(m2p_is_set_for_own_frames)
{
	struct mmu_update req;

	guest();
	req = (struct mmu_update){mfn_to_paddr(data).a | MMU_MACHPHYS_UPDATE, 1234};
	ck_assert_int_eq(sim_mmu_update(&req, 1, DOMID_SELF), 0);
	ck_assert_uint_eq(m2p_get(data), 1234);
	req.ptr = mfn_to_paddr(sim_frame(dom0)).a | MMU_MACHPHYS_UPDATE;
	ck_assert_int_eq(sim_mmu_update(&req, 1, DOMID_SELF), -EINVAL);
}
END_TEST

START_TEST(devices_by_right_only)
{
	const mfn_t dev = mfn_make(SIM_FRAMES + 3);

	guest();
	ck_assert_int_eq(update(t[0], 6, sim_pte(dev, P_RW), 0), -EPERM);
	ck_assert_int_eq(rangeset_add(&d->io_mem, dev.n, dev.n), 0);
	ck_assert_int_eq(update(t[0], 6, sim_pte(dev, P_RW), 0), 0);
	ck_assert_uint_eq(entry(6) & PT_CACHE_BITS,
			  PTE_PWT | PTE_PCD); /* write-back became uncached */
	ck_assert_int_eq(update(t[0], 6, sim_pte(dev, P_RW | PTE_PAT), 0), 0);
	ck_assert_uint_eq(entry(6) & PT_CACHE_BITS, PTE_PAT); /* write-combining stays */
	ck_assert_int_eq(update(t[0], 6, sim_pte(mfn_make(1ull << 33), P_RW), 0), -EINVAL);
	ck_assert_int_eq(rangeset_add(&pt_mmio_read_only, dev.n, dev.n), 0);
	ck_assert_int_eq(update(t[0], 6, sim_pte(dev, P_RW), 0), 0);
	ck_assert_uint_eq(entry(6) & PTE_RW, 0);
	rangeset_free(&d->io_mem);
	rangeset_free(&pt_mmio_read_only);
}
END_TEST

/* What the guest wrote past the caches must be what is checked. */
START_TEST(uncached_memory_is_flushed_before_it_is_a_table)
{
	mfn_t mfn;

	guest();
	mfn = sim_frame(d);
	ck_assert_int_eq(rangeset_add(&d->io_mem, 1ull << 30, 1ull << 30), 0);
	ck_assert_int_eq(update(t[0], 6, sim_pte(mfn, P_RW | PTE_PCD), 0), 0);
	ck_assert_int_eq(update(t[0], 6, 0, 0), 0);
	ck_assert_uint_eq(host_flushes.cache, 0);
	ck_assert_int_eq(update(t[1], 6, sim_pte(mfn, P_RW), 0), 0);
	ck_assert_uint_eq(host_flushes.cache, 1);
	rangeset_free(&d->io_mem);
}
END_TEST

START_TEST(grants_are_mapped_and_given_back)
{
	uint64_t where;
	mfn_t theirs;

	guest();
	where = mfn_to_paddr(t[0]).a | 9 * 8;
	theirs = sim_frame(dom0);
	ck_assert_int_eq(page_get(theirs, dom0), 0);
	ck_assert_int_eq(pt_grant_map(where, true, theirs, false, true, 1), 0);
	sim_check();
	ck_assert_uint_eq(entry(9) & (PTE_AVAIL | PTE_USER | PTE_RW),
			  1 << PTE_AVAIL_SHIFT | PTE_USER);
	/* No right to write comes out of a read-only grant; other bits may change. */
	ck_assert_int_eq(update(t[0], 9, sim_pte(theirs, P_URW), 0), -EINVAL);
	ck_assert_int_eq(update(t[0], 9, sim_pte(theirs, P_RO | PTE_USER | PTE_NX), 0), 0);
	ck_assert_int_eq(pt_grant_unmap(where, true, theirs, true, 0), -EINVAL);
	ck_assert_int_eq(pt_grant_unmap(where, true, theirs, false, 0), 0);
	page_put(page_of(theirs));
	ck_assert_int_eq(pt_grant_unmap(9 * PAGE_SIZE, false, theirs, false, 0), -EINVAL);
	/* By address, and moved in from elsewhere. */
	ck_assert_int_eq(page_get_and_type(theirs, dom0, PGT_WRITABLE), 0);
	ck_assert_int_eq(pt_grant_map(9 * PAGE_SIZE, false, theirs, true, false, 0), 0);
	sim_check();
	ck_assert_int_eq(pt_grant_unmap(9 * PAGE_SIZE, false, theirs, true, DATA_VA), 0);
	page_put_and_type(page_of(theirs));
	ck_assert_uint_eq(pte_frame(entry(9)).n, data.n);
	ck_assert_uint_eq(entry(1), 0);
	ck_assert_int_eq(pt_grant_map(where | 4, true, theirs, false, false, 0), -EINVAL);
	ck_assert_int_eq(pt_grant_map(mfn_to_paddr(t[1]).a, true, theirs, false, false, 0),
			 -EINVAL);
	sim_check();
}
END_TEST

START_TEST(stores_to_tables_are_emulated)
{
	static const uint8_t mov[INSN_MAX] = {0x48, 0x89, 0x08};
	static const uint8_t btr[INSN_MAX] = {0xf0, 0x48, 0x0f, 0xba, 0x30, 0x01};
	static const uint8_t movb[INSN_MAX] = {0xc6, 0x00, 0x00};
	struct regs regs = {.rip = (uint64_t)mov, .rax = L1_VA + 8 * 8};

	guest();
	regs.rcx = sim_pte(data, P_URW);
	ck_assert(pv_mmu_fault(&regs, L1_VA + 64, 3, true));
	ck_assert_uint_eq(regs.rip, (uint64_t)mov + 3);
	ck_assert_uint_eq(entry(8), sim_pte(data, P_URW | PTE_GLOBAL));
	sim_check();
	regs.rip = (uint64_t)btr; /* write-protect, as fork does */
	ck_assert(pv_mmu_fault(&regs, L1_VA + 64, 3, true));
	ck_assert_uint_eq(entry(8) & PTE_RW, 0);
	ck_assert_uint_eq(regs.rflags & 1, 1);
	regs.rip = (uint64_t)movb; /* one byte: no longer present */
	ck_assert(pv_mmu_fault(&regs, L1_VA + 64, 3, true));
	ck_assert_uint_eq(entry(8) & PTE_PRESENT, 0);
	sim_check();
	/* What an update would refuse is a fault for the guest. */
	regs.rip = (uint64_t)mov;
	regs.rcx = sim_pte(t[0], P_RW);
	ck_assert(!pv_mmu_fault(&regs, L1_VA + 64, 3, true));
	ck_assert_uint_eq(regs.rip, (uint64_t)mov);
	/* User mode, reads, another address than the operand's, and without the assist. */
	regs.rcx = 0;
	ck_assert(!pv_mmu_fault(&regs, L1_VA + 64, 7, false));
	ck_assert(!pv_mmu_fault(&regs, L1_VA + 64, 1, true));
	ck_assert(!pv_mmu_fault(&regs, L1_VA + 72, 3, true));
	d->vm_assist = 0;
	ck_assert(!pv_mmu_fault(&regs, L1_VA + 64, 3, true));
}
END_TEST

START_TEST(stale_faults_are_retried)
{
	struct regs regs = {0};

	guest();
	ck_assert(pv_mmu_fault(&regs, DATA_VA, 3, true)); /* writable by now */
	ck_assert_int_eq(update(t[1], 0, sim_pte(t[0], P_RO), 0), 0);
	ck_assert(!pv_mmu_fault(&regs, DATA_VA, 3, true)); /* read-only further up */
	ck_assert(!pv_mmu_fault(&regs, 1ul << 30, 3, true));
	ck_assert(!pv_mmu_fault(&regs, HV_VA_START, 3, true));
}
END_TEST

START_TEST(configuration_space_is_written_for_the_guest)
{
	static const uint8_t movl[INSN_MAX] = {0x89, 0x08};
	const mfn_t ecam = mfn_make(0xe0008);
	struct regs regs = {.rip = (uint64_t)movl, .rax = 7 * PAGE_SIZE + 0x10, .rcx = 0xabcd};

	guest();
	ck_assert_int_eq(rangeset_add(&d->io_mem, ecam.n, ecam.n), 0);
	ck_assert_int_eq(rangeset_add(&pt_mmio_read_only, ecam.n, ecam.n), 0);
	ck_assert_int_eq(update(t[0], 7, sim_pte(ecam, P_RW), 0), 0);
	ck_assert(pv_mmu_fault(&regs, regs.rax, 3, true));
	ck_assert_uint_eq(sim_pci_write.reg, 0x10);
	ck_assert_uint_eq(sim_pci_write.size, 4);
	ck_assert_uint_eq(sim_pci_write.value, 0xabcd);
	rangeset_free(&d->io_mem);
	rangeset_free(&pt_mmio_read_only);
}
END_TEST

START_TEST(flushes_reach_the_cpus_of_the_vcpus)
{
	uint64_t second = 2, none = 0;

	guest();
	sim_run(d->vcpu[1]);
	sim_run(d->vcpu[0]);
	host_flushes = (struct host_flushes){0};
	memset(d->vcpu[0]->counters, 0, sizeof(d->vcpu[0]->counters));
	ck_assert_int_eq(sim_mmuext(MMUEXT_TLB_FLUSH_MULTI, 0, (uint64_t)&second, DOMID_SELF), 0);
	ck_assert_uint_eq(host_flushes.calls, 1);
	ck_assert_uint_eq(host_flushes.full, 1);
	ck_assert_int_eq(sim_mmuext(MMUEXT_INVLPG_MULTI, DATA_VA, (uint64_t)&none, DOMID_SELF), 0);
	ck_assert_uint_eq(host_flushes.va, 0);
	ck_assert_int_eq(sim_mmuext(MMUEXT_INVLPG_ALL, DATA_VA, 0, DOMID_SELF), 0);
	ck_assert_uint_eq(host_flushes.va, 2);
	ck_assert_int_eq(sim_mmuext(MMUEXT_TLB_FLUSH_MULTI, 0, 8, DOMID_SELF), -EFAULT);
	ck_assert_int_eq(sim_mmuext(MMUEXT_TLB_FLUSH_LOCAL, 0, 0, DOMID_SELF), 0);
	ck_assert_int_eq(sim_mmuext(MMUEXT_MARK_SUPER, 0, 0, DOMID_SELF), -EOPNOTSUPP);
	ck_assert_int_eq(sim_mmuext(MMUEXT_FLUSH_CACHE, 0, 0, DOMID_SELF), -EPERM);
	ck_assert_int_eq(sim_mmuext(77, 0, 0, DOMID_SELF), -ENOSYS);
	ck_assert_int_eq(hc_update_va_mapping(DATA_VA, 0, UVMF_TLB_FLUSH | UVMF_LOCAL, 0, 0), 0);
	ck_assert_int_eq(hc_update_va_mapping(DATA_VA, 0, UVMF_INVLPG | UVMF_LOCAL, 0, 0), 0);
	ck_assert_int_eq(hc_update_va_mapping(DATA_VA, 0, 0, 0, 0), 0);
	ck_assert_uint_eq(host_flushes.full, 3);
	ck_assert_uint_eq(host_flushes.va, 3);
	/* A call for nobody is one, a call for all too. */
	ck_assert_uint_eq(counted(tlb_flushes), 3);
	ck_assert_uint_eq(counted(tlb_page_flushes), 3);
	ck_assert_uint_eq(counted(tlb_ipis), host_flushes.calls);
}
END_TEST

START_TEST(pages_are_cleared_and_copied)
{
	mfn_t other;

	guest();
	other = sim_frame(d);
	memset(frame_virt(data), 7, PAGE_SIZE);
	ck_assert_int_eq(sim_mmuext(MMUEXT_COPY_PAGE, other.n, data.n, DOMID_SELF), 0);
	ck_assert_mem_eq(frame_virt(other), frame_virt(data), PAGE_SIZE);
	ck_assert_int_eq(sim_mmuext(MMUEXT_CLEAR_PAGE, other.n, 0, DOMID_SELF), 0);
	ck_assert_uint_eq(sim_table(other)[511], 0);
	ck_assert_int_eq(sim_mmuext(MMUEXT_CLEAR_PAGE, t[0].n, 0, DOMID_SELF), -EINVAL);
	ck_assert_int_eq(sim_mmuext(MMUEXT_COPY_PAGE, t[1].n, data.n, DOMID_SELF), -EINVAL);
	sim_check();
}
END_TEST

START_TEST(dropping_a_big_subtree_is_preempted)
{
	unsigned before;

	guest();
	for (unsigned i = 1; i < 30; i++) {
		mfn_t l1 = sim_frame(d);

		ck_assert_int_eq(update(t[1], i, sim_pte(l1, P_RW), 0), 0);
	}
	before = host_restart.count;
	host_preempt_after = 0;
	ck_assert_int_eq(update(t[2], 0, 0, 0), 0);
	host_preempt_after = -1;
	ck_assert_uint_ge(host_restart.count - before, 28);
	ck_assert_uint_eq(sim_type_count(t[1]), 0);
}
END_TEST

int main(void)
{
	const TTest *const cases[] = {
		entries_are_adjusted,
		refused_entries_change_nothing,
		addresses_of_nothing_are_refused,
		accessed_and_dirty_are_kept_on_demand,
		linux_builds_and_leaves_an_address_space,
		user_root_hides_the_m2p,
		mappings_by_address,
		foreign_frames_need_the_control_domain,
		done_counts_and_stops_at_the_first_error,
		m2p_is_set_for_own_frames,
		devices_by_right_only,
		grants_are_mapped_and_given_back,
		uncached_memory_is_flushed_before_it_is_a_table,
		stores_to_tables_are_emulated,
		stale_faults_are_retried,
		configuration_space_is_written_for_the_guest,
		flushes_reach_the_cpus_of_the_vcpus,
		pages_are_cleared_and_copied,
		dropping_a_big_subtree_is_preempted,
	};

	return run_cases("pt_update", cases, ARRAY_SIZE(cases));
}
