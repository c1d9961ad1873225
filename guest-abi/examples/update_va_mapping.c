/* SPDX-License-Identifier: MIT */
#include "abi/stubs.h"

/* Make a page read-only, here and now. */
int64_t page_protect(uint64_t va, uint64_t mfn)
{
	return hypercall_update_va_mapping(va, mfn << 12 | PTE_PRESENT | PTE_NX, UVMF_INVLPG);
}
