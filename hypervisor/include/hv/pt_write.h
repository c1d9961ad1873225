/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lock a table, exchange a live leaf entry: inline, for the callers' constants leave little of it.
 * Where it is used is where page tables are written often (hypercall/mmu.c, pv/pt_fault.c).
 */
#ifndef HV_PT_WRITE_H
#define HV_PT_WRITE_H

#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/pt.h>

/* Lock the table of record @pg if it is a validated one of @d. */
static inline bool MUST_CHECK pt_lock_page(struct page *pg, const struct domain *d)
{
	if (unlikely(!page_lock(pg)))
		return false;
	/* Locked, so it is in use, so it cannot be freed: the owner stays. */
	if (likely(page_owned_by(pg, d)))
		return true;
	page_unlock(pg);
	return false;
}
/* The same by frame number, with any: its record, else NULL. */
static inline struct page *pt_lock(mfn_t mfn, const struct domain *d)
{
	return likely(page_valid(mfn)) && pt_lock_page(page_of(mfn), d) ? page_of(mfn) : NULL;
}

/*
 * Nobody but the holder of the table's lock and the CPU's accessed and dirty bits changes it. A
 * locked instruction throughout: the flush clock must be read after the entry is gone.
 */
static inline ALWAYS_INLINE bool pt_exchange(uint64_t *slot, uint64_t old, uint64_t new,
					     enum pt_write_mode mode)
{
	switch (mode) {
	case PT_STORE:
		(void)__atomic_exchange_n(slot, new, __ATOMIC_SEQ_CST);
		return true;
	case PT_COMPARE:
		return page_cas(slot, &old, new);
	case PT_KEEP_AD:
		break;
	}
	while (!page_cas(slot, &old, new | (old & (PTE_ACCESSED | PTE_DIRTY))))
		;
	return true;
}

/*
 * The same frame stays: no existence reference comes or goes. A device frame's entry has its own
 * rules for both kinds of bits, so it is here only when neither changes.
 */
static inline ALWAYS_INLINE int pt_write_same_frame(uint64_t *slot, uint64_t old, uint64_t new,
						    enum pt_write_mode mode, struct domain *d,
						    struct domain *from)
{
	struct page *pg = page_of(pte_frame(new));
	int rc;

	if (unlikely(new &PT_CACHE_BITS) && page_valid(pte_frame(new)))
		pt_note_cache_type(pg, new);
	if (!((old ^ new) & PTE_RW)) {
		/* D may go. */
		if (unlikely(dirty_domains) && new &PTE_RW && page_valid(pte_frame(new)))
			dirty_mark_slow(pg);
		return pt_exchange(slot, old, new, mode) ? 0 : -EAGAIN;
	}
	if (!(new &PTE_RW)) {
		if (!pt_exchange(slot, old, new, mode))
			return -EAGAIN;
		page_put_writable(pg);
		return 0;
	}
	/* A read-only mapping of another's frame (a grant) does not give the right to write. */
	if (unlikely(!page_owned_by(pg, from)))
		return -EINVAL;
	if (unlikely(from != d))
		__atomic_or_fetch(&pg->count, PGC_FOREIGN, __ATOMIC_RELAXED);
	rc = page_get_writable(pg);
	if (unlikely(rc))
		return rc;
	if (unlikely(!pt_exchange(slot, old, new, mode))) {
		page_put_writable(pg);
		return -EAGAIN;
	}
	return 0;
}

/*
 * Exchange entry *@slot of an L1 table of @d, which is locked by the caller; @old: its value just
 * read. Errors of pt_leaf_get().
 */
static inline ALWAYS_INLINE int MUST_CHECK pt_leaf_write(uint64_t *slot, uint64_t old, uint64_t new,
							 enum pt_write_mode mode, struct domain *d,
							 struct domain *from)
{
	uint64_t checked = new;
	int rc;

	if (new &PTE_PRESENT) {
		rc = pt_leaf_check(&checked, d);
		if (unlikely(rc))
			return rc;
		if (old & PTE_PRESENT && !((old ^ checked) & PTE_ADDR_MASK) &&
		    (likely(page_valid(pte_frame(checked))) ||
		     !((old ^ checked) & (PTE_RW | PT_CACHE_BITS))))
			return pt_write_same_frame(slot, old, checked, mode, d, from);
		rc = pt_leaf_take(&checked, d, from);
		if (unlikely(rc))
			return rc;
	}
	if (unlikely(!pt_exchange(slot, old, checked, mode))) {
		pt_leaf_put(checked);
		return -EAGAIN;
	}
	pt_leaf_put(old);
	return 0;
}

#endif
