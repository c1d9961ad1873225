/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Grant tables (version 1): entries of a domain, maps held by it. */
#ifndef HV_GRANT_H
#define HV_GRANT_H

#include <hv/page.h>

struct domain;

int grant_table_create(struct domain *d, uint32_t max_frames, uint32_t max_maptrack_frames);
/* Unmap all that @d mapped of others; -ERESTART: again. Called while the domain dies. */
int grant_release_mappings(struct domain *d);
/* A dead domain shares no frames any more; uses by others are still counted down. */
void grant_table_unshare(struct domain *d);
void grant_table_destroy(struct domain *d);

/* Frame @idx of the table, growing it; for acquire_resource and the builder. -EINVAL, -ENOMEM. */
int grant_table_frame(struct domain *d, uint32_t idx, mfn_t *out);

/* Grow the table to @frames frames. -EINVAL beyond its limit, -ENOMEM. */
int grant_table_grow(struct domain *d, uint32_t frames);
/* Frames it has, and may have. */
void grant_table_size(const struct domain *d, uint32_t *now, uint32_t *max);

/* For reports: handles @d holds on others' frames, own entries that others use, pages of tables. */
struct grant_usage {
	uint32_t maps, used, pages;
};
void grant_usage(struct domain *d, struct grant_usage *out);

/*
 * One element of a map or copy: done for @ld, the current domain; the status (GNTST_*) and, for a
 * map, handle and bus address are filled in.
 */
struct gnttab_map_grant_ref;
struct gnttab_copy;
void grant_map(struct domain *ld, struct gnttab_map_grant_ref *op);
void grant_copy(struct domain *ld, struct gnttab_copy *op);

/* An unmap half done: the page-table entry is cleared, references wait for the TLB flush. */
struct grant_unmapped {
	mfn_t mfn;
	uint32_t handle, ref;
	domid_t domid;
	uint8_t flags; /* GNTMAP_*: the parts that went, and readonly */
};
/*
 * Take away the mapping of @handle at @host_addr and, if given, the one for @bus_addr; GNTST_*.
 * @new_va != 0: what is mapped there moves to @host_addr. GNTST_okay: @out is to be given to
 * grant_unmap_finish() once the TLBs are flushed.
 */
int grant_unmap(struct domain *ld, uint32_t handle, uint64_t host_addr, uint64_t bus_addr,
		uint64_t new_va, struct grant_unmapped *out);
void grant_unmap_finish(struct domain *ld, const struct grant_unmapped *u);

#endif
