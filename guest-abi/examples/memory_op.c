/* SPDX-License-Identifier: MIT */
#include "abi/stubs.h"

/* Give one page back, as a balloon does. It must not be mapped any more. */
int page_give_back(uint64_t mfn)
{
	struct memory_reservation r = {
		.extent_start = ABI_PTR(&mfn),
		.nr_extents = 1,
		.domid = DOMID_SELF,
	};

	return xenmem_decrease_reservation(&r) == 1;
}

/* Get one for place `pfn`; its machine frame comes back in the same variable. */
int page_get(uint64_t *pfn)
{
	struct memory_reservation r = {
		.extent_start = ABI_PTR(pfn),
		.nr_extents = 1,
		.domid = DOMID_SELF,
	};

	return xenmem_populate_physmap(&r) == 1;
}
