/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plays a guest's kernel: its half of the ring page of the fake hypervisor. */
#ifndef TESTS_STORED_GUEST_H
#define TESTS_STORED_GUEST_H

#include <stdatomic.h>
#include <string.h>

#include "port_fake.h"

static inline uint32_t guest_load(const uint32_t *p)
{
	return atomic_load_explicit((const _Atomic uint32_t *)p, memory_order_acquire);
}

static inline void guest_store(uint32_t *p, uint32_t v)
{
	atomic_store_explicit((_Atomic uint32_t *)p, v, memory_order_release);
}

/* Put what fits of n bytes into the request ring; returns how many. */
static inline uint32_t guest_put(unsigned id, const void *data, uint32_t n)
{
	struct xenstore_domain_interface *page = &port_fake->dom[id].page;
	uint32_t i, prod = page->req_prod;
	uint32_t room = XENSTORE_RING_SIZE - (prod - guest_load(&page->req_cons));

	if (n > room)
		n = room;
	for (i = 0; i < n; i++)
		page->req[(prod + i) % XENSTORE_RING_SIZE] = ((const char *)data)[i];
	guest_store(&page->req_prod, prod + n);
	port_fake->pending[id + PORT_FAKE_LOCAL] = true;
	return n;
}

/* Take up to n bytes of answers; returns how many there were. */
static inline uint32_t guest_take(unsigned id, void *data, uint32_t n)
{
	struct xenstore_domain_interface *page = &port_fake->dom[id].page;
	uint32_t i, cons = page->rsp_cons, have = guest_load(&page->rsp_prod) - cons;

	if (n > have)
		n = have;
	for (i = 0; i < n; i++)
		((char *)data)[i] = page->rsp[(cons + i) % XENSTORE_RING_SIZE];
	guest_store(&page->rsp_cons, cons + n);
	if (n)
		port_fake->pending[id + PORT_FAKE_LOCAL] = true;
	return n;
}

/* A whole message into buf, which has room for the longest; its length. */
static inline uint32_t guest_message(char *buf, unsigned type, unsigned id, const void *payload,
				     uint32_t len)
{
	struct xsd_sockmsg hdr = {.type = type, .req_id = id, .len = len};

	memcpy(buf, &hdr, sizeof(hdr));
	memcpy(buf + sizeof(hdr), payload, len);
	return (uint32_t)sizeof(hdr) + len;
}

#endif
