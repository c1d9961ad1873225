/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mapping granted frames: handles, map, unmap, and what a dying domain leaves. */
#include "grant.h"

#include <hv/errno.h>
#include <hv/heap.h>
#include <hv/hypercall.h>
#include <hv/pv_mmu.h>

/* Entries looked at between two preemption checks. */
#define RELEASE_BATCH    64u

#define TRACK_PARTS      (GNTMAP_host_map | GNTMAP_device_map)
#define TRACK_LEAVING(p) ((p) << 6) /* claimed by an unmap that has not finished */

static struct maptrack *track_at(const struct grant_table *t, uint32_t handle)
{
	return &t->track[handle / MAPTRACK_PER_FRAME][handle % MAPTRACK_PER_FRAME];
}

static struct maptrack *track_find(const struct grant_table *t, uint32_t handle)
{
	return handle / MAPTRACK_PER_FRAME < t->nr_track ? track_at(t, handle) : NULL;
}

static void track_free(struct grant_table *t, uint32_t handle)
{
	struct maptrack *m = track_at(t, handle);

	m->flags = 0;
	m->next_free = t->track_free;
	t->track_free = handle;
}

/* A free handle, or MAPTRACK_NONE. Its entry has no flags, so nobody can unmap it yet. */
static uint32_t track_take(struct grant_table *t)
{
	uint32_t handle;

	spin_lock(&t->lock);
	if (t->track_free == MAPTRACK_NONE && t->nr_track < t->max_track) {
		struct maptrack *page = heap_alloc_zeroed();

		if (page) {
			t->track[t->nr_track++] = page;
			for (uint32_t i = MAPTRACK_PER_FRAME; i-- > 0;)
				track_free(t, (t->nr_track - 1) * (uint32_t)MAPTRACK_PER_FRAME + i);
		}
	}
	handle = t->track_free;
	if (handle != MAPTRACK_NONE)
		t->track_free = track_at(t, handle)->next_free;
	spin_unlock(&t->lock);
	return handle;
}

static void track_publish(struct grant_table *t, uint32_t handle, const struct maptrack *m)
{
	spin_lock(&t->lock);
	*track_at(t, handle) = *m;
	spin_unlock(&t->lock);
}

static void track_give_back(struct grant_table *t, uint32_t handle)
{
	spin_lock(&t->lock);
	track_free(t, handle);
	spin_unlock(&t->lock);
}

/* One use of the grant for each part, host and device, for they are unmapped apart. */
static int map_parts(struct domain *rd, struct domain *ld, const struct gnttab_map_grant_ref *op,
		     mfn_t *mfn)
{
	const bool host = op->flags & GNTMAP_host_map, device = op->flags & GNTMAP_device_map;
	const bool ro = op->flags & GNTMAP_readonly;
	mfn_t again;
	int rc;

	rc = grant_acquire(rd, op->ref, ld->id, ro, mfn);
	if (rc || !host)
		return rc;
	if (device) {
		rc = grant_acquire(rd, op->ref, ld->id, ro, &again);
		if (!rc && !mfn_eq(*mfn, again)) {
			grant_put_page(again, ro);
			grant_release_use(rd, op->ref, ro);
			rc = GNTST_general_error;
		}
		if (rc)
			goto drop;
	}
	if (!pt_grant_map(op->host_addr, op->flags & GNTMAP_contains_pte, *mfn, !ro,
			  op->flags & GNTMAP_application_map, op->flags >> GNTMAP_guest_avail0 & 7))
		return GNTST_okay;
	rc = GNTST_general_error;
	if (device) {
		grant_put_page(*mfn, ro);
		grant_release_use(rd, op->ref, ro);
	}
drop:
	grant_put_page(*mfn, ro);
	grant_release_use(rd, op->ref, ro);
	return rc;
}

static int map_one(struct domain *rd, struct domain *ld, struct gnttab_map_grant_ref *op)
{
	uint32_t handle = track_take(ld->grants);
	struct maptrack m;
	mfn_t mfn;
	int rc;

	if (handle == MAPTRACK_NONE)
		return GNTST_no_device_space;
	rc = map_parts(rd, ld, op, &mfn);
	if (rc) {
		track_give_back(ld->grants, handle);
		return rc;
	}
	m = (struct maptrack){
		.mfn = mfn.n,
		.flags = (uint8_t)(op->flags & (GNTMAP_host_map | GNTMAP_device_map |
						GNTMAP_readonly | GNTMAP_contains_pte)),
		.domid = rd->id,
		.ref = op->ref,
	};
	track_publish(ld->grants, handle, &m);
	op->handle = handle;
	op->dev_bus_addr = mfn_to_paddr(mfn).a;
	return GNTST_okay;
}

void grant_map(struct domain *ld, struct gnttab_map_grant_ref *op)
{
	struct domain *rd;

	if (!(op->flags & (GNTMAP_host_map | GNTMAP_device_map))) {
		op->status = GNTST_bad_gntref;
		return;
	}
	rd = domain_get(op->dom);
	if (!rd) {
		op->status = GNTST_bad_domain;
		return;
	}
	op->status = (int16_t)map_one(rd, ld, op);
	domain_put(rd);
}

