// SPDX-License-Identifier: GPL-2.0-or-later
/* Whole tables: check every entry and take its references, and the way back. */
#include <hv/cpu.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/hypercall.h>
#include <hv/pt.h>

static bool skipped(unsigned level, unsigned i)
{
	return level == 4 && pt_hv_slot(i);
}

static void note_root_slot(struct domain *d, unsigned i)
{
	uint64_t *word = &d->root_slots[i / 64 % 4], bit = 1ull << i % 64;

	if (i < HV_SLOT_FIRST && !(__atomic_load_n(word, __ATOMIC_RELAXED) & bit))
		__atomic_or_fetch(word, bit, __ATOMIC_RELAXED);
}

/*
 * Most of a table is empty, so eight entries are looked at together: the first one present from @i
 * on, PT_ENTRIES if there is none; and how many entries up to @i there are to the last present.
 */
static inline bool eight_absent(const uint64_t *e)
{
	return !((e[0] | e[1] | e[2] | e[3] | e[4] | e[5] | e[6] | e[7]) & PTE_PRESENT);
}

static inline unsigned next_present(const uint64_t *table, unsigned i)
{
	while (i < PT_ENTRIES) {
		if (!(i % 8) && eight_absent(table + i))
			i += 8;
		else if (table[i] & PTE_PRESENT)
			break;
		else
			i++;
	}
	return i;
}

static inline unsigned last_present(const uint64_t *table, unsigned i)
{
	while (i) {
		if (!(i % 8) && eight_absent(table + i - 8))
			i -= 8;
		else if (table[i - 1] & PTE_PRESENT)
			break;
		else
			i--;
	}
	return i;
}

static int validate_leaves(uint64_t *table, unsigned *progress, struct domain *d)
{
	for (unsigned i = next_present(table, *progress); i < PT_ENTRIES;
	     i = next_present(table, i + 1)) {
		uint64_t e = table[i];
		int rc = pt_leaf_get(&e, d, d);

		if (unlikely(rc)) {
			*progress = i;
			return rc;
		}
		/* Nobody but us can write it, and no CPU walks it yet. */
		if (e != table[i])
			table[i] = e;
	}
	*progress = PT_ENTRIES;
	return 0;
}

int pt_validate(struct page *pg, unsigned level, unsigned *progress)
{
	uint64_t *table = page_virt(pg);
	struct domain *d = page_owner(pg);
	bool worked = false;

	if (level == 1)
		return validate_leaves(table, progress, d);
	for (unsigned i = next_present(table, *progress); i < PT_ENTRIES;
	     i = next_present(table, i + 1)) {
		uint64_t e = table[i];
		int rc;

		if (skipped(level, i))
			continue;
		rc = worked && current_vcpu() && hypercall_preempt_check()
			     ? -ERESTART
			     : pt_upper_get(&e, level, d);
		if (rc) {
			*progress = i;
			return rc;
		}
		table[i] = e;
		if (level == 4)
			note_root_slot(d, i);
		worked = true;
	}
	if (level == 4) {
		arch_fill_hv_slots(table);
		table[HV_SLOT_FIRST] = 0;
	}
	*progress = PT_ENTRIES;
	return 0;
}

/* The table below entry @e may be one that a preempted call left half done. */
static int drop_child(uint64_t e, unsigned level, struct domain *d, bool preempt)
{
	struct page *pg;
	int rc = 0;

	if (!(e & PTE_PRESENT) || page_get(pte_frame(e), d))
		return 0;
	pg = page_of(pte_frame(e));
	if (PT_LEVEL(pg->type) == level - 1)
		rc = page_drop_partial(pg, preempt);
	page_put(pg);
	return rc;
}

int pt_devalidate(struct page *pg, unsigned level, unsigned *progress, bool preempt)
{
	uint64_t *table = page_virt(pg);
	struct domain *d = page_owner(pg);
	unsigned i = *progress;
	int rc = 0;

	if (level == 1) {
		while ((i = last_present(table, i)))
			pt_leaf_put(table[--i]);
		*progress = 0;
		return 0;
	}
	if (i < PT_ENTRIES && !skipped(level, i))
		rc = drop_child(table[i], level, d, preempt);
	else if (i == PT_ENTRIES && level == 4)
		for (unsigned s = HV_SLOT_FIRST; s <= HV_SLOT_LAST; s++)
			table[s] = 0; /* the guest will read it */
	while (!rc && (i = last_present(table, i))) {
		i--;
		if (skipped(level, i))
			continue;
		rc = pt_upper_put(table[i], preempt);
		if (!rc && i && preempt && hypercall_preempt_check())
			rc = -ERESTART;
	}
	*progress = i;
	return rc;
}

static void put_old(uint64_t e)
{
	if (pt_upper_put(e, current_vcpu()))
		pt_pending_set(current_vcpu(), page_of(pte_frame(e)));
}

static void exchange_upper(uint64_t *slot, uint64_t old, uint64_t new, unsigned level,
			   enum pt_write_mode mode)
{
	const uint64_t ad = mode == PT_KEEP_AD ? PTE_ACCESSED | PTE_DIRTY : 0;

	while (!page_cas(slot, &old, new | (old & ad)))
		;
	if (level == 4)
		arch_roots_stale(page_owner(page_of(virt_frame(slot))));
	if (old & PTE_PRESENT && (!(new &PTE_PRESENT) || (old ^ new) & PTE_ADDR_MASK))
		put_old(old);
}

int pt_upper_write(uint64_t *slot, unsigned index, unsigned level, uint64_t new,
		   enum pt_write_mode mode, struct domain *d)
{
	uint64_t old = *slot;
	int rc = 0;

	if (skipped(level, index))
		return -EINVAL;
	if (new &old & PTE_PRESENT && !((old ^ new) & PTE_ADDR_MASK)) {
		/* The same table below: only rights change. */
		rc = pt_upper_check(&new);
	} else {
		rc = pt_upper_get(&new, level, d);
		if (rc && rc != -ERESTART && drop_child(new, level, d, current_vcpu()))
			pt_pending_set(current_vcpu(), page_of(pte_frame(new)));
	}
	if (!rc && level == 4)
		note_root_slot(d, index);
	if (!rc)
		exchange_upper(slot, old, new, level, mode);
	return rc;
}

void pt_pending_set(struct vcpu *v, struct page *pg)
{
	if (v->pt_pending.n)
		page_drop_partial(page_of(v->pt_pending), false);
	v->pt_pending = page_mfn(pg);
}

int pt_pending_drop(struct vcpu *v)
{
	int rc = page_drop_partial(page_of(v->pt_pending), true);

	if (!rc)
		v->pt_pending = mfn_make(0);
	return rc;
}
