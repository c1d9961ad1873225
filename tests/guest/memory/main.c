/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that comes and goes: pages given up and taken, exchanged for others, counted as told; the
 * memory map and the place of the m2p. Requests for more than is due are cut, for others' memory
 * refused. A broken hypervisor leaks a page at each balloon, or hands one out that is still mapped.
 */
#include <errno.h>
#include <string.h>

#include "abi/memory.h"
#include "guest-abi/guest/page.h"
#include "guest-abi/guest/paging.h"
#include "guest-abi/guest/trap.h"
#include "tests/guest/lib/test.h"

static int64_t memory(unsigned int cmd, void *arg)
{
	return hypercall2(HC_MEMORY_OP, cmd, (uint64_t)arg);
}

static int64_t current(void)
{
	uint16_t domid = DOMID_SELF;

	return memory(XENMEM_current_reservation, &domid);
}

static int64_t reserve(unsigned int cmd, uint64_t *frames, uint64_t n, unsigned int order)
{
	struct memory_reservation r = {.extent_start = (uint64_t)frames,
				       .nr_extents = n,
				       .extent_order = order,
				       .domid = DOMID_SELF};

	return memory(cmd, &r);
}

static void balloon(void)
{
	uint64_t *page = page_alloc();
	uint64_t mfn = guest_mfn(page), pfn = page_pfn(page), frame = mfn;
	int64_t before = current();
	const uint64_t *m2p = (const uint64_t *)MACH2PHYS_VIRT_START;

	page[0] = 0xdead;
	test_equal("unmap", 0, paging_set((uint64_t)page, 0));
	test_equal("give up", 1, reserve(XENMEM_decrease_reservation, &frame, 1, 0));
	test_equal("one less", before - 1, current());
	test_true("cannot be mapped any more",
		  paging_set((uint64_t)page, mfn << 12 | PAGING_RW) < 0);
	test_equal("give up again", 0, reserve(XENMEM_decrease_reservation, &frame, 1, 0));
	frame = pfn;
	test_equal("take", 1, reserve(XENMEM_populate_physmap, &frame, 1, 0));
	test_equal("as before", before, current());
	test_equal("its pfn in the m2p", (int64_t)pfn, (int64_t)m2p[frame]);
	page_set_mfn(pfn, frame);
	test_equal("map", 0, paging_set((uint64_t)page, frame << 12 | PAGING_RW));
	test_equal("nothing old in it", 0, (int64_t)page[0]);
	page_free(page);
}

static void still_mapped(void)
{
	uint64_t *page = page_alloc(), frame = guest_mfn(page);
	int64_t before = current(), rc;

	/*
	 * A page still mapped: given up or refused, but never somebody else's while it is mapped
	 * here.
	 */
	rc = reserve(XENMEM_decrease_reservation, &frame, 1, 0);
	test_true("give up a mapped page", rc == 0 || rc == 1);
	page[0] = 1;
	test_equal("still there", 1, (int64_t)page[0]);
	paging_set((uint64_t)page, 0);
	test_equal("counted", before - rc, current());
	frame = page_pfn(page);
	if (rc == 1) {
		test_equal("take another", 1, reserve(XENMEM_populate_physmap, &frame, 1, 0));
		page_set_mfn(page_pfn(page), frame);
	}
	paging_set((uint64_t)page, guest_mfn(page) << 12 | PAGING_RW);
}

static void limits(void)
{
	uint64_t frames[2] = {1, 2}, pt = guest_mfn(paging_root());
	int64_t before = current();
	uint16_t domid = DOMID_SELF, other = 0;

	test_true("maximum", memory(XENMEM_maximum_reservation, &domid) >= before);
	/* The domain's claim to it goes; the page itself stays as long as it is in use. */
	test_equal("a page table", 1, reserve(XENMEM_decrease_reservation, &pt, 1, 0));
	test_trap_error("which stays one", 14, 3, trap_write(paging_root(), 0));
	test_true("one of order 30", reserve(XENMEM_populate_physmap, frames, 1, 30) <= 0);
	test_true("as many as there are not",
		  reserve(XENMEM_populate_physmap, frames, 1ul << 60, 0) <= 0);
	test_true("frame that is not ours",
		  reserve(XENMEM_decrease_reservation, frames, 2, 0) <= 0);
	test_equal("as before", before, current());
	test_true("reservation of another", memory(XENMEM_current_reservation, &other) < 0);
}

static void exchange(void)
{
	uint64_t *page = page_alloc();
	uint64_t in = guest_mfn(page), out = page_pfn(page);
	struct memory_exchange x = {
		.in = {.extent_start = (uint64_t)&in, .nr_extents = 1, .domid = DOMID_SELF},
		.out = {.extent_start = (uint64_t)&out, .nr_extents = 1, .domid = DOMID_SELF}};
	int64_t before = current(), rc;

	rc = memory(XENMEM_exchange, &x);
	test_true("exchange of a mapped page", rc < 0);
	test_equal("none exchanged", 0, (int64_t)x.nr_exchanged);
	paging_set((uint64_t)page, 0);
	x.nr_exchanged = 0;
	rc = memory(XENMEM_exchange, &x);
	if (test_equal("exchange", 0, rc)) {
		test_equal("one exchanged", 1, (int64_t)x.nr_exchanged);
		page_set_mfn(page_pfn(page), out);
		test_equal("map the new one", 0, paging_set((uint64_t)page, out << 12 | PAGING_RW));
	}
	test_equal("as many as before", before, current());
	x.nr_exchanged = 2;
	test_equal("more done than asked", -EINVAL, memory(XENMEM_exchange, &x));
	x.nr_exchanged = 0;
	x.out.nr_extents = 5;
	test_equal("unequal sides", -EINVAL, memory(XENMEM_exchange, &x));
}

static void maps(void)
{
	static struct e820_entry entries[16];
	struct memory_map m = {.nr_entries = 16, .buffer = (uint64_t)entries};
	struct memory_machphys_mapping mp;
	int64_t rc = memory(XENMEM_memory_map, &m);

	test_true("memory map", rc == 0 || rc == -ENOSYS);
	if (!rc) {
		test_true("entries", m.nr_entries >= 1 && m.nr_entries <= 16);
		test_equal("starts at 0", 0, (int64_t)entries[0].addr);
		test_equal("with RAM", E820_RAM, entries[0].type);
	}
	m.nr_entries = 16;
	test_equal("machine's map", -EPERM, memory(XENMEM_machine_memory_map, &m));
	test_equal("m2p", 0, memory(XENMEM_machphys_mapping, &mp));
	test_equal("m2p start", (int64_t)MACH2PHYS_VIRT_START, (int64_t)mp.v_start);
	test_true("m2p covers us", mp.max_mfn >= guest_mfn(entries));
	test_true("maximum_ram_page", memory(XENMEM_maximum_ram_page, NULL) > 0);
}

void test_main(void)
{
	balloon();
	still_mapped();
	limits();
	exchange();
	maps();
}
