/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rules of direct paging, from both sides: what is allowed works, what would let a guest write
 * its own page tables or reach frames that are not its own is refused, and a refusal changes
 * nothing. A broken hypervisor gives one guest the whole machine.
 */
#include <errno.h>
#include <string.h>

#include "guest-abi/guest/page.h"
#include "guest-abi/guest/paging.h"
#include "guest-abi/guest/trap.h"
#include "tests/guest/lib/test.h"

#define WHERE 0x10000000000ul /* an L4 slot of its own */

static uint64_t *page, *other;

static uint64_t pte(const void *va, uint64_t flags)
{
	return guest_mfn(va) << 12 | flags;
}

static void writable_table(void)
{
	uint64_t *l1 = page_alloc();

	test_equal("pin while writable", -EINVAL, paging_pin(l1, 1));
	test_equal("read-only", 0, paging_readonly(l1));
	test_equal("pin", 0, paging_pin(l1, 1));
	test_equal("writable again while pinned", -EINVAL, paging_writable(l1));
	test_equal("writable elsewhere while pinned", -EINVAL,
		   paging_map(WHERE, guest_mfn(l1), PAGING_RW));
	test_equal("read-only elsewhere", 0, paging_map(WHERE, guest_mfn(l1), PAGING_RO));
	test_trap_error("store", 14, 3, trap_write((void *)WHERE, 0));
	test_equal("pin again", -EINVAL, paging_pin(l1, 1));
	test_equal("pin as another level", -EINVAL, paging_pin(l1, 2));
	test_equal("unpin", 0, paging_unpin(l1));
	test_equal("unpin again", -EINVAL, paging_unpin(l1));
	test_equal("writable", 0, paging_writable(l1));
	paging_unmap(WHERE);
	page_free(l1);
}

/*
 * A writable mapping of a table in itself, by way of an entry that is only checked when it is
 * pinned.
 */
static void entries_of_new_tables(void)
{
	static const struct {
		const char *what;
		uint64_t flags;
		bool fits;
	} cases[] = {
		{"plain", PAGING_RW, true},
		{"read-only", PAGING_RO, true},
		{"user", PAGING_USER, true},
		{"no execute", PAGING_RW | PTE_NX, true},
		{"available bits", PAGING_RW | 0xe00, true},
		{"not accessed", PTE_PRESENT | PTE_RW, true},
		{"uncached", PAGING_RW | PTE_PCD, false},
		{"write-through", PAGING_RW | PTE_PWT, false},
		{"page attribute", PAGING_RW | PTE_PAT, false},
	};
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t *l1 = page_alloc();

		l1[7] = pte(page, cases[i].flags);
		paging_readonly(l1);
		test_equal(test_name("table with %s entry", cases[i].what),
			   cases[i].fits ? 0 : -EINVAL, paging_pin(l1, 1));
		if (cases[i].fits)
			paging_unpin(l1);
		test_equal(test_name("table with %s entry is free again", cases[i].what), 0,
			   paging_writable(l1));
		page_free(l1);
	}
}

static void self_reference(void)
{
	uint64_t *l1 = page_alloc(), *l2 = page_alloc();

	l1[0] = pte(l1, PAGING_RW);
	paging_readonly(l1);
	test_equal("L1 that maps itself writable", -EINVAL, paging_pin(l1, 1));
	paging_writable(l1);
	l1[0] = pte(l1, PAGING_RO);
	paging_readonly(l1);
	test_equal("L1 that maps itself read-only", 0, paging_pin(l1, 1));
	paging_unpin(l1);
	paging_writable(l1);
	l1[0] = 0;

	l2[0] = pte(l2, PAGING_USER);
	paging_readonly(l2);
	test_equal("L2 that is its own L1", -EINVAL, paging_pin(l2, 2));
	paging_writable(l2);
	l2[0] = pte(l1, PAGING_USER);
	paging_readonly(l2);
	test_equal("L2 over a writable L1", -EINVAL, paging_pin(l2, 2));
	paging_readonly(l1);
	test_equal("L2 over a read-only L1", 0, paging_pin(l2, 2));
	test_equal("L1 in use is not writable", -EINVAL, paging_writable(l1));
	test_equal("L1 in use as L2", -EINVAL, paging_pin(l1, 2));
	paging_unpin(l2);
	test_equal("L1 free with its L2", 0, paging_writable(l1));
	paging_writable(l2);
	page_free(l1);
	memset(l2, 0, GUEST_PAGE);
	page_free(l2);
}

