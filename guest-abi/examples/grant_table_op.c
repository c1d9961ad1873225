/* SPDX-License-Identifier: MIT */
#include "abi/stubs.h"

/* Map a page that domain `dom` has granted to us, at `va`. */
int64_t grant_map(uint16_t dom, uint32_t ref, uint64_t va, uint32_t *handle)
{
	struct gnttab_map_grant_ref op = {
		.host_addr = va,
		.flags = GNTMAP_host_map,
		.ref = ref,
		.dom = dom,
	};
	int64_t rc = gnttabop_map_grant_ref(&op, 1);

	*handle = op.handle;
	return rc ? rc : op.status;
}

/* Grant a page of ours: no hypercall. The flags come last, for they make the entry valid. */
void grant_give(struct grant_entry_v1 *table, uint32_t ref, uint16_t dom, uint32_t mfn)
{
	table[ref].domid = dom;
	table[ref].frame = mfn;
	__atomic_store_n(&table[ref].flags, GTF_permit_access, __ATOMIC_RELEASE);
}
