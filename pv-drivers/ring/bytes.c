// SPDX-License-Identifier: MIT
#include <errno.h>
#include <string.h>

#include "pv-drivers/ring/bytes.h"

/*
 * Publish an index. A full barrier: a peer may ring only if it finds the ring empty or full after
 * it moved its own index, so ours must be seen before we look at the peer's again.
 */
static void publish(uint32_t *p, uint32_t v)
{
	__atomic_store_n(p, v, __ATOMIC_SEQ_CST);
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

long bytes_look(const struct bytes_ring *r, char *to, size_t n)
{
	/* Acquire: the bytes below prod were written before prod was. */
	uint32_t prod = __atomic_load_n(r->prod, __ATOMIC_ACQUIRE);
	uint32_t have = prod - r->own, at = r->own & (r->size - 1);
	size_t first;

	if (have > r->size)
		return -EPROTO;
	n = least(n, have);
	first = least(n, r->size - at);
	memcpy(to, r->data + at, first);
	memcpy(to + first, r->data, n - first);
	return (long)n;
}

void bytes_done(struct bytes_ring *r, size_t n)
{
	r->own += (uint32_t)n;
	publish(r->cons, r->own);
}

long bytes_take(struct bytes_ring *r, char *to, size_t n)
{
	long got = bytes_look(r, to, n);

	if (got >= 0)
		bytes_done(r, (size_t)got);
	return got;
}

long bytes_room(const struct bytes_ring *r)
{
	uint32_t used = r->own - __atomic_load_n(r->cons, __ATOMIC_ACQUIRE);

	return used > r->size ? -EPROTO : (long)(r->size - used);
}

long bytes_add(struct bytes_ring *r, const char *from, size_t n)
{
	uint32_t at = r->own & (r->size - 1);
	long room = bytes_room(r);
	size_t first;

	if (room < 0)
		return room;
	n = least(n, (size_t)room);
	first = least(n, r->size - at);
	memcpy(r->data + at, from, first);
	memcpy(r->data, from + first, n - first);
	r->own += (uint32_t)n;
	publish(r->prod, r->own);
	return (long)n;
}
