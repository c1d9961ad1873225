/* SPDX-License-Identifier: MIT */
#include "guest-abi/guest/guest.h"
#include "guest-abi/guest/page.h"

#include <string.h>

#include "abi/mmu.h"
#include "guest-abi/guest/paging.h"

#define MAP_PAGES (1ul << 18) /* one L2 table's worth */
#define PER_TABLE 512ul

struct free_page {
	struct free_page *next;
};

static struct free_page *free_pages;
static size_t free_count, mapped_pages;
static uint64_t *p2m;

uint64_t page_pfn(const void *va)
{
	return ((uint64_t)va - GUEST_VIRT_BASE) / GUEST_PAGE;
}

void *page_of_pfn(uint64_t pfn)
{
	return (void *)(GUEST_VIRT_BASE + pfn * GUEST_PAGE);
}

void page_set_mfn(uint64_t pfn, uint64_t mfn)
{
	p2m[pfn] = mfn;
}

void *page_of_mfn(uint64_t mfn)
{
	const uint64_t *m2p = (const uint64_t *)MACH2PHYS_VIRT_START;
	uint64_t pfn = m2p[mfn];

	if (pfn >= mapped_pages || p2m[pfn] != mfn)
		return NULL;
	return page_of_pfn(pfn);
}

void page_free(void *page)
{
	struct free_page *p = page;

	p->next = free_pages;
	free_pages = p;
	free_count++;
}

void *page_alloc(void)
{
	struct free_page *p = free_pages;

	if (!p)
		return NULL;
	free_pages = p->next;
	free_count--;
	return memset(p, 0, GUEST_PAGE);
}

size_t page_free_count(void)
{
	return free_count;
}

/* Map the pfns of one more L1 table; those that are free become so. */
static void map_table(uint64_t first, uint64_t end)
{
	uint64_t *l1 = page_alloc();
	uint64_t pfn;

	if (!l1)
		guest_panic("no page for a table of the linear map");
	for (pfn = first; pfn < end; pfn++)
		l1[pfn - first] = p2m[pfn] << 12 | PAGING_RW;
	paging_set_table((uint64_t)page_of_pfn(first), l1);
	mapped_pages = end;
	for (pfn = first; pfn < end; pfn++)
		page_free(page_of_pfn(pfn));
}

void page_init(const struct start_info *si, uint64_t stack_end)
{
	uint64_t pfn, end;

	p2m = (uint64_t *)si->mfn_list;
	paging_init((uint64_t *)si->pt_base);
	/* Until it is known better, all that the tables refer to is mapped. */
	mapped_pages = MAP_PAGES;
	for (pfn = page_pfn((void *)stack_end);
	     paging_entry((uint64_t)page_of_pfn(pfn)) &&
	     (*paging_entry((uint64_t)page_of_pfn(pfn)) & PTE_PRESENT);
	     pfn++) {
		if (pfn < si->nr_pages)
			page_free(page_of_pfn(pfn));
	}
	/* The builder ends its map with a whole table. */
	mapped_pages = pfn;
	for (pfn = (pfn + PER_TABLE - 1) / PER_TABLE * PER_TABLE;
	     pfn < si->nr_pages && pfn < MAP_PAGES; pfn = end) {
		end = pfn + PER_TABLE;
		if (end > si->nr_pages)
			end = si->nr_pages;
		map_table(pfn, end);
	}
}
