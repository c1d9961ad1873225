/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Delivery by two-level bitmaps (ABI: abi-facts 5). The guest changes the same words while we do,
 * so every change is one atomic operation, and each step follows only from the bit it set itself.
 */
#include "evtchn.h"

#include <hv/trace.h>

/* Set the bit; was it set before? */
static bool bit_set(uint64_t *words, unsigned nr)
{
	uint64_t bit = 1ull << (nr % 64);

	return __atomic_fetch_or(&words[nr / 64], bit, __ATOMIC_SEQ_CST) & bit;
}

static bool bit_clear(uint64_t *words, unsigned nr)
{
	uint64_t bit = 1ull << (nr % 64);

	return __atomic_fetch_and(&words[nr / 64], ~bit, __ATOMIC_SEQ_CST) & bit;
}

static bool bit_test(const uint64_t *words, unsigned nr)
{
	return __atomic_load_n(&words[nr / 64], __ATOMIC_SEQ_CST) >> (nr % 64) & 1;
}

/* Tell the vCPU that word @port / 64 has news. */
static void upcall(struct vcpu *v, evtchn_port_t port)
{
	/* One not created yet starts with everything to be looked at. */
	if (likely(v) &&
	    !bit_set(&__atomic_load_n(&v->info, __ATOMIC_SEQ_CST)->evtchn_pending_sel, port / 64))
		evtchn_upcall(v);
}

void evtchn_2l_tell(struct domain *d, const struct evtchn *c, evtchn_port_t port)
{
	struct vcpu *v = d->vcpu[__atomic_load_n(&c->vcpu, __ATOMIC_RELAXED)];

	if (trace_on() && v)
		trace_event(v, port);
	if (!bit_test(d->shared_info->evtchn_mask, port))
		upcall(v, port);
	if (unlikely(d->evtchn.pollers[0] | d->evtchn.pollers[1]))
		evtchn_pollers_wake(d, port);
}

void evtchn_2l_unmask(struct domain *d, const struct evtchn *c, evtchn_port_t port)
{
	struct shared_info *s = d->shared_info;

	if (port < EVTCHN_2L_PORTS && bit_clear(s->evtchn_mask, port) &&
	    bit_test(s->evtchn_pending, port))
		upcall(d->vcpu[__atomic_load_n(&c->vcpu, __ATOMIC_RELAXED)], port);
}

bool evtchn_2l_clear(struct domain *d, evtchn_port_t port)
{
	return port < EVTCHN_2L_PORTS && bit_clear(d->shared_info->evtchn_pending, port);
}

bool evtchn_2l_pending(const struct domain *d, evtchn_port_t port)
{
	return port < EVTCHN_2L_PORTS && bit_test(d->shared_info->evtchn_pending, port);
}
