// SPDX-License-Identifier: GPL-2.0-or-later
/* mmu_update and update_va_mapping: find and lock the table, then pv/pt_write.c. */
#include <hv/counter.h>
#include <hv/cpu.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/guest_copy.h>
#include <hv/hypercall.h>
#include <hv/m2p.h>
#include <hv/pt_write.h>
#include <hv/tlb.h>
#include "mmu.h"

#define BATCH 16 /* requests copied at once; preemption is looked at between batches */

/* No machine address has this bit, so that none can lie in a page that begins here. */
#define NO_BASE (1ull << 63)

/* The table that the batch works on stays locked as long as requests are for it. */
struct mmu_batch {
	struct domain *pt_owner, *pg_owner;
	struct page *table; /* locked, NULL: none */
	uint64_t base;      /* machine address of the table, or NO_BASE */
	uint64_t l1_base;   /* the same if it is an L1 */
	unsigned level;
};

static void batch_unlock(struct mmu_batch *b)
{
	if (b->table)
		page_unlock(b->table);
	b->table = NULL;
	b->base = b->l1_base = NO_BASE;
}

/* A page that is no table (yet): the guest could store there itself. */
static int store_plain(const struct mmu_batch *b, uint64_t ptr, uint64_t val)
{
	mfn_t mfn = paddr_to_mfn((paddr_t){ptr});
	int rc = page_get_and_type(mfn, b->pt_owner, PGT_WRITABLE);

	if (rc)
		return rc;
	__atomic_store_n((uint64_t *)((char *)frame_virt(mfn) + (ptr & ~PAGE_MASK)), val,
			 __ATOMIC_RELAXED);
	page_put_and_type(page_of(mfn));
	return 0;
}

/* Another table than at the last request: lock it if it is one, and remember it for the next. */
static NOINLINE void batch_enter(struct mmu_batch *b, uint64_t ptr)
{
	const mfn_t mfn = paddr_to_mfn((paddr_t){ptr});

	batch_unlock(b);
	b->table = pt_lock(mfn, b->pt_owner);
	if (!b->table)
		return;
	b->base = mfn_to_paddr(mfn).a;
	b->level = PT_LEVEL(b->table->type);
	if (b->level == 1)
		b->l1_base = b->base;
}

/* Where no L1 is at hand. */
static NOINLINE int update_other(const struct mmu_batch *b, uint64_t *slot, uint64_t ptr,
				 uint64_t val, enum pt_write_mode mode)
{
	if (!b->table)
		return store_plain(b, ptr, val);
	if (b->pg_owner != b->pt_owner)
		return -EINVAL;
	return pt_upper_write(slot, (unsigned)(ptr & ~PAGE_MASK) / sizeof(*slot), b->level, val,
			      mode, b->pt_owner);
}

static inline ALWAYS_INLINE int update_entry(struct mmu_batch *b, uint64_t ptr, uint64_t val,
					     enum pt_write_mode mode)
{
	uint64_t *slot = (uint64_t *)((char *)frame_virt(mfn_make(0)) + ptr);

	if (unlikely(ptr - b->l1_base >= PAGE_SIZE)) {
		if (ptr - b->base >= PAGE_SIZE)
			batch_enter(b, ptr);
		if (ptr - b->l1_base >= PAGE_SIZE)
			return update_other(b, slot, ptr, val, mode);
	}
	return pt_leaf_write(slot, *slot, val, mode, b->pt_owner, b->pg_owner);
}

static int set_m2p(const struct mmu_batch *b, mfn_t mfn, uint64_t pfn)
{
	int rc = page_get(mfn, b->pg_owner);

	if (rc)
		return rc;
	if (page_of(mfn)->count & PGC_XEN_HEAP)
		rc = -EINVAL;
	else
		m2p_set(mfn, pfn);
	dirty_mark(page_of(mfn));
	page_put(page_of(mfn));
	return rc;
}

