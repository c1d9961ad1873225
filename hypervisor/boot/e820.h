/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BOOT_E820_H
#define BOOT_E820_H

#include <hv/boot.h>

#define LOW_MEMORY_END 0x100000ull /* firmware's and the screen's; never in the heap */

/*
 * Sort @in, resolve overlaps (the less usable type wins), join neighbours, unknown types become
 * reserved. Returns the number written to @out, at most @max. Pure.
 */
unsigned e820_tidy(const struct e820_entry *in, unsigned n, struct e820_entry *out, unsigned max);

/* Take over the machine's map. */
void e820_init(const struct e820_entry *map, unsigned n);
/* Keep [start, end) from allocation; bounds are widened to frames. */
void e820_reserve(uint64_t start, uint64_t end);
/* The first free range at or above @from (whole frames): false when there is none. */
bool e820_next_free(uint64_t from, uint64_t *start, uint64_t *end);
/* Hand all free RAM to the heap; boot_alloc() ends here. */
void e820_to_heap(void);
/* Is boot_alloc() still to be used? */
bool e820_allocating(void);

#endif
