/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Page tables on their way: machine frames become the guest's own numbers, and back. Pure. */
#ifndef TOOLS_STREAM_TABLE_H
#define TOOLS_STREAM_TABLE_H

#include <stdint.h>

enum { TABLE_ENTRIES = 512 };

/* The number for a frame, or ~0 when there is none. */
typedef uint64_t (*table_map)(void *arg, uint64_t frame);

/*
 * Copy a table of that level with each present entry's frame replaced by map's number; in an L4
 * table the hypervisor's slots become empty. 0, -E2BIG (an upper entry maps a large page) or
 * -ERANGE, with *bad the entry that is not to be translated.
 */
int table_to_pfns(const uint64_t *from, uint64_t *to, unsigned level, table_map map, void *arg,
		  unsigned *bad);

/* The way back, in place. 0 or -ERANGE with *bad. */
int table_to_frames(uint64_t *table, table_map map, void *arg, unsigned *bad);

/* Pages that the table's present entries name, into list of TABLE_ENTRIES; how many. */
unsigned table_pfns(const uint64_t *table, uint64_t *list);

#endif
