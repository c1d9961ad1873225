// SPDX-License-Identifier: GPL-2.0-or-later
/* Exchange live leaf entries; find and lock tables. The straight paths of the MMU are here. */
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/pt.h>

/*
 * Nobody but the holder of the table's lock and the CPU's accessed and dirty bits changes it. A
 * locked instruction throughout: the flush clock must be read after the entry is gone.
 */
static inline bool exchange(uint64_t *slot, uint64_t old, uint64_t new, enum pt_write_mode mode)
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
static inline int write_same_frame(uint64_t *slot, uint64_t old, uint64_t new,
				   enum pt_write_mode mode, struct domain *d, struct domain *from)
{
	struct page *pg = page_of(pte_frame(new));
	int rc;

	if (unlikely(new &PT_CACHE_BITS) && page_valid(pte_frame(new)))
		pt_note_cache_type(pg, new);
	if (!((old ^ new) & PTE_RW))
		return exchange(slot, old, new, mode) ? 0 : -EAGAIN;
	if (!(new &PTE_RW)) {
		if (!exchange(slot, old, new, mode))
			return -EAGAIN;
		page_put_writable(pg);
		return 0;
	}
	/* A read-only mapping of another's frame (a grant) does not give the right to write. */
	if (unlikely(page_owner(pg) != from))
		return -EINVAL;
	if (unlikely(from != d))
		__atomic_or_fetch(&pg->count, PGC_FOREIGN, __ATOMIC_RELAXED);
	rc = page_get_writable(pg);
	if (unlikely(rc))
		return rc;
	if (unlikely(!exchange(slot, old, new, mode))) {
		page_put_writable(pg);
		return -EAGAIN;
	}
	return 0;
}

int pt_leaf_write(uint64_t *slot, uint64_t old, uint64_t new, enum pt_write_mode mode,
		  struct domain *d, struct domain *from)
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
			return write_same_frame(slot, old, checked, mode, d, from);
		rc = pt_leaf_take(&checked, d, from);
		if (unlikely(rc))
			return rc;
	}
	if (unlikely(!exchange(slot, old, checked, mode))) {
		pt_leaf_put(checked);
		return -EAGAIN;
	}
	pt_leaf_put(old);
	return 0;
}

struct page *pt_lock(mfn_t mfn, const struct domain *d)
{
	struct page *pg;

	if (unlikely(!page_valid(mfn)))
		return NULL;
	pg = page_of(mfn);
	if (unlikely(!page_lock(pg)))
		return NULL;
	/* Locked, so it is in use, so it cannot be freed: the owner stays. */
	if (unlikely(page_owner(pg) != d)) {
		page_unlock(pg);
		return NULL;
	}
	return pg;
}

uint64_t *pt_find(uint64_t root, uint64_t va, mfn_t *l1)
{
	uint64_t e = root;

	if (unlikely(pt_hv_slot(pt_slot(va, 4))))
		return NULL;
#pragma GCC unroll 3
	for (unsigned level = 4; level > 1; level--) {
		const uint64_t *table = frame_virt(pte_frame(e));

		e = __atomic_load_n(&table[pt_slot(va, level)], __ATOMIC_RELAXED);
		/* Another CPU may have freed the table under our eyes: only look at RAM. */
		if (unlikely(!(e & PTE_PRESENT) || !page_valid(pte_frame(e))))
			return NULL;
	}
	*l1 = pte_frame(e);
	return (uint64_t *)frame_virt(*l1) + pt_slot(va, 1);
}
