/* SPDX-License-Identifier: MIT */
/*
 * Page tables. They are the guest's own pages and hold machine frames; the hypervisor checks each
 * entry. A page that is (to become) a table must not be writable anywhere, so tables are changed by
 * hypercall: at once, or many together in a batch. The functions below work on the kernel's own
 * tree, that of the root which paging_init() was given, and on one vCPU at a time.
 */
#ifndef GUEST_PAGING_H
#define GUEST_PAGING_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/mmu.h"

#define PAGING_RO   (PTE_PRESENT | PTE_ACCESSED | PTE_DIRTY)
#define PAGING_RW   (PAGING_RO | PTE_RW)
#define PAGING_USER (PAGING_RW | PTE_USER)

void paging_init(uint64_t *root);
uint64_t *paging_root(void);

/* L1 entry of an address, to be read only; NULL when a table above it is missing. */
uint64_t *paging_entry(uint64_t va);

/* The same in another tree, whose tables lie in the linear map. Level 1 to 4. */
uint64_t *paging_entry_of(uint64_t *root, uint64_t va, unsigned int level);

/* Machine address of an entry of a table of the linear map. */
uint64_t paging_maddr(const void *entry);

/* Set the L1 entry of an address whose tables exist, and flush it on all vCPUs. 0 or -errno. */
int64_t paging_set(uint64_t va, uint64_t pte);

/*
 * Map a frame (of any kind) at an address, making tables as needed. 0, -ENOMEM or the hypervisor's.
 */
int64_t paging_map(uint64_t va, uint64_t mfn, uint64_t flags);
int64_t paging_unmap(uint64_t va);

/* Make a page of the linear map a page table's material, and the reverse. 0 or -errno. */
int64_t paging_readonly(void *page);
int64_t paging_writable(void *page);

/* Put an L1 table (still writable) where there is none; a panic if it cannot be. */
void paging_set_table(uint64_t va, uint64_t *l1);

/* Pin and unpin a table of the linear map as level 1 to 4; switch roots. 0 or -errno. */
int64_t paging_pin(const void *table, unsigned int level);
int64_t paging_unpin(const void *table);
int64_t paging_use_root(const void *root);
int64_t paging_use_user_root(const void *root); /* NULL: none */

/* One mmuext_op by command and first argument. */
int64_t paging_ext(unsigned int cmd, uint64_t arg1, uint64_t arg2);

/* One mmu_update by machine address (command in bits 1:0). */
int64_t paging_update(uint64_t ptr, uint64_t val);

/* Updates gathered and made together. */
#define PAGING_BATCH 64
struct paging_batch {
	struct mmu_update u[PAGING_BATCH];
	unsigned int count;
	int64_t error; /* the first one */
};
void paging_batch_add(struct paging_batch *b, uint64_t ptr, uint64_t val);

/* Make what is left; the batch is empty afterwards. 0 or the first error since the last one. */
int64_t paging_batch_end(struct paging_batch *b);

#endif
