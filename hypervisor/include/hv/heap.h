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
 * @addr_bits limits the machine address (0 = none). NULL when there are none. Any context but
 * interrupts.
 */
struct page *heap_alloc(unsigned order, unsigned addr_bits);
void heap_free(struct page *pg, unsigned order);
/* One zeroed frame as an address in the direct map, or NULL. */
void *heap_alloc_zeroed(void);
void heap_free_virt(void *page_va);

uint64_t heap_free_pages(void);
uint64_t heap_total_pages(void);
/* Frames promised by claims but not yet taken. */
uint64_t heap_claimed_pages(void);

/*
 * Allocate frames and make @d their owner (type none, count 1, M2P untouched, contents zeroed
 * unless MEMF_NO_SCRUB). NULL: no memory or the domain's max_pages is reached or it is dying.
 */
#define MEMF_NO_SCRUB (1u << 0)
struct page *domain_alloc_pages(struct domain *d, unsigned order, unsigned addr_bits,
				unsigned flags);

/* Zeroed small objects (any size up to 64 KiB). NULL when out of memory. */
void *mem_alloc(size_t size);
void mem_free(void *p);

#endif
