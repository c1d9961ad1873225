/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory: the frame allocator (buddy), pages of domains, and small objects (slabs).
 */
#ifndef HV_HEAP_H
#define HV_HEAP_H

#include <hv/page.h>

#define HEAP_MAX_ORDER 18

/* Give the frames [start, end) to the allocator. Boot only, page records already mapped. */
void heap_add(mfn_t start, mfn_t end);

/*
 * Frames for the hypervisor itself, contents undefined, 2^order frames aligned at their size.
 * @addr_bits limits the machine address (0 = none). NULL when there are none but those promised to
 * domains. Any context but interrupts.
 */
struct page *heap_alloc(unsigned order, unsigned addr_bits);
void heap_free(struct page *pg, unsigned order);
/* A run of frames whose records are empty; stale TLB entries for them are from before the call. */
void heap_free_range(mfn_t start, uint64_t frames);
/* Smallest order whose frames hold @bytes. */
static inline unsigned heap_order(uint64_t bytes)
{
	unsigned order = 0;

	while ((PAGE_SIZE << order) < bytes)
		order++;
	return order;
}
/* One zeroed frame as an address in the direct map, or NULL. */
void *heap_alloc_zeroed(void);
void heap_free_virt(void *page_va);

uint64_t heap_free_pages(void);
uint64_t heap_total_pages(void);
/* Promise @frames to somebody: -ENOMEM when so many are not free. heap_unclaim() takes it back. */
int heap_claim(uint64_t frames) MUST_CHECK;
void heap_unclaim(uint64_t frames);
/* heap_alloc() for a holder of *@claim promised frames, which go down. */
struct page *heap_alloc_claimed(unsigned order, unsigned addr_bits, uint64_t *claim);
/* Frames promised to domains (claims) and not yet taken; part of the free ones. */
uint64_t heap_claimed_pages(void);

/*
 * Allocate frames and make @d their owner (type none, count 1, M2P untouched, contents zeroed
 * unless MEMF_NO_SCRUB: only for frames the caller overwrites). NULL: no memory or the domain's
 * max_pages is reached or it is dying.
 */
#define MEMF_NO_SCRUB (1u << 0)
struct page *domain_alloc_pages(struct domain *d, unsigned order, unsigned addr_bits,
				unsigned flags);

/*
 * Set how many frames are promised to @d on top of those it has: @total counts both, 0 takes the
 * promise back, as does the domain's end. -EINVAL: it has one already, or not fewer frames than
 * @total, or a lower limit, or is dying; -ENOMEM: others have them, or were promised them.
 */
int domain_claim_pages(struct domain *d, uint64_t total);
/*
 * Exchange of frames for others (XENMEM_exchange). domain_steal_page() takes @mfn out of use if
 * @d owns it and nobody refers to it (-EBUSY), domain_unsteal_page() puts it back as it was,
 * domain_drop_stolen() gives it to the heap; domain_adopt_page() makes @d the owner of a frame from
 * heap_alloc(). Counts of the domain change with the last two.
 */
int domain_steal_page(struct domain *d, mfn_t mfn) MUST_CHECK;
void domain_unsteal_page(mfn_t mfn);
void domain_drop_stolen(struct domain *d, mfn_t mfn);
void domain_adopt_page(struct domain *d, struct page *pg);

/*
 * Drop the owner's own reference to a frame of @d (decrease_reservation). -EINVAL: not its frame,
 * or dropped before, or hypervisor memory.
 */
int domain_release_page(struct domain *d, mfn_t mfn);

/*
 * Zeroed small objects (any size up to 64 KiB), aligned to the next power of two of their size, up
 * to a page. NULL when out of memory.
 */
void *mem_alloc(size_t size);
void mem_free(void *p);

#endif
