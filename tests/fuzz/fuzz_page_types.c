// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Two domains, the first in control, with a vCPU each on two CPUs, do with their page tables what
 * they like: random tables, updates, pins, roots, grants, balloon, exchange, stores to tables,
 * preemption anywhere. After each step every reference is recounted and TLBs are looked through.
 * A broken machine would let a frame be a table and writable, leak a count, or skip a flush.
 */
#include "tests/unit/mm_sim.h"

#include <abi/base.h>
#include <abi/memory.h>
#include <string.h>

#define FRAMES 25 /* each domain's frames that the operations choose from */

/* What the second domain was ever granted: 1 to read, 2 to write. */
static uint8_t granted[SIM_FRAMES];

struct input {
	const uint8_t *p;
	size_t n;
};

static struct domain *dom[2];
static mfn_t frame[2][FRAMES];
/* One grant mapping that is held: where it was put and what it holds. */
static struct {
	bool held, writable;
	uint64_t where;
	mfn_t mfn;
} grant[2];

static unsigned take(struct input *in, unsigned limit)
{
	if (!in->n)
		return 0;
	in->n--;
	return *in->p++ % limit;
}

static mfn_t any_frame(struct input *in)
{
	unsigned r = take(in, 16), d = current_domain()->id;

	if (r == 15)
		return mfn_make(SIM_FRAMES + take(in, 8)); /* a device's */
	if (r >= 13)
		d = !d;
	return frame[d][take(in, FRAMES)];
}

static uint64_t any_entry(struct input *in)
{
	static const uint64_t bits[] = {
		0,
		P_RO,
		P_RW,
		P_URW,
		P_RO | PTE_USER,
		P_URW | PTE_NX,
		P_RW | PTE_PCD | PTE_PWT,
		P_RW | PTE_PSE,
		P_RW | PTE_GLOBAL,
		P_URW | PTE_ACCESSED | PTE_DIRTY,
	};

	return sim_pte(any_frame(in), bits[take(in, ARRAY_SIZE(bits))]);
}

/* Slots are few, so that tables meet; some are the hypervisor's. */
static unsigned any_slot(struct input *in)
{
	static const unsigned slot[] = {0, 1, 2, 255, 256, 257, 271, 511};

	return slot[take(in, ARRAY_SIZE(slot))];
}

static uint64_t any_va(struct input *in)
{
	uint64_t va = 0;

	for (unsigned level = 1; level <= 4; level++)
		va |= (uint64_t)(take(in, 8) ? 0 : any_slot(in)) << (3 + 9 * level);
	return va >> 47 ? va | 0xffffull << 48 : va;
}

static uint32_t any_foreign(struct input *in)
{
	static const uint32_t dom_of[] = {DOMID_SELF, DOMID_SELF, 0, 1, DOMID_IO, DOMID_XEN};

	return dom_of[take(in, ARRAY_SIZE(dom_of))] | (take(in, 8) ? 0 : (1 + take(in, 2)) << 16);
}

/* Frame i is meant for a table of level i % 5 + 1 (5: data), so that random links make trees. */
static mfn_t frame_for(struct input *in, unsigned level)
{
	return frame[current_domain()->id][take(in, FRAMES / 5) * 5 + (level + 4) % 5];
}

/* A likely link: a table below a table, or data below an L1; by update, or stored in an idle one.
 */
static void op_link(struct input *in)
{
	unsigned level = 1 + take(in, 4), slot = any_slot(in);
	mfn_t table = frame_for(in, level), below = frame_for(in, level - 1);
	uint64_t e = sim_pte(below, take(in, 4) ? P_URW : P_RO);
	struct mmu_update req = {mfn_to_paddr(table).a | slot * 8, e};

	(void)sim_mmu_update(&req, 1, DOMID_SELF);
}

static void op_pin(struct input *in)
{
	unsigned level = 1 + take(in, 4);

	(void)sim_mmuext(take(in, 3) ? MMUEXT_PIN_L1_TABLE + level - 1 : MMUEXT_UNPIN_TABLE,
			 frame_for(in, level).n, 0, DOMID_SELF);
}

