// SPDX-License-Identifier: GPL-2.0-or-later
/* Frames of a domain: its list, its limits, and giving them all back. */
#include <hv/cpu.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/heap.h>
#include <hv/m2p.h>
#include <hv/hypercall.h>
#include <hv/page.h>
#include <hv/string.h>
#include <hv/tlb.h>

#define SEEK_STEPS 256u /* under the lock */

/* The domain's record stays while it owns anything: one reference for all of it. */
static bool owns_nothing(const struct domain_pages *p)
{
	return !p->tot && !p->shared;
}

static void list_remove(struct domain_pages *p, struct page *pg)
{
	if (p->cursor == page_mfn(pg).n)
		p->cursor = pg->next;
	page_list_remove(&p->head, pg);
}

/* Reserve room for @n frames in the domain's limit. */
static int count_up(struct domain *d, uint64_t n)
{
	struct domain_pages *p = &d->pages;
	bool first;
	int rc = -ENOMEM;

	spin_lock(&p->lock);
	first = owns_nothing(p);
	if (d->state == DOMAIN_ALIVE && p->tot + n <= p->max) {
		p->tot += n;
		rc = 0;
	}
	spin_unlock(&p->lock);
	if (!rc && first)
		domain_ref(d);
	return rc;
}

static void count_down(struct domain *d, uint64_t n)
{
	bool last;

	spin_lock(&d->pages.lock);
	d->pages.tot -= n;
	last = owns_nothing(&d->pages);
	spin_unlock(&d->pages.lock);
	if (last)
		domain_put(d);
}

void domain_pages_note_shared(struct domain *d, int delta)
{
	bool edge;

	spin_lock(&d->pages.lock);
	edge = delta > 0 && owns_nothing(&d->pages);
	d->pages.shared += (uint64_t)(int64_t)delta;
	edge |= owns_nothing(&d->pages);
	spin_unlock(&d->pages.lock);
	if (edge && delta > 0)
		domain_ref(d);
	else if (edge)
		domain_put(d);
}

/*
 * The frame's record for its new owner; visible to page_get() once the count is there. Whoever
 * writes to a frame has a type reference, so one that is still of type "none" and nothing else when
 * it comes back is as it was; but what the control domain has, its devices write to.
 */
static void own(struct domain *d, struct page *pg, bool zero)
{
	pg->type = zero && !d->privileged ? PGT_NONE : PGT_WRITABLE | PGT_VALIDATED;
	pg->owner = (uint32_t)virt_frame(d).n;
	__atomic_store_n(&pg->count, PGC_ALLOCATED | 1, __ATOMIC_SEQ_CST);
}

struct page *domain_alloc_pages(struct domain *d, unsigned order, unsigned addr_bits,
				unsigned flags)
{
	uint64_t n = 1ull << order, claim;
	struct page *pg;

	if (order > HEAP_MAX_ORDER || count_up(d, n))
		return NULL;
	spin_lock(&d->pages.lock);
	claim = d->pages.outstanding_claim;
	pg = heap_alloc_claimed(order, addr_bits, &claim);
	d->pages.outstanding_claim = claim;
	if (pg)
		for (uint64_t i = 0; i < n; i++)
			page_list_add(&d->pages.head, pg + i);
	spin_unlock(&d->pages.lock);
	if (!pg) {
		count_down(d, n);
		return NULL;
	}
	for (uint64_t i = 0; i < n; i++) {
		if (!(flags & MEMF_NO_SCRUB) && !(pg[i].type & PGT_ZERO))
			memset(page_virt(pg + i), 0, PAGE_SIZE);
		own(d, pg + i, !(flags & MEMF_NO_SCRUB));
	}
	/* Relinquishing may have passed by before they were there to see. */
	if (unlikely(__atomic_load_n(&d->state, __ATOMIC_SEQ_CST) != DOMAIN_ALIVE)) {
		for (uint64_t i = 0; i < n; i++)
			(void)!domain_release_page(d, mfn_add(page_mfn(pg), i));
		return NULL;
	}
	return pg;
}

static void disown(struct page *pg)
{
	m2p_set(page_mfn(pg), M2P_INVALID);
	pg->owner = 0;
	pg->type = pg->type == PGT_NONE ? PGT_ZERO : 0;
	pg->count = 0;
}

static void to_heap(struct page *pg)
{
	if (unlikely(pg->count & PGC_UNCACHED))
		arch_cache_flush_frame(page_mfn(pg));
	disown(pg);
	pg->tlb_stamp = tlb_clock();
	heap_free(pg, 0);
}

void page_free_last(struct page *pg)
{
	struct domain *d = page_owner(pg);

	if (pg->count & PGC_XEN_HEAP) {
		to_heap(pg);
		domain_pages_note_shared(d, -1);
		return;
	}
	spin_lock(&d->pages.lock);
	list_remove(&d->pages, pg);
	spin_unlock(&d->pages.lock);
	to_heap(pg);
	count_down(d, 1);
}

int domain_release_page(struct domain *d, mfn_t mfn)
{
	struct page *pg;
	uint64_t old;
	int rc = page_get(mfn, d);

	if (rc)
		return rc;
	pg = page_of(mfn);
	if (pg->count & PGC_XEN_HEAP) {
		page_put(pg);
		return -EINVAL;
	}
	old = __atomic_fetch_and(&pg->count, ~PGC_ALLOCATED, __ATOMIC_ACQ_REL);
	if (old & PGC_ALLOCATED)
		page_put(pg);
	page_put(pg);
	return old & PGC_ALLOCATED ? 0 : -EINVAL;
}

