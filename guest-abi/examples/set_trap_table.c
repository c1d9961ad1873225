/* SPDX-License-Identifier: MIT */
#include "abi/stubs.h"

extern void divide_entry(void), page_fault_entry(void);

/* Two handlers; page faults are taken with events masked. */
int64_t traps_set(void)
{
	struct trap_info traps[3] = {
		{.vector = 0, .cs = FLAT_RING3_CS64, .address = ABI_PTR(divide_entry)},
		{.vector = 14,
		 .flags = TRAP_INFO_MASK_EVENTS,
		 .cs = FLAT_RING3_CS64,
		 .address = ABI_PTR(page_fault_entry)},
	};

	return hypercall_set_trap_table(traps); /* the row of zeros is the end */
}
