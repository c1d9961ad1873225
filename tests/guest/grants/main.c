/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Grants, lent by this domain to itself: set-up, mapping by address and by entry, read-only, flags
 * in the table, copy, taking back while in use, and wrong references of each kind. A broken
 * hypervisor lets a back-end write what was lent read-only, or keep what was taken back.
 */
#include <errno.h>
#include <string.h>

#include "abi/mmu.h"
#include "guest-abi/guest/grant.h"
#include "guest-abi/guest/page.h"
#include "guest-abi/guest/paging.h"
#include "guest-abi/guest/store.h"
#include "guest-abi/guest/trap.h"
#include "tests/guest/lib/test.h"

static uint64_t *page, *window;
static uint16_t self;

static void sizes(void)
{
	struct gnttab_query_size q = {.dom = DOMID_SELF};
	struct gnttab_get_version v = {.dom = DOMID_SELF};
	struct gnttab_set_version set = {.version = 3};

	test_equal("query", 0, grant_op(GNTTABOP_query_size, &q));
	test_equal("query status", GNTST_okay, q.status);
	test_true("frames", q.nr_frames >= GRANT_FRAMES && q.max_nr_frames >= q.nr_frames);
	test_equal("version", 0, grant_op(GNTTABOP_get_version, &v));
	test_equal("version 1", 1, v.version);
	test_equal("version 3", -EINVAL, grant_op(GNTTABOP_set_version, &set));
}

static void setup_refused(void)
{
	uint64_t list[4];
	struct gnttab_setup_table s = {
		.dom = DOMID_SELF, .nr_frames = 100000, .frame_list = (uint64_t)list};
	struct gnttab_query_size q = {.dom = 0};

	test_equal("too many frames", 0, grant_op(GNTTABOP_setup_table, &s));
	test_equal("too many frames: status", GNTST_general_error, s.status);
	s.dom = 0;
	s.nr_frames = 1;
	test_equal("set up another's", 0, grant_op(GNTTABOP_setup_table, &s));
	test_equal("set up another's: status", GNTST_permission_denied, s.status);
	grant_op(GNTTABOP_query_size, &q);
	test_equal("query another's: status", GNTST_permission_denied, q.status);
	s.dom = 0x7fe0;
	grant_op(GNTTABOP_setup_table, &s);
	test_equal("set up nobody's: status", GNTST_bad_domain, s.status);
}

static void map(void)
{
	uint32_t ref = (uint32_t)grant_access(self, page, false), handle, second;
	uint64_t va = (uint64_t)window, own = guest_mfn(window);

	/* A mapping that replaces another one is not flushed. */
	paging_set(va, 0);
	paging_set(va + GUEST_PAGE, 0);
	test_equal("map", GNTST_okay, grant_map(self, ref, va, 0, &handle));
	page[0] = 42;
	test_equal("same memory", 42, (int64_t)window[0]);
	window[1] = 43;
	test_equal("writable", 43, (int64_t)page[1]);
	test_equal("flags in the table", GTF_permit_access | GTF_reading | GTF_writing,
		   grant_table[ref].flags);
	test_equal("take back in use", -EBUSY, grant_end(ref));
	test_equal("second mapping", GNTST_okay,
		   grant_map(self, ref, va + GUEST_PAGE, GNTMAP_readonly, &second));
	test_trap_error("read-only", 14, 3, trap_write((void *)(va + GUEST_PAGE), 1));
	test_equal("unmap at a wrong address", GNTST_general_error,
		   grant_unmap(va + GUEST_PAGE, handle));
	test_equal("unmap", GNTST_okay, grant_unmap(va, handle));
	test_equal("unmap again", GNTST_bad_handle, grant_unmap(va, handle));
	test_equal("still read", GTF_permit_access | GTF_reading, grant_table[ref].flags);
	test_equal("unmap second", GNTST_okay, grant_unmap(va + GUEST_PAGE, second));
	test_equal("not in use", GTF_permit_access, grant_table[ref].flags);
	test_trap_error("gone", 14, 2, trap_write((void *)va, 1));
	test_equal("take back", 0, grant_end(ref));
	paging_set(va, own << 12 | PAGING_RW);
	paging_writable((void *)(va + GUEST_PAGE));
}

