/* SPDX-License-Identifier: MIT */
/*
 * The front's half of a ring of requests and responses, one page. The back-end is not trusted: its
 * index is read once and checked, a response is copied once and only the copy is used, and the
 * ring's own indices are kept in private memory. One caller at a time.
 */
#ifndef PV_RING_REQUESTS_H
#define PV_RING_REQUESTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/ring.h"

struct requests_ring {
	struct ring_head *head; /* shared */
	uint8_t *entries;       /* shared */
	uint32_t entry_size;    /* the larger of request and response */
	uint32_t count;         /* a power of two */
	uint32_t prod,
		cons; /* requests made, responses taken; `told` of the former are published */
	uint32_t told;
};

/* Prepare a zeroed page of `bytes`. */
void requests_init(struct requests_ring *r, void *page, size_t bytes, uint32_t entry_size);

/* Put a request of `size` bytes into the next slot. False: all slots are on their way. */
bool requests_put(struct requests_ring *r, const void *request, size_t size);

/* Publish what was put. True: the back-end wants to be notified. */
bool requests_push(struct requests_ring *r);

/*
 * Take the next response. 1; 0: there is none, and the back-end will notify when there is; -EPROTO:
 * more responses than requests, which no honest back-end gives.
 */
int requests_take(struct requests_ring *r, void *response, size_t size);

/* How many requests are without response. */
static inline uint32_t requests_in_flight(const struct requests_ring *r)
{
	return r->prod - r->cons;
}

#endif
