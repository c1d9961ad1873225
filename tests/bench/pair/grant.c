/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pages that the peer lends: mapped and unmapped again, and copied; an operation is one page. */
#include "pair.h"

#include <errno.h>

#include "guest-abi/guest/grant.h"
#include "guest-abi/guest/guest.h"
#include "guest-abi/guest/page.h"
#include "guest-abi/guest/paging.h"

static char *pages[PAIR_PAGES]; /* of the meter, with nothing behind them while it maps */

static void pages_make(void)
{
	for (unsigned int i = 0; !pages[PAIR_PAGES - 1]; i++) {
		pages[i] = page_alloc();
		must("a page", pages[i] ? 0 : -ENOMEM);
	}
}

static void grants(const char *what, unsigned int cmd, void *ops, unsigned int count)
{
	must(what, hypercall3(HC_GRANT_TABLE_OP, cmd, (uint64_t)ops, count));
}

static void map_unmap(unsigned int count)
{
	static struct gnttab_map_grant_ref map[PAIR_PAGES];
	static struct gnttab_unmap_grant_ref unmap[PAIR_PAGES];

	for (unsigned int i = 0; i < count; i++) {
		map[i].host_addr = (uint64_t)pages[i];
		map[i].flags = GNTMAP_host_map;
		map[i].ref = board->refs[i];
		map[i].dom = peer;
	}
	grants("map", GNTTABOP_map_grant_ref, map, count);
	for (unsigned int i = 0; i < count; i++) {
		must("map a page", map[i].status);
		unmap[i].host_addr = (uint64_t)pages[i];
		unmap[i].handle = map[i].handle;
	}
	grants("unmap", GNTTABOP_unmap_grant_ref, unmap, count);
	for (unsigned int i = 0; i < count; i++)
		must("unmap a page", unmap[i].status);
}

static void copy(unsigned int count)
{
	static struct gnttab_copy ops[PAIR_PAGES];

	for (unsigned int i = 0; i < count; i++) {
		ops[i].source.u.ref = board->refs[i];
		ops[i].source.domid = peer;
		ops[i].dest.u.gmfn = guest_mfn(pages[i]);
		ops[i].dest.domid = DOMID_SELF;
		ops[i].len = GUEST_PAGE;
		ops[i].flags = GNTCOPY_source_gref;
	}
	grants("copy", GNTTABOP_copy, ops, count);
	for (unsigned int i = 0; i < count; i++)
		must("copy a page", ops[i].status);
}

static uint64_t in_batches(unsigned int n, unsigned int batch, void (*work)(unsigned int count))
{
	uint64_t t = row_begin();

	for (; n > batch; n -= batch)
		work(batch);
	work(n);
	return row_end(t);
}

static uint64_t mapped(unsigned int n, unsigned int batch)
{
	uint64_t t;

	pages_make();
	for (unsigned int i = 0; i < PAIR_PAGES; i++)
		must("make room", paging_set((uint64_t)pages[i], 0));
	t = in_batches(n, batch, map_unmap);
	for (unsigned int i = 0; i < PAIR_PAGES; i++)
		must("map again", paging_writable(pages[i]));
	return t;
}

static uint64_t grant_map_unmap(unsigned int n)
{
	return mapped(n, 1);
}

static uint64_t grant_map_unmap_of_32(unsigned int n)
{
	return mapped(n, PAIR_PAGES);
}

static uint64_t grant_copy(unsigned int n)
{
	pages_make();
	return in_batches(n, 1, copy);
}

static uint64_t grant_copy_of_32(unsigned int n)
{
	pages_make();
	return in_batches(n, PAIR_PAGES, copy);
}

const struct row rows_grant[] = {
	{"grant_map_unmap", grant_map_unmap, 200},
	{"grant_map_unmap_32", grant_map_unmap_of_32, 512},
	{"grant_copy", grant_copy, 100},
	{"grant_copy_32", grant_copy_of_32, 512},
	{NULL, NULL, 0},
};
