// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

enum { BUF_KEEP = 512 };

static void *check(void *p, size_t n)
{
	if (!p) {
		fprintf(stderr,
			"pav-stored: out of memory (%zu bytes): stopping; state is kept, restart "
			"me\n",
			n);
		abort();
	}
	return p;
}

void *mem_alloc(size_t n)
{
	return check(malloc(n), n);
}

void *mem_zalloc(size_t n)
{
	return check(calloc(1, n), n);
}

void *mem_realloc(void *p, size_t n)
{
	return check(realloc(p, n), n);
}

char *buf_grow(struct buf *b, uint32_t n)
{
	if (b->head + b->len + n > b->cap) {
		if (b->head) {
			memmove(b->p, b->p + b->head, b->len);
			b->head = 0;
		}
		if (b->len + n > b->cap) {
			b->cap = b->len + n < 128 ? 128 : (b->len + n) * 3 / 2;
			b->p = mem_realloc(b->p, b->cap);
		}
	}
	b->len += n;
	return b->p + b->head + b->len - n;
}

void buf_put(struct buf *b, const void *data, uint32_t n)
{
	if (n)
		memcpy(buf_grow(b, n), data, n);
}

void buf_take(struct buf *b, uint32_t n)
{
	b->head += n;
	b->len -= n;
	if (b->len)
		return;
	b->head = 0;
	if (b->cap > BUF_KEEP)
		buf_free(b);
}

void buf_free(struct buf *b)
{
	free(b->p);
	*b = (struct buf){0};
}
