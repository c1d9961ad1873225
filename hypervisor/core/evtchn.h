/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Event channels' inside: the port record, and the two forms of delivery. */
#ifndef CORE_EVTCHN_H
#define CORE_EVTCHN_H

#include <abi/evtchn.h>
#include <hv/domain.h>
#include <hv/evtchn.h>
#include <hv/lock.h>

struct evtchn {
	struct spinlock lock; /* RANK_PORT: state and u; taken to send, too */
	uint8_t state;        /* EVTCHNSTAT_* */
	uint8_t priority;     /* FIFO: of the queue it goes to next */
	uint16_t vcpu;        /* who is notified; read without the lock */
	/* FIFO, under the domain's RANK_FIFO lock: where it was queued last (vCPU and priority). */
	uint16_t queue : 15;
	uint16_t early : 1;      /* pending, but its event word is not there yet */
	evtchn_port_t peer_port; /* interdomain, as is peer */
	union {
		struct {
			struct domain *domain;
			struct evtchn *record;
		} peer;
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

	if (port >= d->evtchn.limit)
		return NULL;
	bucket = __atomic_load_n(&d->evtchn.bucket[port / EVTCHN_PER_BUCKET], __ATOMIC_ACQUIRE);
	return bucket ? &bucket[port % EVTCHN_PER_BUCKET] : NULL;
}

/* Tell @v that it has events. Any context. */
void evtchn_upcall(struct vcpu *v);
/* @port became pending: wake vCPUs that poll for it. */
void evtchn_pollers_wake(struct domain *d, evtchn_port_t port);

/*
 * Two-level form: bitmaps in shared_info. Set: @port becomes pending, and its vCPU is told unless
 * the port is masked; pollers wake in any case (tell: that part). Any context. Clear: was it set?
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
bool evtchn_2l_clear(struct domain *d, evtchn_port_t port);
bool evtchn_2l_pending(const struct domain *d, evtchn_port_t port);

/*
 * FIFO form (abi-facts 5): a word a port and a control block a vCPU, all in the domain's memory.
 * Alloc makes the record (-ENOMEM). Control and page add what evtchn_fifo_control() and _expand()
 * take. Start: from the two-level form on; no port's event is lost. Drop: back to it; no port is
 * open, nobody sends. All of these under evtchn.c's lock, the rest in any context.
 */
int evtchn_fifo_alloc(struct domain *d);
void evtchn_fifo_start(struct domain *d);
int evtchn_fifo_control_add(struct domain *d, uint32_t vcpu, mfn_t frame, uint32_t offset);
int evtchn_fifo_page_add(struct domain *d, mfn_t frame);
void evtchn_fifo_drop(struct domain *d);
void evtchn_fifo_set(struct domain *d, struct evtchn *c, evtchn_port_t port);
void evtchn_fifo_unmask(struct domain *d, struct evtchn *c, evtchn_port_t port);
void evtchn_fifo_clear(struct domain *d, struct evtchn *c, evtchn_port_t port);
/* The word of @port; 0 while there is none. */
uint32_t evtchn_fifo_word(struct domain *d, evtchn_port_t port);

/* Make the open port pending, whatever the form. Its or its peer's lock, or evtchn.c's, is held. */
static inline void evtchn_set(struct domain *d, struct evtchn *c, evtchn_port_t port)
{
	if (unlikely(d->evtchn.fifo_on))
		evtchn_fifo_set(d, c, port);
	else
		evtchn_2l_set(d, c, port);
}

#endif
