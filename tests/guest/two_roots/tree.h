/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Roots and what hangs below one entry of a root, made of pages of the linear map. All roots of a
 * kernel share the linear map's tables with the one that the guest started with.
 */
#ifndef TWO_ROOTS_TREE_H
#define TWO_ROOTS_TREE_H

#include <stdbool.h>
#include <stdint.h>

/* Address `offset` in slot `i` of a root. */
static inline uint64_t slot_va(unsigned int i, uint64_t offset)
{
	return (i < 256 ? 0 : 0xffff000000000000ul) | (uint64_t)i << 39 | offset;
}

/* Tables for the first 2 MiB of a slot, not yet in any root. */
struct tree {
	uint64_t *l3, *l2, *l1;
	uint64_t *page; /* mapped at the slot's start, for user mode too */
};

/* The last entry of L1 maps the slot's last page, too. */
#define TREE_LAST 511

/* With a page whose first word is `value`; tree_add() before the tables are in use. */
void tree_begin(struct tree *t, uint64_t value);
void tree_add(struct tree *t, unsigned int i, const void *page);
void tree_end(struct tree *t);

/* The three together, nothing added. */
void tree_make(struct tree *t, uint64_t value);

/*
 * No root has it any more: its tables become data at once, and go back with the page. False: one
 * of them is still a table.
 */
bool tree_free(struct tree *t);

/* What a root has to have for a tree; NULL: nothing. */
uint64_t tree_entry(const struct tree *t);

/* Put a tree (NULL: nothing) into a slot of a root. 0 or -errno. */
int64_t root_set(uint64_t *root, unsigned int slot, const struct tree *t);

/* What the ABI asks for after entries that were present have changed. 0 or -errno. */
int64_t root_flush(void);

/* The two roots of a vCPU: user mode's has but slot 0, which both share (guest/user.h). */
struct pair {
	uint64_t *kernel, *user;
};

void pair_make(struct pair *p);
void pair_use(const struct pair *p);

/* The guest's first root and no user root, on this vCPU. */
void pair_leave(void);
bool pair_free(struct pair *p);

#endif
