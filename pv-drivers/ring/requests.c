/* SPDX-License-Identifier: MIT */
#include "pv-drivers/ring/requests.h"

#include <errno.h>
#include <string.h>

static uint32_t read_index(const uint32_t *p)
{
	return __atomic_load_n(p, __ATOMIC_ACQUIRE);
}

void requests_init(struct requests_ring *r, void *page, size_t bytes, uint32_t entry_size)
{
	uint32_t count = 1;

	while (RING_HEAD_SIZE + 2ul * count * entry_size <= bytes)
		count *= 2;
	*r = (struct requests_ring){.head = page,
				    .entries = (uint8_t *)page + RING_HEAD_SIZE,
				    .entry_size = entry_size,
				    .count = count};
	r->head->req_event = 1;
	r->head->rsp_event = 1;
}

bool requests_put(struct requests_ring *r, const void *request, size_t size)
{
	if (r->prod - r->cons == r->count)
		return false;
	memcpy(r->entries + (r->prod & (r->count - 1)) * r->entry_size, request, size);
	r->prod++;
	return true;
}

bool requests_push(struct requests_ring *r)
{
	uint32_t old = r->told;

	r->told = r->prod;
	/* A full barrier: the back-end's wish must not be read before it can see the requests. */
	__atomic_store_n(&r->head->req_prod, r->prod, __ATOMIC_SEQ_CST);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return r->prod - read_index(&r->head->req_event) < r->prod - old;
}

int requests_take(struct requests_ring *r, void *response, size_t size)
{
	uint32_t have = read_index(&r->head->rsp_prod) - r->cons;

	if (!have) {
		/*
		 * Ask to be told of the next one, then look once more: it may have come in between.
		 */
		__atomic_store_n(&r->head->rsp_event, r->cons + 1, __ATOMIC_SEQ_CST);
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		have = read_index(&r->head->rsp_prod) - r->cons;
		if (!have)
			return 0;
	}
	if (have > r->told - r->cons)
		return -EPROTO;
	memcpy(response, r->entries + (r->cons & (r->count - 1)) * r->entry_size, size);
	r->cons++;
	return 1;
}