/* As the guest's own stores: only where it could have a writable mapping. */
static void op_plain(struct input *in)
{
	mfn_t mfn = frame[current_domain()->id][take(in, FRAMES)];
	unsigned slot = any_slot(in);
	uint64_t e = any_entry(in);

	if (page_get_and_type(mfn, current_domain(), PGT_WRITABLE))
		return;
	sim_table(mfn)[slot] = e;
	page_put_and_type(page_of(mfn));
}

static void op_update(struct input *in)
{
	struct mmu_update req[3];
	unsigned n = 1 + take(in, 3);
	uint32_t foreign = any_foreign(in);

	for (unsigned i = 0; i < n; i++) {
		req[i].ptr = mfn_to_paddr(any_frame(in)).a | any_slot(in) * 8 | take(in, 4);
		req[i].val = any_entry(in);
		/* The control domain may put what it likes into the other one's tables. */
		if (!current_domain()->id && foreign >> 16 == 2 &&
		    page_valid(pte_frame(req[i].val)))
			granted[pte_frame(req[i].val).n] |= 1 | (req[i].val & PTE_RW);
	}
	(void)sim_mmu_update(req, n, foreign);
}

static void op_ext(struct input *in)
{
	static const uint32_t cmd[] = {
		MMUEXT_PIN_L1_TABLE, MMUEXT_PIN_L2_TABLE,     MMUEXT_PIN_L3_TABLE,
		MMUEXT_PIN_L4_TABLE, MMUEXT_UNPIN_TABLE,      MMUEXT_UNPIN_TABLE,
		MMUEXT_NEW_BASEPTR,  MMUEXT_NEW_USER_BASEPTR, MMUEXT_CLEAR_PAGE,
		MMUEXT_COPY_PAGE,    MMUEXT_TLB_FLUSH_ALL,    MMUEXT_INVLPG_LOCAL,
	};
	uint32_t c = cmd[take(in, ARRAY_SIZE(cmd))];
	uint64_t arg = any_frame(in).n;

	(void)sim_mmuext(c, arg, any_frame(in).n, any_foreign(in));
}

static void op_va(struct input *in)
{
	uint64_t va = any_va(in);

	if (!current_vcpu()->cr3_kernel)
		return;
	if (hc_update_va_mapping(va, any_entry(in), take(in, 8), 0, 0) == HOST_RESTARTED)
		(void)pt_pending_finish(current_vcpu());
}

static void op_grant(struct input *in)
{
	unsigned self = current_domain()->id;
	bool is_pte = take(in, 2), writable = take(in, 2);
	mfn_t mfn = frame[!self][take(in, FRAMES)];
	uint64_t where = is_pte ? mfn_to_paddr(any_frame(in)).a | any_slot(in) * 8 : any_va(in);

	if (!current_vcpu()->cr3_kernel)
		return;
	if (grant[self].held) {
		grant[self].held = false;
		where = grant[self].where;
		is_pte = where & 1;
		writable = grant[self].writable;
		mfn = grant[self].mfn;
		if (pt_grant_unmap(where & ~1ull, is_pte, mfn, writable, 0))
			return;
		tlb_flush_cpus(&current_domain()->dirty_cpus);
	} else {
		if (writable ? page_get_and_type(mfn, dom[!self], PGT_WRITABLE)
			     : page_get(mfn, dom[!self]))
			return;
		if (!pt_grant_map(where, is_pte, mfn, writable, take(in, 2), 1)) {
			granted[mfn.n] |= self ? 1 | writable << 1 : 0;
			grant[self].held = true;
			grant[self].where = where | is_pte;
			grant[self].writable = writable;
			grant[self].mfn = mfn;
			return;
		}
	}
	if (writable)
		page_put_and_type(page_of(mfn));
	else
		page_put(page_of(mfn));
}

