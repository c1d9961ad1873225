/* SPDX-License-Identifier: MIT */
#include "abi/stubs.h"

/* Put a descriptor into a GDT that is in use. */
int64_t gdt_entry_set(uint64_t gdt_maddr, unsigned int index, uint64_t descriptor)
{
	return hypercall_update_descriptor(gdt_maddr + 8 * index, descriptor);
}