/* The entry named by its machine address, as user-space back-ends have it. */
static void map_by_entry(void)
{
	uint32_t ref = (uint32_t)grant_access(self, page, false), handle;
	uint64_t pte = paging_maddr(paging_entry((uint64_t)window));

	test_equal("map", GNTST_okay, grant_map(self, ref, pte, GNTMAP_contains_pte, &handle));
	page[2] = 77;
	paging_ext(MMUEXT_TLB_FLUSH_LOCAL, 0, 0);
	test_equal("same memory", 77, (int64_t)window[2]);
	test_equal("unmap", GNTST_okay, grant_unmap(pte, handle));
	test_equal("map into no table", GNTST_general_error,
		   grant_map(self, ref, paging_maddr(page), GNTMAP_contains_pte, &handle));
	test_equal("take back", 0, grant_end(ref));
	paging_writable(window);
}

static void bad_maps(void)
{
	uint32_t ref = (uint32_t)grant_access(self, page, true), handle;
	uint64_t va = (uint64_t)window;

	test_equal("read-only for writing", GNTST_general_error,
		   grant_map(self, ref, va, 0, &handle));
	test_equal("reference of nothing", GNTST_general_error,
		   grant_map(self, GRANT_COUNT - 1, va, 0, &handle));
	test_equal("reference out of range", GNTST_bad_gntref,
		   grant_map(self, 0xfffffff, va, 0, &handle));
	test_equal("no such domain", GNTST_bad_domain, grant_map(0x7fe0, ref, va, 0, &handle));
	test_equal("no such table", GNTST_general_error,
		   grant_map(self, ref, 0x7f0000000000ul, GNTMAP_readonly, &handle));
	grant_set(ref, self, guest_mfn(paging_root()), GTF_permit_access);
	test_true("page table for writing", grant_map(self, ref, va, 0, &handle) < 0);
	grant_set(ref, self, 0x100, GTF_permit_access);
	test_true("frame of another", grant_map(self, ref, va, GNTMAP_readonly, &handle) < 0);
	grant_set(ref, 0x123, guest_mfn(page), GTF_permit_access);
	test_true("lent to another", grant_map(self, ref, va, 0, &handle) < 0);
	test_equal("its flags", GTF_permit_access, grant_table[ref].flags);
	test_equal("window as before", (int64_t)guest_mfn(window),
		   (int64_t)(*paging_entry(va) & PTE_ADDR_MASK) >> 12);
	grant_end(ref);
}

static int16_t copy(uint32_t from, uint16_t offset, uint16_t len, const void *to,
		    uint16_t to_offset)
{
	struct gnttab_copy c = {
		.source = {.u.ref = from, .domid = self, .offset = offset},
		.dest = {.u.gmfn = guest_mfn(to), .domid = DOMID_SELF, .offset = to_offset},
		.len = len,
		.flags = GNTCOPY_source_gref};

	if (grant_op(GNTTABOP_copy, &c))
		return -99;
	return c.status;
}

static void copies(void)
{
	uint32_t ref = (uint32_t)grant_access(self, page, true);

	memset(page, 0x5a, GUEST_PAGE);
	memset(window, 0, GUEST_PAGE);
	test_equal("copy", GNTST_okay, copy(ref, 100, 8, window, 16));
	test_equal("copied", 0x5a5a5a5a5a5a5a5al, (int64_t)window[2]);
	test_equal("no more than asked", 0, (int64_t)window[3]);
	test_equal("across the page", GNTST_bad_copy_arg, copy(ref, 4090, 8, window, 0));
	test_equal("bad reference", GNTST_bad_gntref, copy(0xfffffff, 0, 8, window, 0));
	test_true("into a page table", copy(ref, 0, 8, paging_root(), 0) < 0);
	test_equal("empty", GNTST_okay, copy(ref, 0, 0, window, 0));
	test_equal("take back", 0, grant_end(ref));
}

void test_main(void)
{
	void *behind;

	if (store_init())
		test_give_up("store", -1);
	self = (uint16_t)store_number("domid", 0);
	page = page_alloc();
	behind = page_alloc();
	window = page_alloc();
	/* Two pages in a row: the allocator hands out downwards or upwards. */
	while ((char *)window + GUEST_PAGE != (char *)behind) {
		behind = window;
		window = page_alloc();
		if ((char *)behind + GUEST_PAGE == (char *)window) {
			void *w = behind;

			behind = window;
			window = w;
		}
	}
	sizes();
	setup_refused();
	map();
	map_by_entry();
	bad_maps();
	copies();
}