static void op_balloon(struct input *in)
{
	mfn_t *slot = &frame[current_domain()->id][take(in, FRAMES)];
	uint64_t n = slot->n;
	struct memory_reservation r = {(uint64_t)&n, 1, 0, 0, DOMID_SELF, {0}};

	(void)hc_memory_op(XENMEM_decrease_reservation, (uint64_t)&r, 0, 0, 0);
	n = 77;
	if (take(in, 2) && hc_memory_op(XENMEM_populate_physmap, (uint64_t)&r, 0, 0, 0) == 1)
		*slot = mfn_make(n);
}

static void op_exchange(struct input *in)
{
	mfn_t *slot = &frame[current_domain()->id][take(in, FRAMES)];
	uint64_t give = slot->n, get = 55;
	struct memory_exchange x = {
		.in = {(uint64_t)&give, 1, 0, 0, DOMID_SELF, {0}},
		.out = {(uint64_t)&get, 1, 0, 22, DOMID_SELF, {0}},
	};

	if (!hc_memory_op(XENMEM_exchange, (uint64_t)&x, 0, 0, 0))
		*slot = mfn_make(get);
}

/* mov to a table: 48 89 08 = mov %rcx,(%rax). */
static void op_store(struct input *in)
{
	static const uint8_t code[3][15] = {
		{0x48, 0x89, 0x08}, {0x48, 0x87, 0x08}, {0xf0, 0x48, 0x0f, 0xb1, 0x08}};
	uint64_t va = any_va(in);
	struct regs regs = {.rip = (uint64_t)code[take(in, 3)], .rax = va, .rcx = any_entry(in)};

	if (current_vcpu()->cr3_kernel)
		(void)pv_mmu_fault(&regs, va, 3, true);
}

static void op_touch(struct input *in)
{
	sim_touch(any_va(in), take(in, 2));
}

static void op_switch(struct input *in)
{
	sim_run(dom[take(in, 2)]->vcpu[take(in, 2)]);
}

static void op_preempt(struct input *in)
{
	host_preempt_after = (int)take(in, 6) - 1;
}

static bool was_granted(const struct domain *d, mfn_t mfn, bool write)
{
	return d == dom[1] && granted[mfn.n] & (write ? 2 : 1);
}

static void set_up(void)
{
	sim_start();
	sim_may_map = was_granted;
	memset(granted, 0, sizeof(granted));
	for (unsigned i = 0; i < 2; i++) {
		mfn_t t[4];

		dom[i] = sim_domain((domid_t)i);
		sim_tree(dom[i], t);
		for (unsigned j = 0; j < 4; j++)
			frame[i][j] = t[j];
		for (unsigned j = 4; j < FRAMES; j++)
			frame[i][j] = sim_frame(dom[i]);
		sim_table(t[0])[1] = sim_pte(frame[i][4], P_URW);
		sim_table(t[0])[2] = sim_pte(frame[i][5], P_RO);
		grant[i].held = false;
	}
	/* The control domain has devices. */
	if (rangeset_add(&dom[0]->io_mem, SIM_FRAMES, SIM_FRAMES + 4))
		__builtin_trap();
	for (unsigned i = 0; i < 2; i++)
		for (unsigned j = 0; j < 2; j++) {
			sim_run(dom[i]->vcpu[j]);
			(void)pv_root_set_kernel(dom[i]->vcpu[j], frame[i][3]);
		}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const op[])(struct input *) = {
		op_plain, op_plain, op_update, op_update, op_update,  op_ext,      op_ext,
		op_ext,   op_va,    op_va,     op_grant,  op_balloon, op_exchange, op_store,
		op_touch, op_touch, op_touch,  op_switch, op_preempt, op_link,     op_link,
		op_link,  op_link,  op_link,   op_pin,    op_pin,     op_pin,
	};
	struct input in = {data, MIN(size, 2000)};

	set_up();
	while (in.n) {
		op[take(&in, ARRAY_SIZE(op))](&in);
		sim_check();
	}
	rangeset_free(&dom[0]->io_mem);
	sim_stop();
	return 0;
}
