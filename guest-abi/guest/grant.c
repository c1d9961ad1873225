/* SPDX-License-Identifier: MIT */
#include "guest-abi/guest/grant.h"

#include <errno.h>
#include <stddef.h>

#include "guest-abi/guest/guest.h"
#include "guest-abi/guest/paging.h"

static char frames[GRANT_FRAMES][GUEST_PAGE] __attribute__((aligned(4096)));
struct grant_entry_v1 *grant_table = (struct grant_entry_v1 *)frames;

/* References nobody uses, linked. */
static uint16_t next_free[GRANT_COUNT], first_free;

int64_t grant_op(unsigned int cmd, void *op)
{
	return hypercall3(HC_GRANT_TABLE_OP, cmd, (uint64_t)op, 1);
}

void grant_init(void)
{
	uint64_t list[GRANT_FRAMES] = {0};
	struct gnttab_setup_table op = {
		.dom = DOMID_SELF, .nr_frames = GRANT_FRAMES, .frame_list = (uint64_t)list};
	int64_t rc = grant_op(GNTTABOP_setup_table, &op);
	unsigned int i;

	for (i = 0; !rc && !op.status && i < GRANT_FRAMES; i++)
		rc = paging_set((uint64_t)frames[i], list[i] << 12 | PAGING_RW);
	if (rc || op.status)
		guest_panic("grant table: error %ld, status %d", (long)rc, op.status);
	for (i = GNTTAB_NR_RESERVED_ENTRIES; i < GRANT_COUNT; i++)
		grant_put(i);
}

int64_t grant_take(void)
{
	uint32_t ref = first_free;

	if (!ref)
		return -ENOSPC;
	first_free = next_free[ref];
	return ref;
}

void grant_put(uint32_t ref)
{
	next_free[ref] = first_free;
	first_free = (uint16_t)ref;
}

/* The flags make it valid, so they come last. */
void grant_set(uint32_t ref, uint16_t domid, uint64_t mfn, uint16_t flags)
{
	grant_table[ref].domid = domid;
	grant_table[ref].frame = (uint32_t)mfn;
	__atomic_store_n(&grant_table[ref].flags, flags, __ATOMIC_SEQ_CST);
}

int64_t grant_access(uint16_t domid, const void *page, bool readonly)
{
	int64_t ref = grant_take();

	if (ref > 0)
		grant_set((uint32_t)ref, domid, guest_mfn(page),
			  (uint16_t)(GTF_permit_access | (readonly ? GTF_readonly : 0)));
	return ref;
}

int64_t grant_end(uint32_t ref)
{
	uint16_t flags = __atomic_load_n(&grant_table[ref].flags, __ATOMIC_SEQ_CST);

	do {
		if (flags & (GTF_reading | GTF_writing))
			return -EBUSY;
	} while (!__atomic_compare_exchange_n(&grant_table[ref].flags, &flags, 0, false,
					      __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
	grant_put(ref);
	return 0;
}

int grant_map(uint16_t domid, uint32_t ref, uint64_t va, uint32_t flags, uint32_t *handle)
{
	struct gnttab_map_grant_ref op = {
		.host_addr = va, .flags = flags | GNTMAP_host_map, .ref = ref, .dom = domid};
	int64_t rc = grant_op(GNTTABOP_map_grant_ref, &op);

	*handle = op.handle;
	return rc ? GNTST_general_error : op.status;
}

int grant_unmap(uint64_t va, uint32_t handle)
{
	struct gnttab_unmap_grant_ref op = {.host_addr = va, .handle = handle};
	int64_t rc = grant_op(GNTTABOP_unmap_grant_ref, &op);

	return rc ? GNTST_general_error : op.status;
}
