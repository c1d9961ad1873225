// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Page faults that are no fault of the guest: its kernel stores to a page table, which it may only
 * map read-only, or to a device page that is read-only to it, or it ran into a stale entry.
 */
#include <arch/pci.h>
#include <hv/cpu.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/guest_copy.h>
#include <hv/pt_write.h>
#include <hv/pv.h>
#include <hv/pv_mmu.h>
#include "pt_store.h"

#define FAULT_PRESENT  1u
#define FAULT_WRITE    2u
#define FAULT_RESERVED 8u

#define OP_XCHG        0x87
#define OP_MOV         0x89
#define FLAG_RF        0x10000ul

/* Read the instruction at rip, which writes in->op_size bytes at @va. */
static int fetch_store(struct insn *in, struct regs *regs, uint64_t va)
{
	union {
		uint64_t words[2];
		uint8_t bytes[16];
	} code;
	size_t n = INSN_MAX;
	int rc = 0;

	if (!guest_words_get(code.words, regs->rip, sizeof(code.words))) {
		/* It may end before the next page, which is not there. */
		n = MIN(n, PAGE_SIZE - (regs->rip & ~PAGE_MASK));
		rc = copy_from_guest(code.bytes, regs->rip, n);
	}
	if (!rc)
		rc = insn_decode(in, code.bytes, n, true);
	if (rc)
		return rc;
	/* Bases of fs and gs are not looked up; no kernel keeps page tables there. */
	if (!in->is_mem || in->seg == 0x64 || in->seg == 0x65 || va & (in->op_size - 1u) ||
	    insn_address(in, regs, 0) + (uint64_t)pt_store_offset(in, regs) != va)
		return -EINVAL;
	return 0;
}

/* A whole entry by XCHG or MOV, the most frequent: what pt_store.c would find out is known. */
static int store_whole(struct regs *regs, const struct insn *in, uint64_t *slot)
{
	struct domain *d = current_domain();
	uint64_t *reg = insn_reg(regs, in->reg), old;
	int rc;

	do {
		old = __atomic_load_n(slot, __ATOMIC_RELAXED);
		rc = pt_leaf_write(slot, old, *reg, PT_COMPARE, d, d);
	} while (rc == -EAGAIN); /* the CPU set accessed or dirty */
	if (rc)
		return rc;
	if (in->opcode == OP_XCHG)
		*reg = old;
	regs->rflags &= ~FLAG_RF;
	regs->rip += in->len;
	return 0;
}

/* One entry of a locked L1 table. */
static int store_entry(struct regs *regs, const struct insn *in, uint64_t *slot, unsigned byte)
{
	const unsigned shift = byte * 8;
	const uint64_t mask = (in->op_size == 8 ? ~0ull : (1ull << (8 * in->op_size)) - 1) << shift;
	struct domain *d = current_domain();
	struct pt_store s;
	int rc;

	if (in->op_size == 8 && !in->map && !in->rep &&
	    (in->opcode == OP_XCHG || in->opcode == OP_MOV))
		return store_whole(regs, in, slot);
	do {
		uint64_t old = __atomic_load_n(slot, __ATOMIC_RELAXED);

		rc = pt_store_eval(in, regs, (old & mask) >> shift, &s);
		if (!rc && s.writes)
			rc = pt_leaf_write(slot, old, (old & ~mask) | (s.value << shift & mask),
					   PT_COMPARE, d, d);
	} while (rc == -EAGAIN); /* the CPU set accessed or dirty */
	if (!rc)
		pt_store_commit(in, regs, &s);
	return rc;
}

static bool store_to_table(struct regs *regs, uint64_t va, mfn_t table)
{
	struct domain *d = current_domain();
	struct page *pg;
	struct insn in;
	int rc = -EINVAL;

	/* A cheap look before the instruction is fetched: most faults here are copy on write. */
	if (!page_valid(table) || PT_LEVEL(page_of(table)->type) != 1 ||
	    page_owner(page_of(table)) != d ||
	    !(d->vm_assist & 1u << VMASST_TYPE_writable_pagetables) || fetch_store(&in, regs, va))
		return false;
	pg = pt_lock(table, d);
	if (!pg)
		return false;
	if (PT_LEVEL(pg->type) == 1)
		rc = store_entry(regs, &in, (uint64_t *)page_virt(pg) + (va & ~PAGE_MASK) / 8,
				 va & 7);
	page_unlock(pg);
	return !rc;
}

/* Configuration space is written for the guest; to other read-only device pages nothing happens. */
static void write_device(paddr_t pa, unsigned size, uint64_t value)
{
	uint8_t bus0, bus1;
	uint16_t segment;
	paddr_t base;

	for (unsigned i = 0; arch_pci_ecam(i, &base, &segment, &bus0, &bus1); i++) {
		uint64_t at = pa.a - base.a;
		struct pci_addr dev = {segment, (uint8_t)(bus0 + (at >> 20)), (uint8_t)(at >> 12)};

		if (pa.a >= base.a && at >> 20 <= (uint64_t)(bus1 - bus0)) {
			arch_pci_write(dev, at & 0xfff, size, (uint32_t)value);
			return;
		}
	}
}

static bool store_to_device(struct regs *regs, uint64_t va, mfn_t frame)
{
	struct pt_store s;
	struct insn in;

	if (page_valid(frame) || !rangeset_contains(&pt_mmio_read_only, frame.n, frame.n) ||
	    fetch_store(&in, regs, va) || in.op_size == 8 || in.lock)
		return false;
	/* Plain moves only: what is stored does not depend on the device's register. */
	if (pt_store_eval(&in, regs, 0, &s) || s.reg != INSN_NO_REG || s.flags != regs->rflags)
		return false;
	write_device((paddr_t){mfn_to_paddr(frame).a | (va & ~PAGE_MASK)}, in.op_size, s.value);
	pt_store_commit(&in, regs, &s);
	return true;
}

/* Do the tables permit a write by now? */
static bool may_write(uint64_t root, uint64_t va)
{
	uint64_t e = root;

	for (unsigned level = 4; level >= 1; level--) {
		if (!page_valid(pte_frame(e)))
			return false;
		e = ((uint64_t *)frame_virt(pte_frame(e)))[pt_slot(va, level)];
		if (!(e & PTE_PRESENT) || !(e & PTE_RW))
			return false;
	}
	return true;
}

bool pv_mmu_fault(struct regs *regs, uint64_t va, uint32_t error_code, bool kernel)
{
	const uint64_t root = current_vcpu()->cr3_kernel;
	uint64_t *slot, e;
	mfn_t l1;

	if (va >= HV_VA_START && va < HV_VA_END)
		return pv_ldt_fault(va);
	/* User mode's stale entries are left to its kernel, which knows about them from hardware.
	 */
	if (!kernel ||
	    (error_code & (FAULT_PRESENT | FAULT_WRITE)) != (FAULT_PRESENT | FAULT_WRITE) ||
	    error_code & FAULT_RESERVED)
		return false;
	slot = pt_find(root, va, &l1);
	if (!slot)
		return false;
	e = __atomic_load_n(slot, __ATOMIC_RELAXED);
	if (!(e & PTE_PRESENT))
		return false;
	if (e & PTE_RW)
		return may_write(root, va);
	return store_to_table(regs, va, pte_frame(e)) || store_to_device(regs, va, pte_frame(e));
}
