/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Delivery by two-level bitmaps (ABI: abi-facts 5). The guest changes the same words while we do,
 * so every change is one atomic operation, and each step follows only from the bit it set itself.
 */
#include "evtchn.h"

#include <hv/sched.h>

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
	struct vcpu_info *info;

	if (unlikely(!v))
		return; /* not created yet: it starts with everything to be looked at */
	info = __atomic_load_n(&v->info, __ATOMIC_SEQ_CST);
	if (bit_set(&info->evtchn_pending_sel, port / 64))
		return;
	if (__atomic_exchange_n(&info->evtchn_upcall_pending, 1, __ATOMIC_SEQ_CST))
		return;
	/*
	 * Even if events look masked: a guest that unmasks them by a plain store and then tests for
	 * pending ones can pass us unseen, each store still on its way to the other CPU.
	 */
	sched_event(v);
}

static void pollers_wake(struct domain *d, evtchn_port_t port)
{
	for (unsigned w = 0; w < ARRAY_SIZE(d->evtchn.pollers); w++) {
		uint64_t m = __atomic_load_n(&d->evtchn.pollers[w], __ATOMIC_SEQ_CST);

		for (; m; m &= m - 1) {
			struct vcpu *v = d->vcpu[w * 64 + (unsigned)__builtin_ctzll(m)];

			if ((!v->poll_port || v->poll_port == port) && v->blocked)
				sched_event(v);
		}
	}
}

void evtchn_2l_tell(struct domain *d, const struct evtchn *c, evtchn_port_t port)
{
	if (!bit_test(d->shared_info->evtchn_mask, port))
		upcall(d->vcpu[__atomic_load_n(&c->vcpu, __ATOMIC_RELAXED)], port);
	if (unlikely(d->evtchn.pollers[0] | d->evtchn.pollers[1]))
		pollers_wake(d, port);
}

void evtchn_2l_unmask(struct domain *d, const struct evtchn *c, evtchn_port_t port)
{
	struct shared_info *s = d->shared_info;

	if (bit_clear(s->evtchn_mask, port) && bit_test(s->evtchn_pending, port))
		upcall(d->vcpu[__atomic_load_n(&c->vcpu, __ATOMIC_RELAXED)], port);
}

void evtchn_2l_clear(struct domain *d, evtchn_port_t port)
{
	bit_clear(d->shared_info->evtchn_pending, port);
}

bool evtchn_2l_pending(const struct domain *d, evtchn_port_t port)
{
	return bit_test(d->shared_info->evtchn_pending, port);
}

bool evtchn_upcall_ready(const struct vcpu *v)
{
	const struct vcpu_info *info = v->info;

	return __atomic_load_n(&info->evtchn_upcall_pending, __ATOMIC_SEQ_CST) &&
	       !__atomic_load_n(&info->evtchn_upcall_mask, __ATOMIC_SEQ_CST);
}

void evtchn_resync(struct vcpu *v)
{
	__atomic_store_n(&v->info->evtchn_pending_sel, ~0ull, __ATOMIC_SEQ_CST);
	__atomic_store_n(&v->info->evtchn_upcall_pending, 1, __ATOMIC_SEQ_CST);
}