/*
 * Claim the parts of @handle that are to go, so that nobody else takes them away meanwhile. The
 * handle itself is free again only when no part is left or leaving.
 */
static int unmap_claim(struct grant_table *t, uint32_t handle, uint64_t host_addr,
		       uint64_t bus_addr, struct grant_unmapped *out)
{
	struct maptrack *m;
	uint8_t parts = 0;
	int rc = GNTST_bad_handle;

	spin_lock(&t->lock);
	m = track_find(t, handle);
	if (!m || !(m->flags & TRACK_PARTS))
		goto unlock;
	if (host_addr)
		parts |= m->flags & GNTMAP_host_map;
	if (bus_addr && m->flags & GNTMAP_device_map) {
		rc = GNTST_bad_dev_addr;
		if (bus_addr != (uint64_t)m->mfn << PAGE_SHIFT)
			goto unlock;
		parts |= GNTMAP_device_map;
	}
	*out = (struct grant_unmapped){
		.mfn = mfn_make(m->mfn),
		.handle = handle,
		.ref = m->ref,
		.domid = (domid_t)m->domid,
		.flags = parts | (m->flags & (GNTMAP_readonly | GNTMAP_contains_pte)),
	};
	m->flags = (m->flags & ~parts) | TRACK_LEAVING(parts);
	rc = GNTST_okay;
unlock:
	spin_unlock(&t->lock);
	return rc;
}

/* The claimed parts are gone, or (@restore) there again. */
static void unmap_settle(struct grant_table *t, const struct grant_unmapped *u, bool restore)
{
	uint8_t parts = u->flags & TRACK_PARTS;
	struct maptrack *m;

	spin_lock(&t->lock);
	m = track_at(t, u->handle);
	m->flags &= (uint8_t)~TRACK_LEAVING(parts);
	if (restore)
		m->flags |= parts;
	if (!(m->flags & (TRACK_PARTS | TRACK_LEAVING(TRACK_PARTS))))
		track_free(t, u->handle);
	spin_unlock(&t->lock);
}

int grant_unmap(struct domain *ld, uint32_t handle, uint64_t host_addr, uint64_t bus_addr,
		uint64_t new_va, struct grant_unmapped *out)
{
	int rc = unmap_claim(ld->grants, handle, host_addr, bus_addr, out);

	if (rc || !(out->flags & GNTMAP_host_map))
		return rc;
	if (pt_grant_unmap(host_addr, out->flags & GNTMAP_contains_pte, out->mfn,
			   !(out->flags & GNTMAP_readonly), new_va)) {
		unmap_settle(ld->grants, out, true);
		return GNTST_general_error;
	}
	return GNTST_okay;
}

void grant_unmap_finish(struct domain *ld, const struct grant_unmapped *u)
{
	const bool ro = u->flags & GNTMAP_readonly;
	/* Cannot be gone: a domain is listed as long as a frame of it is in use. */
	struct domain *rd = domain_get(u->domid);

	for (uint8_t part = GNTMAP_device_map; part <= GNTMAP_host_map; part <<= 1) {
		if (!(u->flags & part))
			continue;
		if (rd)
			grant_release_use(rd, u->ref, ro);
		grant_put_page(u->mfn, ro);
	}
	if (rd)
		domain_put(rd);
	if (u->flags & TRACK_PARTS)
		unmap_settle(ld->grants, u, false);
}

void grant_usage(struct domain *d, struct grant_usage *out)
{
	struct grant_table *t = d->grants;

	spin_lock(&t->lock);
	*out = (struct grant_usage){.pages = t->nr_track + 2 * t->nr_frames};
	for (uint32_t i = 0; i < t->nr_track * MAPTRACK_PER_FRAME; i++)
		out->maps += track_at(t, i)->flags != 0;
	for (uint32_t i = 0; i < t->nr_frames * GRANTS_PER_FRAME; i++)
		out->used += t->uses[i / GRANTS_PER_FRAME][i % GRANTS_PER_FRAME].users != 0;
	spin_unlock(&t->lock);
}

/* Give up handle @handle of the dying @d. The host part's references go with its page tables. */
static void release_one(struct domain *d, uint32_t handle)
{
	struct maptrack m = *track_at(d->grants, handle);
	struct domain *rd;

	track_at(d->grants, handle)->flags = 0;
	if (!(m.flags & TRACK_PARTS))
		return;
	rd = domain_get((domid_t)m.domid);
	if (m.flags & GNTMAP_device_map)
		grant_put_page(mfn_make(m.mfn), m.flags & GNTMAP_readonly);
	for (uint8_t part = GNTMAP_device_map; rd && part <= GNTMAP_host_map; part <<= 1)
		if (m.flags & part)
			grant_release_use(rd, m.ref, m.flags & GNTMAP_readonly);
	if (rd)
		domain_put(rd);
}

int grant_release_mappings(struct domain *d)
{
	struct grant_table *t = d->grants;
	uint32_t end = t->nr_track * (uint32_t)MAPTRACK_PER_FRAME;

	/* Paused and dying: nobody else uses this table's handles any more. */
	while (t->track_scan < end) {
		release_one(d, t->track_scan++);
		if (t->track_scan % RELEASE_BATCH == 0 && hypercall_preempt_check())
			return -ERESTART;
	}
	return 0;
}
