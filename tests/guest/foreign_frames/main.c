/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest cannot map what it does not own: frames of the hypervisor, of other domains, devices,
 * frames that do not exist; nor name another domain in a call that would reach its memory. All of
 * the machine's frames are tried.
 */
#include <errno.h>

#include "abi/memory.h"
#include "guest-abi/guest/page.h"
#include "guest-abi/guest/paging.h"
#include "guest-abi/guest/trap.h"
#include "tests/guest/lib/test.h"

static uint64_t *page;

static int64_t map(uint64_t mfn, uint64_t flags)
{
	return paging_set((uint64_t)page, mfn << 12 | flags);
}

static bool is_ours(uint64_t mfn)
{
	const uint64_t *p2m = (const uint64_t *)boot_info->mfn_list;
	uint64_t pfn;

	if (mfn == boot_info->shared_info >> 12)
		return true;
	for (pfn = 0; pfn < boot_info->nr_pages; pfn++) {
		if (p2m[pfn] == mfn)
			return true;
	}
	return false;
}

/* Every 37th frame below 4 GiB, both ways. Grant frames of ours are allowed: they are counted. */
static void every_frame(void)
{
	uint64_t mfn, mapped = 0, other_errors = 0;
	int64_t rc;

	for (mfn = 0; mfn < 1ul << 20; mfn += 37) {
		if (is_ours(mfn))
			continue;
		rc = map(mfn, PAGING_RW);
		mapped += !rc;
		other_errors += rc && rc != -EINVAL && rc != -EPERM;
		rc = map(mfn, PAGING_RO);
		mapped += !rc;
	}
	test_true("foreign frames mapped", mapped <= 8);
	test_equal("other errors", 0, (int64_t)other_errors);
	page = page_alloc();
}

static void odd_frames(void)
{
	test_true("no such frame", map(0xfffffffff, PAGING_RW) < 0);
	test_true("beyond what an entry can hold",
		  paging_set((uint64_t)page, 0x000ffffffffff000ul | PAGING_RW) < 0);
	test_true("local APIC", map(0xfee00, PAGING_RW) < 0);
	test_true("frame 0", map(0, PAGING_RO) < 0);
	test_true("VGA", map(0xb8, PAGING_RW) < 0);
	test_equal("the page is as before", (int64_t)guest_mfn(page),
		   (int64_t)(*paging_entry((uint64_t)page) & PTE_ADDR_MASK) >> 12);
}

static void m2p(void)
{
	const uint64_t *at = (const uint64_t *)MACH2PHYS_VIRT_START;
	uint64_t mfn = guest_mfn(page);

	test_equal("m2p of own", (int64_t)page_pfn(page), (int64_t)at[mfn]);
	test_equal("m2p update of own", 0, paging_update(mfn << 12 | MMU_MACHPHYS_UPDATE, 0x4242));
	test_equal("m2p updated", 0x4242, (int64_t)at[mfn]);
	paging_update(mfn << 12 | MMU_MACHPHYS_UPDATE, page_pfn(page));
	test_true("m2p update of another", paging_update(0x100000 | MMU_MACHPHYS_UPDATE, 1) < 0);
}

static int64_t foreign(uint32_t who)
{
	struct mmu_update u = {.ptr = paging_maddr(paging_entry((uint64_t)page)),
			       .val = guest_mfn(page) << 12 | PAGING_RW};

	return hypercall4(HC_MMU_UPDATE, (uint64_t)&u, 1, 0, who);
}

static int64_t reservation(unsigned int cmd, uint16_t domid)
{
	uint64_t frame = 0x1000;
	struct memory_reservation r = {
		.extent_start = (uint64_t)&frame, .nr_extents = 1, .domid = domid};

	return hypercall2(HC_MEMORY_OP, cmd, (uint64_t)&r);
}

static void other_domains(void)
{
	struct mmuext_op op = {.cmd = MMUEXT_UNPIN_TABLE, .arg1.mfn = guest_mfn(page)};
	uint64_t va = (uint64_t)page, own = guest_mfn(page) << 12 | PAGING_RW;

	test_equal("mmu_update for domain 0", -EPERM, foreign(0));
	test_equal("mmu_update for no domain", -ESRCH, foreign(0x7fe0));
	test_equal("mmu_update on domain 0's tables", -EPERM, foreign(DOMID_SELF | 1 << 16));
	test_true("mmu_update for the hypervisor", foreign(DOMID_XEN) < 0);
	test_equal("mmuext_op for domain 0", -EPERM,
		   hypercall4(HC_MMUEXT_OP, (uint64_t)&op, 1, 0, 0));
	test_true("update_va_mapping_otherdomain for domain 0",
		  hypercall4(HC_UPDATE_VA_MAPPING_OTHERDOMAIN, va, own, 0, 0) < 0);
	test_true("decrease_reservation of domain 0",
		  reservation(XENMEM_decrease_reservation, 0) <= 0);
	test_true("populate_physmap of domain 0", reservation(XENMEM_populate_physmap, 0) <= 0);
}

void test_main(void)
{
	page = page_alloc();
	every_frame();
	odd_frames();
	m2p();
	other_domains();
}
