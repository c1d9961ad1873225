// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which frames of a paused domain were or may be written, for its log (hv/dirty.h). Two walks over
 * its frames:
 *
 * The first looks at the entries of its L1 tables. A target of a writable entry with D is dirty. D
 * is cleared where the guest's kernel maps the page for itself, for nobody there reads it. It may
 * not be where user mode has it: its kernel would lose what it knows, so such a page stays dirty as
 * long as it is mapped writable. Each writable entry is counted in its target's record.
 *
 * The second compares: who has a reference to PGT_WRITABLE that is no entry counted (another
 * domain's mapping, a page that we write events or times to) may have written. Tables and
 * descriptors are written by us all the time. It takes the counts away.
 */
#include <hv/dirty.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/hypercall.h>
#include <hv/pt.h>

enum scan_step { SCAN_TABLES, SCAN_FRAMES, SCAN_END };

static uint64_t seen_count(const struct page *pg)
{
	return (__atomic_load_n(&pg->count, __ATOMIC_RELAXED) & PGC_SEEN_MASK) >> PGC_SEEN_SHIFT;
}

static void scan_entry(struct domain *d, uint64_t *slot)
{
	const uint64_t e = __atomic_load_n(slot, __ATOMIC_RELAXED), writes = PTE_PRESENT | PTE_RW;
	struct dirty_log *log = d->dirty;
	struct page *pg = page_of(pte_frame(e));

	if ((e & writes) != writes || !page_valid(pte_frame(e)) || !page_owned_by(pg, d))
		return;
	/* Where it cannot count further it differs from the references, so the frame is dirty. */
	if (log->report && seen_count(pg) < PGC_SEEN_MASK >> PGC_SEEN_SHIFT)
		__atomic_fetch_add(&pg->count, 1ull << PGC_SEEN_SHIFT, __ATOMIC_RELAXED);
	if (!(e & PTE_DIRTY))
		return;
	if (log->report)
		dirty_set(log, m2p_get(pte_frame(e)));
	if (log->take && e & PTE_GUEST_KERNEL)
		__atomic_fetch_and(slot, ~(uint64_t)PTE_DIRTY, __ATOMIC_RELAXED);
}

static void scan_table(struct domain *d, struct page *pg)
{
	uint64_t *table = page_virt(pg);

	if (!page_lock(pg))
		return;
	for (unsigned i = 0; i < PT_ENTRIES && PT_LEVEL(pg->type) == 1; i++)
		scan_entry(d, &table[i]);
	page_unlock(pg);
}

static bool is_l1(struct domain *d, struct page *pg)
{
	uint64_t x = __atomic_load_n(&pg->type, __ATOMIC_RELAXED);

	(void)d;
	return PT_LEVEL(x) == 1 && x & PGT_COUNT_MASK;
}

static bool settle_frame(struct domain *d, struct page *pg)
{
	uint64_t x = __atomic_load_n(&pg->type, __ATOMIC_SEQ_CST), seen = seen_count(pg);

	if (seen)
		__atomic_fetch_and(&pg->count, ~PGC_SEEN_MASK, __ATOMIC_RELAXED);
	if (x & PGT_COUNT_MASK && (x & PGT_TYPE_MASK) != PGT_NONE &&
	    ((x & PGT_TYPE_MASK) != PGT_WRITABLE || (x & PGT_COUNT_MASK) != seen))
		dirty_set(d->dirty, m2p_get(page_mfn(pg)));
	return false;
}

static int walk(struct domain *d, bool (*stop)(struct domain *d, struct page *pg))
{
	while (d->pages.cursor) {
		struct page *pg = domain_pages_seek(d, stop);

		if (pg) {
			scan_table(d, pg);
			domain_pages_pass(d, pg);
			page_put(pg);
		}
		if (hypercall_preempt_check())
			return -ERESTART;
	}
	return 0;
}

void pt_dirty_begin(struct domain *d)
{
	d->dirty->step = SCAN_TABLES;
	domain_pages_rewind(d);
}

int pt_dirty_scan(struct domain *d)
{
	struct dirty_log *log = d->dirty;
	int rc = 0;

	if (log->step == SCAN_TABLES) {
		rc = walk(d, is_l1);
		if (rc)
			return rc;
		/* Who remembers D, or a right taken away since, would write unseen. */
		if (log->take)
			tlb_flush_cpus(&d->dirty_cpus);
		log->step = log->report ? SCAN_FRAMES : SCAN_END;
		domain_pages_rewind(d);
	}
	if (log->step == SCAN_FRAMES)
		rc = walk(d, settle_frame);
	if (!rc)
		log->step = SCAN_END;
	return rc;
}
