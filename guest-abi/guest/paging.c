/* SPDX-License-Identifier: MIT */
#include "guest-abi/guest/paging.h"

#include <errno.h>

#include "guest-abi/guest/guest.h"
#include "guest-abi/guest/page.h"

#define INDEX(va, level) ((va) >> (12 + 9 * ((level)-1)) & 511)
#define FRAME(pte)       (((pte)&PTE_ADDR_MASK) >> 12)

static uint64_t *kernel_root;

void paging_init(uint64_t *root)
{
	kernel_root = root;
}

uint64_t *paging_root(void)
{
	return kernel_root;
}

uint64_t *paging_entry_of(uint64_t *root, uint64_t va, unsigned int level)
{
	uint64_t *table = root;
	unsigned int l;

	for (l = 4; l > level; l--) {
		uint64_t e = table[INDEX(va, l)];

		if (!(e & PTE_PRESENT))
			return NULL;
		table = page_of_mfn(FRAME(e));
		if (!table)
			return NULL;
	}
	return &table[INDEX(va, level)];
}

uint64_t *paging_entry(uint64_t va)
{
	return paging_entry_of(kernel_root, va, 1);
}

uint64_t paging_maddr(const void *entry)
{
	return guest_mfn(entry) << 12 | ((uint64_t)entry & (GUEST_PAGE - 1));
}

int64_t paging_set(uint64_t va, uint64_t pte)
{
	return hypercall3(HC_UPDATE_VA_MAPPING, va, pte, UVMF_INVLPG | UVMF_ALL);
}

int64_t paging_update(uint64_t ptr, uint64_t val)
{
	struct mmu_update u = {.ptr = ptr, .val = val};

	return hypercall4(HC_MMU_UPDATE, (uint64_t)&u, 1, 0, DOMID_SELF);
}

int64_t paging_ext(unsigned int cmd, uint64_t arg1, uint64_t arg2)
{
	struct mmuext_op op = {.cmd = cmd, .arg1.mfn = arg1, .arg2.src_mfn = arg2};

	return hypercall4(HC_MMUEXT_OP, (uint64_t)&op, 1, 0, DOMID_SELF);
}

int64_t paging_readonly(void *page)
{
	return paging_set((uint64_t)page, guest_mfn(page) << 12 | PAGING_RO);
}

int64_t paging_writable(void *page)
{
	return paging_set((uint64_t)page, guest_mfn(page) << 12 | PAGING_RW);
}

/* Hang a page (zeroed or filled, still writable) below an entry of level 2 to 4. */
static int64_t hang(uint64_t *entry, uint64_t *table)
{
	int64_t rc = paging_readonly(table);

	if (rc)
		return rc;
	rc = paging_update(paging_maddr(entry), guest_mfn(table) << 12 | PAGING_USER);
	if (rc)
		paging_writable(table);
	return rc;
}

/* The entry of `level`, tables above it made as needed. */
static int64_t reach(uint64_t va, unsigned int level, uint64_t **entry)
{
	unsigned int l;

	for (l = 4; l > level; l--) {
		uint64_t *e = paging_entry_of(kernel_root, va, l);
		uint64_t *table;
		int64_t rc;

		if (*e & PTE_PRESENT)
			continue;
		table = page_alloc();
		if (!table)
			return -ENOMEM;
		rc = hang(e, table);
		if (rc) {
			page_free(table);
			return rc;
		}
	}
	*entry = paging_entry_of(kernel_root, va, level);
	return 0;
}

int64_t paging_map(uint64_t va, uint64_t mfn, uint64_t flags)
{
	uint64_t *entry;
	int64_t rc = reach(va, 1, &entry);

	return rc ? rc : paging_set(va, mfn << 12 | flags);
}

int64_t paging_unmap(uint64_t va)
{
	return paging_set(va, 0);
}

void paging_set_table(uint64_t va, uint64_t *l1)
{
	uint64_t *entry;
	int64_t rc = reach(va, 2, &entry);

	if (!rc)
		rc = hang(entry, l1);
	if (rc)
		guest_panic("L1 table for %lx: error %ld", va, (long)rc);
}

int64_t paging_pin(const void *table, unsigned int level)
{
	return paging_ext(MMUEXT_PIN_L1_TABLE + level - 1, guest_mfn(table), 0);
}

int64_t paging_unpin(const void *table)
{
	return paging_ext(MMUEXT_UNPIN_TABLE, guest_mfn(table), 0);
}

int64_t paging_use_root(const void *root)
{
	return paging_ext(MMUEXT_NEW_BASEPTR, guest_mfn(root), 0);
}

int64_t paging_use_user_root(const void *root)
{
	return paging_ext(MMUEXT_NEW_USER_BASEPTR, root ? guest_mfn(root) : 0, 0);
}

static void make(struct paging_batch *b)
{
	int64_t rc = 0;

	if (b->count)
		rc = hypercall4(HC_MMU_UPDATE, (uint64_t)b->u, b->count, 0, DOMID_SELF);
	if (!b->error)
		b->error = rc;
	b->count = 0;
}

void paging_batch_add(struct paging_batch *b, uint64_t ptr, uint64_t val)
{
	if (b->count == PAGING_BATCH)
		make(b);
	b->u[b->count++] = (struct mmu_update){.ptr = ptr, .val = val};
}

int64_t paging_batch_end(struct paging_batch *b)
{
	int64_t rc;

	make(b);
	rc = b->error;
	b->error = 0;
	return rc;
}
