// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include "trace/batch.h"

#define CPUS (sizeof(((struct batch *)NULL)->last) / sizeof(uint64_t))

static int grow(struct batch *b)
{
	size_t room = b->room ? b->room * 2 : 4096;
	struct record *list = realloc(b->list, room * sizeof(*list));

	if (!list)
		return -ENOMEM;
	b->list = list;
	b->room = room;
	return 0;
}

int batch_add(struct batch *b, uint32_t cpu, const void *from, size_t size)
{
	const unsigned char *at = from;
	struct record r = {.cpu = cpu, .tsc = cpu < CPUS ? b->last[cpu] : 0};

	while (record_next(&at, &size, &r)) {
		if (b->n == b->room && grow(b))
			return -ENOMEM;
		b->list[b->n++] = r;
	}
	if (cpu < CPUS)
		b->last[cpu] = r.tsc;
	return 0;
}

static int earlier(const void *x, const void *y)
{
	const struct record *a = x, *b = y;

	return a->tsc < b->tsc ? -1 : a->tsc > b->tsc;
}

void batch_sort(struct batch *b)
{
	qsort(b->list, b->n, sizeof(*b->list), earlier);
}

void batch_clear(struct batch *b)
{
	b->n = 0;
}

void batch_free(struct batch *b)
{
	free(b->list);
	b->list = NULL;
	b->n = b->room = 0;
}
