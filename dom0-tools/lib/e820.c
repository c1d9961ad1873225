// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/e820.h"

#include "lib/frame.h"

#define FOUR_GIB (1ull << 32)

unsigned e820_around(const struct e820_entry *machine, unsigned n, uint64_t bytes,
		     struct e820_entry out[2])
{
	uint64_t low = 0, end;
	unsigned i;

	for (i = 0; i < n; i++) {
		end = (machine[i].addr + machine[i].size) & ~(uint64_t)(FRAME_SIZE - 1);
		if (machine[i].type == E820_RAM && machine[i].addr < FOUR_GIB && end > low)
			low = end;
	}
	/* A machine without a hole, or without memory below it. */
	if (!low || low > FOUR_GIB)
		low = FOUR_GIB;
	if (bytes < low)
		low = bytes;
	out[0] = (struct e820_entry){.addr = 0, .size = low, .type = E820_RAM};
	out[1] = (struct e820_entry){.addr = FOUR_GIB, .size = bytes - low, .type = E820_RAM};
	return bytes > low ? 2 : 1;
}
