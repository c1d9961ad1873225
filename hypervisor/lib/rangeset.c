/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sorted, disjoint, non-adjacent ranges in one array. Sets are small (a domain's ports and
 * frames), so a linear pass is fine.
 */
#include <hv/rangeset.h>

#include <hv/errno.h>
#include <hv/heap.h>
#include <hv/string.h>

/* Room for @n ranges, so that the change itself cannot fail. */
static int rangeset_reserve(struct rangeset *s, uint32_t n)
{
	uint32_t room = s->room ? s->room : 8;
	struct range *r;

	if (n <= s->room)
		return 0;
	while (room < n)
		room *= 2;
	r = mem_alloc(room * sizeof(*r));
	if (!r)
		return -ENOMEM;
	if (s->r)
		memcpy(r, s->r, s->n * sizeof(*r));
	mem_free(s->r);
	s->r = r;
	s->room = room;
	return 0;
}

/* Replace the @n ranges from @at by @repl[0..@m). */
static void rangeset_splice(struct rangeset *s, uint32_t at, uint32_t n, const struct range *repl,
			    uint32_t m)
{
	memmove(&s->r[at + m], &s->r[at + n], (s->n - at - n) * sizeof(*s->r));
	memcpy(&s->r[at], repl, m * sizeof(*repl));
	s->n = s->n - n + m;
}

int rangeset_add(struct rangeset *s, uint64_t first, uint64_t last)
{
	struct range merged = {first, last};
	uint32_t at = 0, end;
	int rc;

	if (first > last)
		return -EINVAL;
	rc = rangeset_reserve(s, s->n + 1);
	if (rc)
		return rc;
	while (at < s->n && first && s->r[at].last < first - 1)
		at++;
	for (end = at; end < s->n && (last == UINT64_MAX || s->r[end].first <= last + 1); end++) {
		merged.first = MIN(merged.first, s->r[end].first);
		merged.last = MAX(merged.last, s->r[end].last);
	}
	rangeset_splice(s, at, end - at, &merged, 1);
	return 0;
}

int rangeset_remove(struct rangeset *s, uint64_t first, uint64_t last)
{
	struct range rest[2];
	uint32_t at = 0, end, m = 0;
	int rc;

	if (first > last)
		return -EINVAL;
	rc = rangeset_reserve(s, s->n + 1);
	if (rc)
		return rc;
	while (at < s->n && s->r[at].last < first)
		at++;
	for (end = at; end < s->n && s->r[end].first <= last; end++) {
		if (s->r[end].first < first)
			rest[m++] = (struct range){s->r[end].first, first - 1};
		if (s->r[end].last > last)
			rest[m++] = (struct range){last + 1, s->r[end].last};
	}
	rangeset_splice(s, at, end - at, rest, m);
	return 0;
}

bool rangeset_contains(const struct rangeset *s, uint64_t first, uint64_t last)
{
	for (uint32_t i = 0; i < s->n; i++)
		if (s->r[i].first <= first && last <= s->r[i].last)
			return first <= last;
	return false;
}

bool rangeset_overlaps(const struct rangeset *s, uint64_t first, uint64_t last)
{
	for (uint32_t i = 0; i < s->n; i++)
		if (s->r[i].first <= last && first <= s->r[i].last)
			return true;
	return false;
}

void rangeset_free(struct rangeset *s)
{
	mem_free(s->r);
	*s = (struct rangeset){0};
}
