// SPDX-License-Identifier: GPL-2.0-or-later
/* Leaf entries that the grant code writes for the current domain. */
#include <hv/cpu.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/pt_write.h>
#include <hv/pv_mmu.h>

/* The L1 table with entry @where, locked. */
static struct page *lock_entry(uint64_t where, bool is_pte, uint64_t **slot)
{
	struct page *pg;
	mfn_t l1;

	if (is_pte) {
		if (where % sizeof(uint64_t))
			return NULL;
		l1 = paddr_to_mfn((paddr_t){where});
	} else {
		*slot = pt_find(current_vcpu()->cr3_kernel, where, &l1);
		if (!*slot)
			return NULL;
	}
	pg = pt_lock(l1, current_domain());
	if (!pg)
		return NULL;
	if (PT_LEVEL(pg->type) != 1) {
		page_unlock(pg);
		return NULL;
	}
	if (is_pte)
		*slot = (uint64_t *)page_virt(pg) + (where & ~PAGE_MASK) / sizeof(uint64_t);
	return pg;
}

int pt_grant_map(uint64_t where, bool is_pte, mfn_t frame, bool writable, bool user, unsigned avail)
{
	uint64_t new = mfn_to_paddr(frame).a | PTE_PRESENT | PTE_ACCESSED | PTE_DIRTY |
		       (writable ? PTE_RW : 0) | (user ? PTE_USER : 0) |
		       ((uint64_t)(avail & 7) << PTE_AVAIL_SHIFT),
		 old;
	uint64_t *slot;
	struct page *pg;
	int rc = pt_leaf_check(&new, current_domain());

	if (rc)
		return rc;
	pg = lock_entry(where, is_pte, &slot);
	if (!pg)
		return -EINVAL;
	if (writable && page_owner(page_of(frame)) != current_domain())
		__atomic_or_fetch(&page_of(frame)->count, PGC_FOREIGN, __ATOMIC_RELAXED);
	old = __atomic_exchange_n(slot, new, __ATOMIC_SEQ_CST);
	pt_leaf_put(old);
	page_unlock(pg);
	return 0;
}

int pt_grant_unmap(uint64_t where, bool is_pte, mfn_t frame, bool writable, uint64_t new_va)
{
	const uint64_t same = PTE_PRESENT | PTE_RW | PTE_ADDR_MASK;
	uint64_t want = mfn_to_paddr(frame).a | PTE_PRESENT | (writable ? PTE_RW : 0), new = 0;
	struct page *pg;
	uint64_t *slot;
	int rc = 0;

	if (new_va) {
		/* The entry there moves, with the references it holds. */
		pg = lock_entry(new_va, false, &slot);
		if (!pg)
			return -EINVAL;
		new = __atomic_exchange_n(slot, 0, __ATOMIC_SEQ_CST);
		page_unlock(pg);
	}
	pg = lock_entry(where, is_pte, &slot);
	if (pg && (*slot & same) == want) {
		(void)__atomic_exchange_n(slot, new, __ATOMIC_SEQ_CST);
	} else {
		pt_leaf_put(new);
		rc = -EINVAL;
	}
	if (pg)
		page_unlock(pg);
	return rc;
}
