/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sorted, disjoint, non-adjacent ranges in one block of memory. Sets are small (a domain's ports
 * and frames), so a linear pass is fine.
 *
 * Readers take no lock. One that the set changed under notices by the sequence number and looks
 * again; what it read meanwhile may be nonsense, but is memory of the set: a block that was too
 * small stays until the set is freed. Blocks grow twofold, so those kept are no larger than the one
 * in use.
 */
#include <hv/rangeset.h>

#include <hv/errno.h>
#include <hv/heap.h>
#include <hv/string.h>

#define ROOM_FIRST 7u /* with the header, a power of two */

struct range_block {
	struct range_block *older;
	uint32_t room;
	struct range r[];
};

/* Room for one more range than there are, so that the change itself cannot fail. */
static int rangeset_reserve(struct rangeset *s)
{
	struct range_block *old = s->block, *b;
	uint32_t room = old ? 2 * old->room : ROOM_FIRST;

	if (old && s->n < old->room)
		return 0;
	b = mem_alloc(sizeof(*b) + room * sizeof(b->r[0]));
	if (!b)
		return -ENOMEM;
	b->older = old;
	b->room = room;
	if (old)
		memcpy(b->r, old->r, s->n * sizeof(b->r[0]));
	__atomic_store_n(&s->block, b, __ATOMIC_RELEASE);
	return 0;
}

/* Replace the @n ranges from @at by @repl[0..@m). */
static void rangeset_splice(struct rangeset *s, uint32_t at, uint32_t n, const struct range *repl,
			    uint32_t m)
{
	struct range *r = s->block->r;

	__atomic_store_n(&s->seq, s->seq + 1, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	memmove(&r[at + m], &r[at + n], (s->n - at - n) * sizeof(*r));
	memcpy(&r[at], repl, m * sizeof(*repl));
	__atomic_store_n(&s->n, s->n - n + m, __ATOMIC_RELAXED);
	__atomic_store_n(&s->seq, s->seq + 1, __ATOMIC_RELEASE);
}

int rangeset_add(struct rangeset *s, uint64_t first, uint64_t last)
{
	struct range merged = {first, last}, *r;
	uint32_t at = 0, end;
	int rc;

	if (first > last)
		return -EINVAL;
	rc = rangeset_reserve(s);
	if (rc)
		return rc;
	r = s->block->r;
	while (at < s->n && first && r[at].last < first - 1)
		at++;
	for (end = at; end < s->n && (last == UINT64_MAX || r[end].first <= last + 1); end++) {
		merged.first = MIN(merged.first, r[end].first);
		merged.last = MAX(merged.last, r[end].last);
	}
	rangeset_splice(s, at, end - at, &merged, 1);
	return 0;
}

int rangeset_remove(struct rangeset *s, uint64_t first, uint64_t last)
{
	uint32_t at = 0, end, m = 0;
	struct range rest[2], *r;
	int rc;

	if (first > last)
		return -EINVAL;
	rc = rangeset_reserve(s);
	if (rc)
		return rc;
	r = s->block->r;
	while (at < s->n && r[at].last < first)
		at++;
	for (end = at; end < s->n && r[end].first <= last; end++) {
		if (r[end].first < first)
			rest[m++] = (struct range){r[end].first, first - 1};
		if (r[end].last > last)
			rest[m++] = (struct range){last + 1, r[end].last};
	}
	rangeset_splice(s, at, end - at, rest, m);
	return 0;
}

bool rangeset_contains(const struct rangeset *s, uint64_t first, uint64_t last)
{
	const struct range_block *b;
	uint32_t seq, n;
	bool found;

	do {
		seq = __atomic_load_n(&s->seq, __ATOMIC_ACQUIRE);
		n = __atomic_load_n(&s->n, __ATOMIC_RELAXED);
		b = __atomic_load_n(&s->block, __ATOMIC_ACQUIRE);
		found = false;
		/* A count that is newer than the block may be too large for it. */
		for (uint32_t i = 0; b && i < MIN(n, b->room) && !found; i++)
			found = __atomic_load_n(&b->r[i].first, __ATOMIC_RELAXED) <= first &&
				__atomic_load_n(&b->r[i].last, __ATOMIC_RELAXED) >= last;
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
	} while (unlikely(seq & 1 || __atomic_load_n(&s->seq, __ATOMIC_RELAXED) != seq));
	return found && first <= last;
}

void rangeset_free(struct rangeset *s)
{
	for (struct range_block *b = s->block, *older; b; b = older) {
		older = b->older;
		mem_free(b);
	}
	*s = (struct rangeset){0};
}
