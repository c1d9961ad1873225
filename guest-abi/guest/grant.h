/* SPDX-License-Identifier: MIT */
/* Grants: pages lent to other domains, and theirs used here. Version 1 entries. */
#ifndef GUEST_GRANT_H
#define GUEST_GRANT_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/grant.h"

#define GRANT_FRAMES 4
#define GRANT_COUNT  (GRANT_FRAMES * 512u)

/* Maps the table's frames. A panic if there is no grant table. */
void grant_init(void);

/* The table itself, for those who want to write entries of their own. */
extern struct grant_entry_v1 *grant_table;

/* Lend a page of the linear map to a domain. The reference, or -ENOSPC. */
int64_t grant_access(uint16_t domid, const void *page, bool readonly);

/* The same for a frame, with a reference that grant_take() gave. */
int64_t grant_take(void);
void grant_put(uint32_t ref);
void grant_set(uint32_t ref, uint16_t domid, uint64_t mfn, uint16_t flags);

/* Take it back. 0, or -EBUSY: still mapped over there, and lent as before. */
int64_t grant_end(uint32_t ref);

/*
 * Map what another domain lends at an address of ours, whose tables exist; PAGING flags do not
 * apply, but GNTMAP_readonly does. Status GNTST_*; the handle undoes it.
 */
int grant_map(uint16_t domid, uint32_t ref, uint64_t va, uint32_t flags, uint32_t *handle);
int grant_unmap(uint64_t va, uint32_t handle);

/* A hypercall with one operation. 0 or -errno; the operation's own status is in it. */
int64_t grant_op(unsigned int cmd, void *op);

#endif