int domain_claim_pages(struct domain *d, uint64_t total)
{
	struct domain_pages *p = &d->pages;
	int rc = -EINVAL;

	spin_lock(&p->lock);
	if (!total) {
		heap_unclaim(p->outstanding_claim);
		p->outstanding_claim = 0;
		rc = 0;
	} else if (!p->outstanding_claim && total > p->tot && total <= p->max &&
		   d->state == DOMAIN_ALIVE) {
		rc = heap_claim(total - p->tot);
		if (!rc)
			p->outstanding_claim = total - p->tot;
	}
	spin_unlock(&p->lock);
	return rc;
}

int domain_steal_page(struct domain *d, mfn_t mfn)
{
	struct page *pg;
	uint64_t count;
	int rc = page_get(mfn, d);

	if (rc)
		return rc;
	pg = page_of(mfn);
	page_put(pg);
	/* Only the domain's own reference, whatever was noted about past mappings. */
	count = (pg->count & (PGC_FOREIGN | PGC_UNCACHED | PGC_SEEN_MASK)) | PGC_ALLOCATED | 1;
	if (!page_cas(&pg->count, &count, count - 1))
		return -EBUSY;
	if (page_owner(pg) != d) {
		domain_unsteal_page(mfn);
		return -EINVAL;
	}
	return 0;
}

void domain_unsteal_page(mfn_t mfn)
{
	__atomic_add_fetch(&page_of(mfn)->count, 1, __ATOMIC_RELEASE);
}

void domain_drop_stolen(struct domain *d, mfn_t mfn)
{
	struct page *pg = page_of(mfn);

	spin_lock(&d->pages.lock);
	list_remove(&d->pages, pg);
	d->pages.tot--;
	spin_unlock(&d->pages.lock);
	to_heap(pg);
}

void domain_adopt_page(struct domain *d, struct page *pg)
{
	spin_lock(&d->pages.lock);
	page_list_add(&d->pages.head, pg);
	d->pages.tot++;
	spin_unlock(&d->pages.lock);
	own(d, pg, false);
}

/* One frame of a dying domain: its pin, its half-done table, its owner's reference. */
static int relinquish_page(struct page *pg)
{
	int rc = page_unpin(pg);

	if (rc != -ERESTART)
		rc = page_drop_partial(pg, current_vcpu());
	if (rc)
		return rc;
	if (__atomic_fetch_and(&pg->count, ~PGC_ALLOCATED, __ATOMIC_ACQ_REL) & PGC_ALLOCATED)
		page_put(pg);
	return 0;
}

/*
 * Whether nobody refers to the frame but the owner; then nobody can any more. A type reference
 * comes with an existence reference, so the count tells all.
 */
static bool take_unused(struct page *pg)
{
	uint64_t count = __atomic_load_n(&pg->count, __ATOMIC_RELAXED);

	return (count & ~PGC_FOREIGN) == (PGC_ALLOCATED | 1) && page_cas(&pg->count, &count, 0);
}

/*
 * The frames at the cursor of a dying domain that are not in use, until one is. A domain's frames
 * lie side by side mostly, the last first.
 */
static void relinquish_unused(struct domain *d)
{
	struct domain_pages *p = &d->pages;
	uint64_t first = 0, run = 0, n = 0;

	spin_lock(&p->lock);
	for (; n < SEEK_STEPS && p->cursor; n++) {
		uint64_t mfn = p->cursor;
		struct page *pg = page_of(mfn_make(mfn));

		if (!take_unused(pg))
			break;
		list_remove(p, pg);
		disown(pg);
		if (run && mfn != first - 1) {
			heap_free_range(mfn_make(first), run);
			run = 0;
		}
		first = mfn;
		run++;
	}
	if (run)
		heap_free_range(mfn_make(first), run);
	spin_unlock(&p->lock);
	if (n)
		count_down(d, n);
}

void domain_pages_rewind(struct domain *d)
{
	spin_lock(&d->pages.lock);
	d->pages.cursor = d->pages.head;
	spin_unlock(&d->pages.lock);
}

struct page *domain_pages_seek(struct domain *d, bool (*stop)(struct domain *d, struct page *pg))
{
	struct domain_pages *p = &d->pages;
	struct page *found = NULL;

	spin_lock(&p->lock);
	for (unsigned i = 0; i < SEEK_STEPS && p->cursor && !found; i++) {
		struct page *pg = page_of(mfn_make(p->cursor));

		/* Frames on their way out have no reference to give. */
		if (stop(d, pg) && !page_get(page_mfn(pg), d))
			found = pg;
		else
			p->cursor = pg->next;
	}
	spin_unlock(&p->lock);
	return found;
}

void domain_pages_pass(struct domain *d, const struct page *pg)
{
	spin_lock(&d->pages.lock);
	if (d->pages.cursor == page_mfn(pg).n)
		d->pages.cursor = pg->next;
	spin_unlock(&d->pages.lock);
}

static bool any_page(UNUSED struct domain *d, UNUSED struct page *pg)
{
	return true;
}

int domain_relinquish_pages(struct domain *d)
{
	domain_claim_pages(d, 0);
	if (!d->pages.relinquishing)
		domain_pages_rewind(d);
	d->pages.relinquishing = true;
	while (d->pages.cursor) {
		struct page *pg;
		int rc;

		relinquish_unused(d);
		pg = domain_pages_seek(d, any_page);
		rc = pg ? relinquish_page(pg) : 0;
		if (pg && !rc)
			domain_pages_pass(d, pg);
		if (pg)
			page_put(pg);
		if (rc || (current_vcpu() && hypercall_preempt_check()))
			return -ERESTART;
	}
	return 0;
}
