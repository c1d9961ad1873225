// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Frame allocator: free blocks of 2^order frames in lists by zone and order. A zone holds frame
 * numbers with the same count of significant bits, so an address limit is a limit on zones, and
 * no block crosses zones (frame 0 is never free). Links and orders live in the page records.
 */
#include <hv/errno.h>
#include <hv/heap.h>
#include <hv/lock.h>
#include <hv/sched.h>
#include <hv/string.h>
#include <hv/tlb.h>

#define ZONES 33 /* frame numbers have at most 32 bits */

static struct spinlock heap_lock = SPINLOCK_INIT(RANK_HEAP);
static uint32_t free_head[ZONES][HEAP_MAX_ORDER + 1];
static uint32_t orders_there[ZONES]; /* bit o: free_head[z][o] is not empty */
static uint64_t zones_there;
static uint64_t free_pages, total_pages, claimed_pages;

static unsigned zone_of(uint64_t n)
{
	return 64 - (unsigned)__builtin_clzll(n);
}

static void block_add(struct page *pg, unsigned order, uint32_t stamp)
{
	unsigned zone = zone_of(page_mfn(pg).n);

	*pg = (struct page){
		.count = PGC_FREE, .type = (pg->type & PGT_ZERO) | order, .tlb_stamp = stamp};
	page_list_add(&free_head[zone][order], pg);
	orders_there[zone] |= 1u << order;
	zones_there |= 1ull << zone;
}

static void block_remove(struct page *pg, unsigned order)
{
	unsigned zone = zone_of(page_mfn(pg).n);

	page_list_remove(&free_head[zone][order], pg);
	if (!free_head[zone][order])
		orders_there[zone] &= ~(1u << order);
	if (!orders_there[zone])
		zones_there &= ~(1ull << zone);
	*pg = (struct page){.type = pg->type & PGT_ZERO, .tlb_stamp = pg->tlb_stamp};
}

/* The later of two stamps, as seen from now. */
static uint32_t later(uint32_t a, uint32_t b)
{
	uint32_t now = tlb_clock();

	return now - a < now - b ? a : b;
}

static void block_free(uint64_t n, unsigned order, uint32_t stamp)
{
	while (order < HEAP_MAX_ORDER) {
		mfn_t other = mfn_make(n ^ (1ull << order));
		struct page *pg;

		if (!page_valid(other))
			break;
		pg = page_of(other);
		if (pg->count != PGC_FREE || (pg->type & ~PGT_ZERO) != order)
			break;
		block_remove(pg, order);
		stamp = later(stamp, pg->tlb_stamp);
		n &= ~(1ull << order);
		order++;
	}
	block_add(page_of(mfn_make(n)), order, stamp);
}

/* Best block of at least @order in zones up to @zone_max, cut to size; its upper part is taken. */
static struct page *block_take(unsigned order, unsigned zone_max)
{
	uint64_t zones = zones_there & ((2ull << zone_max) - 1);

	while (zones) {
		unsigned zone = 63 - (unsigned)__builtin_clzll(zones);
		uint32_t orders = orders_there[zone] & (~0u << order);
		struct page *pg;
		unsigned have;

		if (!orders) {
			zones &= ~(1ull << zone);
			continue;
		}
		have = (unsigned)__builtin_ctz(orders);
		pg = page_of(mfn_make(free_head[zone][have]));
		block_remove(pg, have);
		while (have > order) {
			uint32_t stamp = pg->tlb_stamp;

			have--;
			block_add(pg, have, stamp);
			pg += 1ul << have;
			*pg = (struct page){.type = pg->type & PGT_ZERO, .tlb_stamp = stamp};
		}
		return pg;
	}
	return NULL;
}

/* In blocks as large as there are. */
static void range_free(uint64_t n, uint64_t end, uint32_t stamp)
{
	while (n < end) {
		unsigned order = MIN((unsigned)__builtin_ctzll(n), HEAP_MAX_ORDER);

		while (n + (1ull << order) > end)
			order--;
		block_free(n, order, stamp);
		free_pages += 1ull << order;
		n += 1ull << order;
	}
}

void heap_add(mfn_t start, mfn_t end)
{
	uint64_t before;

	spin_lock(&heap_lock);
	before = free_pages;
	range_free(MAX(start.n, 1), end.n, 0);
	total_pages += free_pages - before;
	spin_unlock(&heap_lock);
}

void heap_free_range(mfn_t start, uint64_t frames)
{
	spin_lock(&heap_lock);
	range_free(start.n, start.n + frames, tlb_clock());
	spin_unlock(&heap_lock);
}

struct page *heap_alloc_claimed(unsigned order, unsigned addr_bits, uint64_t *claim)
{
	uint64_t frames = 1ull << order, own = claim ? MIN(*claim, frames) : 0;
	struct page *pg = NULL;

	if (order > HEAP_MAX_ORDER || (addr_bits && addr_bits <= PAGE_SHIFT))
		return NULL;
	spin_lock(&heap_lock);
	/* What is promised is out of reach for everybody else, the hypervisor itself included. */
	if (free_pages >= claimed_pages - own + frames)
		pg = block_take(order,
				addr_bits ? MIN(addr_bits - PAGE_SHIFT, ZONES - 1) : ZONES - 1);
	if (pg) {
		free_pages -= frames;
		claimed_pages -= own;
		if (own)
			*claim -= own;
	}
	spin_unlock(&heap_lock);
	if (pg)
		tlb_flush_stale(&cpus_online, pg->tlb_stamp);
	return pg;
}

struct page *heap_alloc(unsigned order, unsigned addr_bits)
{
	struct page *pg = heap_alloc_claimed(order, addr_bits, NULL);

	/* They will be written, and nobody says so when they come back. */
	for (uint64_t i = 0; pg && i < 1ull << order; i++)
		pg[i].type = 0;
	return pg;
}

void heap_free(struct page *pg, unsigned order)
{
	spin_lock(&heap_lock);
	block_free(page_mfn(pg).n, order, pg->tlb_stamp);
	free_pages += 1ull << order;
	spin_unlock(&heap_lock);
}

void *heap_alloc_zeroed(void)
{
	struct page *pg = heap_alloc(0, 0);

	return pg ? memset(page_virt(pg), 0, PAGE_SIZE) : NULL;
}

void heap_free_virt(void *page_va)
{
	heap_free(page_of(virt_frame(page_va)), 0);
}

int heap_claim(uint64_t frames)
{
	int rc = -ENOMEM;

	spin_lock(&heap_lock);
	if (frames <= free_pages && free_pages - frames >= claimed_pages) {
		claimed_pages += frames;
		rc = 0;
	}
	spin_unlock(&heap_lock);
	return rc;
}

void heap_unclaim(uint64_t frames)
{
	spin_lock(&heap_lock);
	claimed_pages -= frames;
	spin_unlock(&heap_lock);
}

uint64_t heap_free_pages(void)
{
	return __atomic_load_n(&free_pages, __ATOMIC_RELAXED);
}

uint64_t heap_total_pages(void)
{
	return __atomic_load_n(&total_pages, __ATOMIC_RELAXED);
}

uint64_t heap_claimed_pages(void)
{
	return __atomic_load_n(&claimed_pages, __ATOMIC_RELAXED);
}
