/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sets of 64-bit numbers kept as sorted ranges: what ports, frames, lines a domain may use. They
 * are looked at for each device entry of a page table and each port access: without a lock.
 */
#ifndef HV_RANGESET_H
#define HV_RANGESET_H

#include <hv/types.h>

struct range {
	uint64_t first, last;
};

struct range_block;

/* All zeros is the empty set. */
struct rangeset {
	uint32_t seq; /* odd while it changes */
	uint32_t n;   /* ranges in it */
	struct range_block *block;
};

/*
 * Add or remove [first, last]. -ENOMEM, -EINVAL (first > last): nothing has changed. Callers
 * serialise; look-ups may run meanwhile, and see the set as before or after. Not in interrupt
 * handlers.
 */
int rangeset_add(struct rangeset *s, uint64_t first, uint64_t last);
int rangeset_remove(struct rangeset *s, uint64_t first, uint64_t last);
/* Is all of [first, last] in the set? Any context, no lock. */
bool rangeset_contains(const struct rangeset *s, uint64_t first, uint64_t last);
/* Empty it. Nobody may look at it any more. */
void rangeset_free(struct rangeset *s);

#endif