static inline int update_one(struct mmu_batch *b, const struct mmu_update *req)
{
	if (unlikely(req->ptr & (NO_BASE | 4)))
		return -EINVAL;
	switch (req->ptr & 3) {
	case MMU_NORMAL_PT_UPDATE:
	case MMU_PT_UPDATE_NO_TRANSLATE:
		return update_entry(b, req->ptr & ~3ull, req->val, PT_STORE);
	case MMU_PT_UPDATE_PRESERVE_AD:
		return update_entry(b, req->ptr & ~3ull, req->val, PT_KEEP_AD);
	default:
		return set_m2p(b, paddr_to_mfn((paddr_t){req->ptr}), req->val);
	}
}

/* Process requests from *@done up. -ERESTART: preempted, or a table to be dropped is left. */
static int update_all(struct mmu_batch *b, uint64_t reqs, uint32_t count, uint32_t *done)
{
	struct mmu_update req[BATCH];
	struct vcpu *v = current_vcpu();

	while (*done < count) {
		uint32_t n = MIN(count - *done, BATCH);
		uint64_t at = reqs + (uint64_t)*done * sizeof(*req);

		/* If not all can be read, those before the hole still count. */
		if (n == 1 ? guest_get(&req[0], at) : copy_from_guest(req, at, n * sizeof(*req))) {
			n = 1;
			if (copy_from_guest(req, at, sizeof(*req)))
				return -EFAULT;
		}
		for (uint32_t i = 0; i < n; i++) {
			int rc = update_one(b, &req[i]);

			if (unlikely(rc))
				return rc;
			++*done;
			if (unlikely(v->pt_pending.n))
				return -ERESTART;
		}
		if (*done < count && hypercall_preempt_check())
			return -ERESTART;
	}
	return 0;
}

int mmu_owner_get_other(domid_t id, struct domain **out)
{
	if (id != DOMID_IO && !current_domain()->privileged)
		return -EPERM;
	if (id == DOMID_IO || id == DOMID_XEN) {
		*out = id == DOMID_IO ? domain_io : domain_xen;
		domain_ref(*out);
	} else {
		*out = domain_get(id);
	}
	return *out ? 0 : -ESRCH;
}

/* foreigndom: whose frames in the low half, whose tables + 1 (0: the caller's) in the high half. */
static int batch_owners(struct mmu_batch *b, uint32_t foreigndom)
{
	domid_t pt = foreigndom >> 16 ? (domid_t)((foreigndom >> 16) - 1) : DOMID_SELF;
	int rc = mmu_owner_get((domid_t)foreigndom, &b->pg_owner);

	if (rc)
		return rc;
	rc = mmu_owner_get(pt, &b->pt_owner);
	if (rc)
		mmu_owner_put(b->pg_owner);
	return rc;
}

int64_t hc_mmu_update(uint64_t reqs, uint64_t count_arg, uint64_t pdone, uint64_t foreigndom,
		      UNUSED uint64_t unused)
{
	uint32_t count = (uint32_t)count_arg & ~MMU_UPDATE_PREEMPTED, before = 0, done = 0;
	struct mmu_batch b = {.base = NO_BASE, .l1_base = NO_BASE};
	int64_t rc;

	if (unlikely((uint32_t)count_arg & MMU_UPDATE_PREEMPTED) && pdone &&
	    copy_from_guest(&before, pdone, sizeof(before)))
		return -EFAULT;
	if (unlikely(pt_pending_finish(current_vcpu())))
		return hypercall_restart(HC_MMU_UPDATE, reqs, count_arg, pdone, foreigndom, 0);
	rc = batch_owners(&b, (uint32_t)foreigndom);
	if (unlikely(rc))
		return rc;
	rc = update_all(&b, reqs, count, &done);
	batch_unlock(&b);
	mmu_owner_put(b.pt_owner);
	mmu_owner_put(b.pg_owner);
	COUNT_FOR(current_vcpu(), mmu_updates, done);
	before += done;
	if (pdone && guest_put(pdone, &before))
		return -EFAULT;
	if (likely(rc != -ERESTART))
		return rc;
	return hypercall_restart(HC_MMU_UPDATE, reqs + (uint64_t)done * sizeof(struct mmu_update),
				 (count - done) | MMU_UPDATE_PREEMPTED, pdone, foreigndom, 0);
}

