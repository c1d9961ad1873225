/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Grant tables: frames, and taking and giving back a grant. */
#include "grant.h"

#include <hv/errno.h>
#include <hv/heap.h>

int grant_table_create(struct domain *d, uint32_t max_frames, uint32_t max_maptrack_frames)
{
	struct grant_table *t = mem_alloc(sizeof(*t));

	if (!t)
		return -ENOMEM;
	d->grants = t;
	spin_lock_init(&t->lock, RANK_GRANT);
	t->max_frames = max_frames;
	t->max_track = max_maptrack_frames;
	t->track_free = MAPTRACK_NONE;
	t->entries = mem_alloc(MAX(max_frames, 1u) * sizeof(*t->entries));
	t->uses = mem_alloc(MAX(max_frames, 1u) * sizeof(*t->uses));
	t->track = mem_alloc(MAX(max_maptrack_frames, 1u) * sizeof(*t->track));
	/* On error the caller destroys the table. */
	return t->entries && t->uses && t->track ? 0 : -ENOMEM;
}

void grant_table_unshare(struct domain *d)
{
	struct grant_table *t = d->grants;

	spin_lock(&t->lock);
	t->max_frames = t->nr_frames;
	for (uint32_t i = 0; i < t->nr_frames; i++) {
		page_unshare_and_free(page_of(virt_frame(t->entries[i])));
		t->entries[i] = NULL;
	}
	spin_unlock(&t->lock);
}

void grant_table_destroy(struct domain *d)
{
	struct grant_table *t = d->grants;

	for (uint32_t i = 0; i < t->nr_frames; i++)
		heap_free_virt(t->uses[i]);
	for (uint32_t i = 0; i < t->nr_track; i++)
		heap_free_virt(t->track[i]);
	mem_free(t->entries);
	mem_free(t->uses);
	mem_free(t->track);
	d->grants = NULL;
	mem_free(t);
}

/* Under the lock. */
static int table_add_frame(struct domain *d, struct grant_table *t)
{
	struct grant_entry_v1 *entries = heap_alloc_zeroed();
	struct grant_use *uses = heap_alloc_zeroed();

	if (!entries || !uses)
		goto fail;
	page_share(page_of(virt_frame(entries)), d, true);
	t->entries[t->nr_frames] = entries;
	t->uses[t->nr_frames] = uses;
	t->nr_frames++;
	return 0;
fail:
	if (entries)
		heap_free_virt(entries);
	if (uses)
		heap_free_virt(uses);
	return -ENOMEM;
}

int grant_table_grow(struct domain *d, uint32_t frames)
{
	struct grant_table *t = d->grants;
	int rc = 0;

	spin_lock(&t->lock);
	if (frames > t->max_frames)
		rc = -EINVAL;
	while (!rc && t->nr_frames < frames)
		rc = table_add_frame(d, t);
	spin_unlock(&t->lock);
	return rc;
}

void grant_table_size(const struct domain *d, uint32_t *now, uint32_t *max)
{
	*now = __atomic_load_n(&d->grants->nr_frames, __ATOMIC_RELAXED);
	*max = d->grants->max_frames;
}

int grant_table_frame(struct domain *d, uint32_t idx, mfn_t *out)
{
	struct grant_table *t = d->grants;
	int rc;

	if (idx >= t->max_frames)
		return -EINVAL;
	rc = grant_table_grow(d, idx + 1);
	if (rc)
		return rc;
	spin_lock(&t->lock);
	if (t->entries[idx])
		*out = virt_frame(t->entries[idx]);
	else
		rc = -EINVAL;
	spin_unlock(&t->lock);
	return rc;
}

/*
 * Set the flags that say "in use", if the entry permits it. Flags and domid are one word, changed
 * in one step, because the granter may be revoking at this very moment.
 */
static int entry_mark(struct grant_entry_v1 *e, domid_t user, bool readonly)
{
	uint32_t *word = (uint32_t *)e;
	uint32_t seen = __atomic_load_n(word, __ATOMIC_ACQUIRE), want;

	do {
		if ((seen & (GTF_type_mask | GTF_sub_page)) != GTF_permit_access)
			return GNTST_general_error;
		if (seen >> 16 != user)
			return GNTST_general_error;
		if (!readonly && seen & GTF_readonly)
			return GNTST_general_error;
		want = seen | GTF_reading | (readonly ? 0 : GTF_writing);
	} while (!__atomic_compare_exchange_n(word, &seen, want, false, __ATOMIC_SEQ_CST,
					      __ATOMIC_ACQUIRE));
	return GNTST_okay;
}

/* @e is NULL when the granter is dead and nobody reads its entries any more. */
static void use_drop(struct grant_entry_v1 *e, struct grant_use *use, bool readonly)
{
	uint16_t clear = 0;

	if (!readonly && --use->writers == 0)
		clear |= GTF_writing;
	if (--use->users == 0)
		clear |= GTF_reading;
	if (clear && e)
		__atomic_fetch_and(&e->flags, (uint16_t)~clear, __ATOMIC_SEQ_CST);
}

int grant_acquire(struct domain *rd, uint32_t ref, domid_t user, bool readonly, mfn_t *out)
{
	struct grant_table *t = rd->grants;
	uint32_t frame = ref / GRANTS_PER_FRAME, i = ref % GRANTS_PER_FRAME;
	struct grant_entry_v1 *e;
	struct grant_use *use;
	mfn_t mfn;
	int rc;

	spin_lock(&t->lock);
	rc = GNTST_bad_gntref;
	if (frame >= t->nr_frames)
		goto unlock;
	rc = GNTST_bad_domain;
	if (rd->state != DOMAIN_ALIVE)
		goto unlock;
	e = &t->entries[frame][i];
	use = &t->uses[frame][i];
	rc = entry_mark(e, user, readonly);
	if (rc)
		goto unlock;
	use->users++;
	use->writers += !readonly;
	mfn = mfn_make(__atomic_load_n(&e->frame, __ATOMIC_RELAXED));
	if (readonly ? page_get(mfn, rd) : page_get_and_type(mfn, rd, PGT_WRITABLE)) {
		use_drop(e, use, readonly);
		rc = GNTST_bad_page;
	} else {
		*out = mfn;
	}
unlock:
	spin_unlock(&t->lock);
	return rc;
}

void grant_release_use(struct domain *rd, uint32_t ref, bool readonly)
{
	struct grant_table *t = rd->grants;
	uint32_t frame = ref / GRANTS_PER_FRAME, i = ref % GRANTS_PER_FRAME;

	spin_lock(&t->lock);
	use_drop(t->entries[frame] ? &t->entries[frame][i] : NULL, &t->uses[frame][i], readonly);
	spin_unlock(&t->lock);
}

void grant_put_page(mfn_t mfn, bool readonly)
{
	if (readonly)
		page_put(page_of(mfn));
	else
		page_put_and_type(page_of(mfn));
}
