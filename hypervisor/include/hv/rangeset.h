/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets of 64-bit numbers kept as sorted ranges: what ports, frames, lines a domain may use. */
#ifndef HV_RANGESET_H
#define HV_RANGESET_H

#include <hv/types.h>

struct range {
	uint64_t first, last;
};

struct rangeset {
	struct range *r;
	uint32_t n, room;
};

/* Add or remove [first, last]. -ENOMEM, -EINVAL (first > last). Callers serialise. */
int rangeset_add(struct rangeset *s, uint64_t first, uint64_t last);
int rangeset_remove(struct rangeset *s, uint64_t first, uint64_t last);
bool rangeset_contains(const struct rangeset *s, uint64_t first, uint64_t last);
bool rangeset_overlaps(const struct rangeset *s, uint64_t first, uint64_t last);
void rangeset_free(struct rangeset *s);

#endif