static void huge_pages(void)
{
	uint64_t *l2 = page_alloc(), *l3 = page_alloc();

	l2[0] = (guest_mfn(page) & ~511ul) << 12 | PAGING_RW | PTE_PSE;
	paging_readonly(l2);
	test_equal("2 MiB page", -EINVAL, paging_pin(l2, 2));
	paging_writable(l2);
	l3[0] = (guest_mfn(page) & ~0x3fffful) << 12 | PAGING_RW | PTE_PSE;
	paging_readonly(l3);
	test_equal("1 GiB page", -EINVAL, paging_pin(l3, 3));
	paging_writable(l3);
	page_free(memset(l2, 0, GUEST_PAGE));
	page_free(memset(l3, 0, GUEST_PAGE));
}

static void updates(void)
{
	uint64_t *l1 = page_alloc();
	struct paging_batch b = {.count = 0};
	unsigned int i;
	uint32_t done = 99;
	struct mmu_update u[3];

	paging_readonly(l1);
	test_equal("pin", 0, paging_pin(l1, 1));
	for (i = 0; i < 512; i++)
		paging_batch_add(&b, paging_maddr(&l1[i]), pte(page, PAGING_RO));
	test_equal("batch", 0, paging_batch_end(&b));
	test_equal("entry 0", (int64_t)guest_mfn(page), (int64_t)(l1[0] & PTE_ADDR_MASK) >> 12);
	test_equal("entry 511", (int64_t)guest_mfn(page), (int64_t)(l1[511] & PTE_ADDR_MASK) >> 12);
	test_equal("made writable in place", 0,
		   paging_update(paging_maddr(&l1[3]), pte(page, PAGING_RW)));
	test_equal("itself writable", -EINVAL,
		   paging_update(paging_maddr(&l1[3]), pte(l1, PAGING_RW)));
	test_equal("refused update changes nothing", (int64_t)guest_mfn(page),
		   (int64_t)(l1[3] & PTE_ADDR_MASK) >> 12);
	test_equal("uncached", -EINVAL,
		   paging_update(paging_maddr(&l1[3]), pte(page, PAGING_RW | PTE_PCD)));
	u[0] = (struct mmu_update){paging_maddr(&l1[4]), 0};
	u[1] = (struct mmu_update){paging_maddr(&l1[5]), pte(l1, PAGING_RW)};
	u[2] = (struct mmu_update){paging_maddr(&l1[6]), 0};
	test_equal("batch with a bad one", -EINVAL,
		   hypercall4(HC_MMU_UPDATE, (uint64_t)u, 3, (uint64_t)&done, DOMID_SELF));
	test_equal("done before it", 1, done);
	test_equal("first made", 0, (int64_t)l1[4]);
	test_true("third not made", l1[6]);
	test_equal("unaligned pointer", -EINVAL, paging_update(paging_maddr(&l1[4]) + 4, 0));
	test_equal("accessed and dirty kept", 0,
		   paging_update(paging_maddr(&l1[7]) | MMU_PT_UPDATE_PRESERVE_AD,
				 pte(page, PTE_PRESENT)));
	test_equal("accessed and dirty are there", PTE_ACCESSED | PTE_DIRTY,
		   (int64_t)l1[7] & (PTE_ACCESSED | PTE_DIRTY));
	test_equal("plain store by mmu_update", 0, paging_update(paging_maddr(&page[9]), 0x1234));
	test_equal("plain store done", 0x1234, (int64_t)page[9]);
	paging_unpin(l1);
	paging_writable(l1);
	page_free(memset(l1, 0, GUEST_PAGE));
}

