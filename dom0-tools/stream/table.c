// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdbool.h>

#include "abi/base.h"
#include "abi/mmu.h"
#include "stream/table.h"

enum { L4_SHIFT = 39, FRAME_AT = 12 };

static bool hypervisors_own(unsigned level, unsigned i)
{
	return level == 4 && i >= (HYPERVISOR_VIRT_START >> L4_SHIFT & (TABLE_ENTRIES - 1)) &&
	       i < (HYPERVISOR_VIRT_END >> L4_SHIFT & (TABLE_ENTRIES - 1));
}

static int translate(uint64_t *entry, table_map map, void *arg)
{
	uint64_t n = map(arg, (*entry & PTE_ADDR_MASK) >> FRAME_AT);

	if (n > PTE_ADDR_MASK >> FRAME_AT)
		return -ERANGE;
	*entry = (*entry & ~PTE_ADDR_MASK) | n << FRAME_AT;
	return 0;
}

int table_to_pfns(const uint64_t *from, uint64_t *to, unsigned level, table_map map, void *arg,
		  unsigned *bad)
{
	unsigned i;

	for (i = 0; i < TABLE_ENTRIES; i++) {
		/* The guest may be writing: look once. */
		uint64_t e = __atomic_load_n(&from[i], __ATOMIC_RELAXED);

		*bad = i;
		if (hypervisors_own(level, i))
			e = 0;
		if (e & PTE_PRESENT && level > 1 && e & PTE_PSE)
			return -E2BIG;
		if (e & PTE_PRESENT && translate(&e, map, arg))
			return -ERANGE;
		to[i] = e;
	}
	return 0;
}

int table_to_frames(uint64_t *table, table_map map, void *arg, unsigned *bad)
{
	unsigned i;

	for (i = 0; i < TABLE_ENTRIES; i++) {
		*bad = i;
		if (table[i] & PTE_PRESENT && translate(&table[i], map, arg))
			return -ERANGE;
	}
	return 0;
}

unsigned table_pfns(const uint64_t *table, uint64_t *list)
{
	unsigned i, n = 0;

	for (i = 0; i < TABLE_ENTRIES; i++)
		if (table[i] & PTE_PRESENT)
			list[n++] = (table[i] & PTE_ADDR_MASK) >> FRAME_AT;
	return n;
}