int mmu_vcpu_cpus(const struct domain *d, uint64_t gva, struct cpumask *cpus)
{
	uint64_t bits;

	*cpus = (struct cpumask){0};
	for (uint32_t id = 0; id < d->max_vcpus; id++) {
		const struct vcpu *v = domain_vcpu(d, id);

		if (id % 64 == 0 && copy_elem_from_guest(&bits, gva, id / 64))
			return -EFAULT;
		if (v && bits >> (id % 64) & 1)
			cpumask_set(cpus, v->sched.cpu);
	}
	*cpus = cpumask_and(cpus, &d->dirty_cpus);
	return 0;
}

/* All but the commonest, INVLPG on this CPU. */
static int flush_after(uint64_t va, uint64_t flags)
{
	uint64_t where = flags & ~(uint64_t)UVMF_FLUSHTYPE_MASK;
	struct cpumask cpus;
	int rc = 0;

	if (!(flags & UVMF_FLUSHTYPE_MASK))
		return 0;
	if (where == UVMF_LOCAL) {
		COUNT(tlb_flushes, 1);
		arch_tlb_flush_local();
		return 0;
	}
	if (where == UVMF_ALL)
		cpus = current_domain()->dirty_cpus;
	else
		rc = mmu_vcpu_cpus(current_domain(), where, &cpus);
	if (!rc && (flags & UVMF_FLUSHTYPE_MASK) == UVMF_INVLPG)
		tlb_flush_va_cpus(&cpus, va);
	else if (!rc)
		tlb_flush_cpus(&cpus);
	return rc;
}

static inline ALWAYS_INLINE int64_t update_va(struct vcpu *v, uint64_t va, uint64_t pte,
					      uint64_t flags, struct domain *from)
{
	uint64_t *slot;
	int rc = -EINVAL;
	mfn_t l1;

	slot = pt_find(v->cr3_kernel, va, &l1);
	if (likely(slot)) {
		struct page *pg = page_of(l1); /* what pt_find() finds has a record */

		if (likely(pt_lock_page(pg, v->domain))) {
			if (likely(PT_LEVEL(pg->type) == 1))
				rc = pt_leaf_write(slot, *slot, pte, PT_STORE, v->domain, from);
			page_unlock(pg);
		}
	}
	/* The guest may count on the flush whatever became of the entry. */
	if (unlikely(flags != UVMF_INVLPG))
		return flush_after(va, flags) ?: rc;
	COUNT_FOR(v, tlb_page_flushes, 1);
	arch_tlb_flush_va_local(va);
	return rc;
}

int64_t hc_update_va_mapping(uint64_t va, uint64_t pte, uint64_t flags, UNUSED uint64_t a4,
			     UNUSED uint64_t a5)
{
	struct vcpu *v = current_vcpu();

	if (unlikely(pt_pending_finish(v)))
		return hypercall_restart(HC_UPDATE_VA_MAPPING, va, pte, flags, 0, 0);
	return update_va(v, va, pte, flags, v->domain);
}

int64_t hc_update_va_mapping_otherdomain(uint64_t va, uint64_t pte, uint64_t flags, uint64_t domid,
					 UNUSED uint64_t a5)
{
	struct domain *from;
	int64_t rc;

	if (unlikely(pt_pending_finish(current_vcpu())))
		return hypercall_restart(HC_UPDATE_VA_MAPPING_OTHERDOMAIN, va, pte, flags, domid,
					 0);
	rc = mmu_owner_get((domid_t)domid, &from);
	if (rc)
		return rc;
	rc = update_va(current_vcpu(), va, pte, flags, from);
	mmu_owner_put(from);
	return rc;
}
