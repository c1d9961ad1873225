/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Grant tables' inside: version 1 entries, use counts, maptrack. */
#ifndef CORE_GRANT_H
#define CORE_GRANT_H

#include <abi/grant.h>
#include <hv/domain.h>
#include <hv/grant.h>
#include <hv/lock.h>

#define GRANTS_PER_FRAME   (PAGE_SIZE / sizeof(struct grant_entry_v1))
#define MAPTRACK_PER_FRAME (PAGE_SIZE / sizeof(struct maptrack))
#define MAPTRACK_NONE      UINT32_MAX

/* How often a grant is in use by others; the entry's flags tell the granter that it is. */
struct grant_use {
	uint32_t users, writers;
};

/* What a handle stands for. */
struct maptrack {
	uint64_t mfn : 40;
	uint64_t flags : 8; /* GNTMAP_: host_map, device_map (both live), readonly, contains_pte */
	uint64_t domid : 16;
	uint32_t ref;
	uint32_t next_free;
};

struct grant_table {
	struct spinlock lock; /* RANK_GRANT: all that follows */
	uint32_t nr_frames, max_frames;
	uint32_t nr_track, max_track;    /* frames of maptrack */
	uint32_t track_free;             /* handle, or MAPTRACK_NONE */
	uint32_t track_scan;             /* where releasing goes on */
	struct grant_entry_v1 **entries; /* [max_frames], shared with the domain */
	struct grant_use **uses;         /* [max_frames] */
	struct maptrack **track;         /* [max_track] */
};

/*
 * Use grant @ref of @rd for domain @user: sets the entry's reading or writing flag, counts, and
 * returns the frame with an existence reference, and a writable type when not @readonly.
 * GNTST_okay or another GNTST_*, with nothing held.
 */
int grant_acquire(struct domain *rd, uint32_t ref, domid_t user, bool readonly, mfn_t *out);
/* Undo the count and the flag; the page references are the caller's to drop. */
void grant_release_use(struct domain *rd, uint32_t ref, bool readonly);
/* The references grant_acquire() took on the frame. */
void grant_put_page(mfn_t mfn, bool readonly);

#endif
