/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Event channels' inside: the port record, and the two-level form of delivery. */
#ifndef CORE_EVTCHN_H
#define CORE_EVTCHN_H

#include <abi/evtchn.h>
#include <hv/domain.h>
#include <hv/evtchn.h>
#include <hv/lock.h>

struct evtchn {
	struct spinlock lock; /* RANK_PORT: state and u; taken to send, too */
	uint8_t state;        /* EVTCHNSTAT_* */
	uint16_t vcpu;        /* who is notified; read without the lock */
	union {
		struct {
			struct domain *domain;
			evtchn_port_t port;
		} peer;         /* interdomain */
		domid_t remote; /* unbound: who may bind to it */
		uint32_t pirq;
		uint32_t virq;
	} u;
};

_Static_assert(sizeof(struct evtchn) * EVTCHN_PER_BUCKET <= PAGE_SIZE, "bucket exceeds a page");

/* The record of @port, or NULL when there never was one. Any context. */
static inline struct evtchn *evtchn_find(const struct domain *d, evtchn_port_t port)
{
	struct evtchn *bucket;

	if (port >= EVTCHN_MAX_PORTS)
		return NULL;
	bucket = __atomic_load_n(&d->evtchn.bucket[port / EVTCHN_PER_BUCKET], __ATOMIC_ACQUIRE);
	return bucket ? &bucket[port % EVTCHN_PER_BUCKET] : NULL;
}

static inline bool evtchn_port_valid(const struct domain *d, evtchn_port_t port)
{
	return evtchn_find(d, port) != NULL;
}

/*
 * Two-level form: bitmaps in shared_info. Set: @port becomes pending, and its vCPU is told unless
 * the port is masked; pollers wake in any case (tell: that part). Any context.
 */
void evtchn_2l_tell(struct domain *d, const struct evtchn *c, evtchn_port_t port);
static inline void evtchn_2l_set(struct domain *d, const struct evtchn *c, evtchn_port_t port)
{
	uint64_t bit = 1ull << (port % 64);

	/* Who set it has told, or is about to. */
	if (!(__atomic_fetch_or(&d->shared_info->evtchn_pending[port / 64], bit, __ATOMIC_SEQ_CST) &
	      bit))
		evtchn_2l_tell(d, c, port);
}
void evtchn_2l_unmask(struct domain *d, const struct evtchn *c, evtchn_port_t port);
void evtchn_2l_clear(struct domain *d, evtchn_port_t port);
bool evtchn_2l_pending(const struct domain *d, evtchn_port_t port);

#endif