static void roots(void)
{
	uint64_t *root = page_alloc(), *boot = paging_root();
	uint64_t slot;

	memcpy(root, boot, GUEST_PAGE);
	/* The hypervisor's slots are its own business. */
	memset(&root[256], 0, 16 * sizeof(*root));
	paging_readonly(root);
	test_equal("pin a copy of the root", 0, paging_pin(root, 4));
	test_equal("switch to it", 0, paging_use_root(root));
	test_equal("switch to the same", 0, paging_use_root(root));
	test_equal("unpin it in use", 0, paging_unpin(root));
	test_equal("still not writable", -EINVAL, paging_writable(root));
	test_equal("m2p readable by it", 0,
		   (int64_t)trap_read((void *)MACH2PHYS_VIRT_START, &slot));
	test_equal("back", 0, paging_use_root(boot));
	test_equal("now writable", 0, paging_writable(root));
	root[256] = pte(page, PAGING_RW);
	paging_readonly(root);
	test_equal("pin with the hypervisor's slot set", 0, paging_pin(root, 4));
	test_true("slot is the hypervisor's", (root[256] & PTE_ADDR_MASK) >> 12 != guest_mfn(page));
	test_equal("update of the hypervisor's slot", -EINVAL,
		   paging_update(paging_maddr(&root[257]), 0));
	paging_unpin(root);
	paging_writable(root);
	test_equal("root that is data", -EINVAL, paging_use_root(page));
	page_free(memset(root, 0, GUEST_PAGE));
}

static void translations(void)
{
	test_equal("map", 0, paging_map(WHERE, guest_mfn(page), PAGING_RW));
	page[0] = 1;
	other[0] = 2;
	test_equal("read", 1, (int64_t) * (volatile uint64_t *)WHERE);
	test_equal("map another", 0, paging_map(WHERE, guest_mfn(other), PAGING_RW));
	test_equal("read after the flush", 2, (int64_t) * (volatile uint64_t *)WHERE);
	test_equal("unmap", 0, paging_unmap(WHERE));
	test_trap_error("read after unmap", 14, 0, trap_read((void *)WHERE, &page[1]));
	/*
	 * Without a flush the hypervisor promises nothing, but a more permissive entry must work.
	 */
	test_equal("read-only", 0, paging_map(WHERE, guest_mfn(page), PAGING_RO));
	test_trap_error("write", 14, 3, trap_write((void *)WHERE, 3));
	hypercall3(HC_UPDATE_VA_MAPPING, WHERE, pte(page, PAGING_RW), UVMF_NONE);
	paging_ext(MMUEXT_INVLPG_LOCAL, WHERE, 0);
	test_equal("write after the upgrade", 0, (int64_t)trap_write((void *)WHERE, 3));
	test_equal("no L1 there", -EINVAL, paging_set(WHERE + (1ul << 40), 0));
	paging_unmap(WHERE);
}

static void clear_and_copy(void)
{
	page[5] = 77;
	test_equal("copy page", 0, paging_ext(MMUEXT_COPY_PAGE, guest_mfn(other), guest_mfn(page)));
	test_equal("copied", 77, (int64_t)other[5]);
	test_equal("clear page", 0, paging_ext(MMUEXT_CLEAR_PAGE, guest_mfn(other), 0));
	test_equal("cleared", 0, (int64_t)other[5]);
	test_equal("clear a page table", -EINVAL,
		   paging_ext(MMUEXT_CLEAR_PAGE, guest_mfn(paging_root()), 0));
	test_true("the root is as before", paging_root()[511]);
}

void test_main(void)
{
	page = page_alloc();
	other = page_alloc();
	writable_table();
	entries_of_new_tables();
	self_reference();
	huge_pages();
	updates();
	roots();
	translations();
	clear_and_copy();
}
