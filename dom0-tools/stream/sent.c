// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <xxhash.h>

#include "stream/check.h"
#include "stream/sent.h"

/* Zeros: not sent. */
struct sent_page {
	XXH128_hash_t digest;
};

int sent_open(struct sent *s, uint64_t n)
{
	/* A guest that knew it could make pages that differ and look the same. */
	if (getrandom(&s->seed, sizeof(s->seed), 0) != sizeof(s->seed))
		return -ENOMEM;
	s->page = calloc(n, sizeof(*s->page));
	return s->page ? 0 : -ENOMEM;
}

void sent_close(struct sent *s)
{
	free(s->page);
	s->page = NULL;
}

bool sent_same(struct sent *s, uint64_t pfn, unsigned kind, const void *page)
{
	XXH128_hash_t now = XXH3_128bits_withSeed(page, PAGE_BYTES, s->seed ^ kind);
	bool same = XXH128_isEqual(now, s->page[pfn].digest);

	s->page[pfn].digest = now;
	return same;
}

void sent_forget(struct sent *s, uint64_t pfn)
{
	memset(&s->page[pfn], 0, sizeof(s->page[pfn]));
}
