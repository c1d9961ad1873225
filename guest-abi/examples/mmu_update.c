/* SPDX-License-Identifier: MIT */
#include "abi/stubs.h"

/* Clear one entry and set another of the tables; both or, on an error, the first alone. */
int64_t entries_move(uint64_t from_maddr, uint64_t to_maddr, uint64_t entry)
{
	struct mmu_update req[2] = {
		{.ptr = from_maddr | MMU_NORMAL_PT_UPDATE, .val = 0},
		{.ptr = to_maddr | MMU_PT_UPDATE_PRESERVE_AD, .val = entry},
	};
	uint32_t done;

	return hypercall_mmu_update(req, 2, &done, DOMID_SELF);
}
