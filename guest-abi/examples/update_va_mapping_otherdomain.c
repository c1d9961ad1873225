/* SPDX-License-Identifier: MIT */
#include "abi/stubs.h"

/* The control domain maps a frame of a guest at `va`. */
int64_t foreign_map(uint64_t va, uint64_t mfn, uint16_t dom)
{
	return hypercall_update_va_mapping_otherdomain(
		va, mfn << 12 | PTE_PRESENT | PTE_RW | PTE_USER | PTE_NX, UVMF_INVLPG, dom);
}
