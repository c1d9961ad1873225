/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ports: allocation, what they are bound to, sending. README.md ("Event channels") has the locks.
 */
#include "evtchn.h"

#include <hv/errno.h>
#include <hv/heap.h>
#include <hv/hypercall.h>
#include <hv/irq.h>
#include <hv/vcpu.h>

static struct spinlock bind_lock = SPINLOCK_INIT(RANK_EVTCHN);

static bool virq_is_global(uint32_t virq)
{
	return virq != VIRQ_TIMER && virq != VIRQ_DEBUG && virq != VIRQ_XENOPROF &&
	       virq != VIRQ_XENPMU;
}

int evtchn_domain_init(struct domain *d, uint32_t max_port)
{
	struct evtchn *first = heap_alloc_zeroed();

	if (!first)
		return -ENOMEM;
	for (unsigned i = 0; i < EVTCHN_PER_BUCKET; i++)
		spin_lock_init(&first[i].lock, RANK_PORT);
	d->evtchn.bucket[0] = first;
	d->evtchn.used[0] = 1; /* port 0 is nobody's */
	d->evtchn.max_port = MIN(max_port, EVTCHN_MAX_PORTS - 1);
	return 0;
}

void evtchn_domain_free(struct domain *d)
{
	for (unsigned i = 0; i < EVTCHN_MAX_BUCKETS; i++)
		if (d->evtchn.bucket[i])
			heap_free_virt(d->evtchn.bucket[i]);
}

static int bucket_add(struct domain *d, unsigned nr)
{
	struct evtchn *b = heap_alloc_zeroed();

	if (!b)
		return -ENOMEM;
	for (unsigned i = 0; i < EVTCHN_PER_BUCKET; i++)
		spin_lock_init(&b[i].lock, RANK_PORT);
	__atomic_store_n(&d->evtchn.bucket[nr], b, __ATOMIC_RELEASE);
	return 0;
}

/* The lowest free port, not yet taken; its record exists. Under bind_lock. */
static int port_find_free(struct domain *d, evtchn_port_t *port)
{
	unsigned w = 0;
	evtchn_port_t p;

	if (d->evtchn.dying)
		return -EINVAL;
	while (w < ARRAY_SIZE(d->evtchn.used) && !~d->evtchn.used[w])
		w++;
	if (w == ARRAY_SIZE(d->evtchn.used))
		return -ENOSPC;
	p = w * 64 + (unsigned)__builtin_ctzll(~d->evtchn.used[w]);
	if (p > d->evtchn.max_port)
		return -ENOSPC;
	*port = p;
	return d->evtchn.bucket[p / EVTCHN_PER_BUCKET] ? 0 : bucket_add(d, p / EVTCHN_PER_BUCKET);
}

/* Take @port, or change what it is: @as is copied, but for the lock. Under bind_lock. */
static void port_set(struct domain *d, evtchn_port_t port, const struct evtchn *as)
{
	struct evtchn *c = evtchn_find(d, port);
	uint64_t bit = 1ull << (port % 64);
	unsigned long flags;

	if (!(d->evtchn.used[port / 64] & bit)) {
		d->evtchn.used[port / 64] |= bit;
		d->evtchn.active++;
	}
	flags = spin_lock_irqsave(&c->lock);
	c->u = as->u;
	__atomic_store_n(&c->vcpu, as->vcpu, __ATOMIC_RELAXED);
	c->state = as->state;
	spin_unlock_irqrestore(&c->lock, flags);
}

static void port_free(struct domain *d, evtchn_port_t port)
{
	const struct evtchn closed = {.state = EVTCHNSTAT_closed};

	port_set(d, port, &closed);
	evtchn_2l_clear(d, port);
	d->evtchn.used[port / 64] &= ~(1ull << (port % 64));
	d->evtchn.active--;
}

/* Find a free port of @d and make it @as. */
static int port_new(struct domain *d, const struct evtchn *as, evtchn_port_t *port)
{
	int rc;

	spin_lock(&bind_lock);
	rc = port_find_free(d, port);
	if (!rc)
		port_set(d, *port, as);
	spin_unlock(&bind_lock);
	return rc;
}

int evtchn_alloc_unbound(struct domain *d, domid_t remote, evtchn_port_t *port)
{
	const struct evtchn as = {.state = EVTCHNSTAT_unbound, .u.remote = remote};

	return port_new(d, &as, port);
}

int evtchn_bind_interdomain(struct domain *d, struct domain *rd, evtchn_port_t rport,
			    evtchn_port_t *port)
{
	struct evtchn here = {.state = EVTCHNSTAT_interdomain}, there = here;
	const struct evtchn *rc_rec;
	int rc;

	spin_lock(&bind_lock);
	rc_rec = evtchn_find(rd, rport);
	rc = -EINVAL;
	if (!rc_rec || rc_rec->state != EVTCHNSTAT_unbound || rc_rec->u.remote != d->id)
		goto unlock;
	rc = port_find_free(d, port);
	if (rc)
		goto unlock;
	there.vcpu = rc_rec->vcpu;
	there.u.peer.domain = d;
	there.u.peer.port = *port;
	here.u.peer.domain = rd;
	here.u.peer.port = rport;
	port_set(d, *port, &here);
	port_set(rd, rport, &there);
	/* The peer may have sent while nobody was bound: let the binder look at once. */
	evtchn_2l_set(d, evtchn_find(d, *port), *port);
unlock:
	spin_unlock(&bind_lock);
	return rc;
}

int evtchn_bind_virq(struct domain *d, uint32_t virq, uint32_t vcpu, evtchn_port_t *port)
{
	struct evtchn as = {.state = EVTCHNSTAT_virq, .vcpu = (uint16_t)vcpu};
	struct vcpu *v = domain_vcpu(d, vcpu);
	int rc;

	if (virq >= NR_VIRQS || (virq_is_global(virq) && vcpu))
		return -EINVAL;
	if (!v)
		return -ENOENT;
	as.u.virq = virq;
	spin_lock(&bind_lock);
	rc = -EEXIST;
	if (v->virq_port[virq])
		goto unlock;
	rc = port_find_free(d, port);
	if (rc)
		goto unlock;
	port_set(d, *port, &as);
	__atomic_store_n(&v->virq_port[virq], *port, __ATOMIC_RELEASE);
unlock:
	spin_unlock(&bind_lock);
	return rc;
}

int evtchn_bind_ipi(struct domain *d, uint32_t vcpu, evtchn_port_t *port)
{
	const struct evtchn as = {.state = EVTCHNSTAT_ipi, .vcpu = (uint16_t)vcpu};

	return domain_vcpu(d, vcpu) ? port_new(d, &as, port) : -ENOENT;
}

int evtchn_bind_pirq(struct domain *d, uint32_t pirq, bool share, evtchn_port_t *port)
{
	const struct evtchn as = {.state = EVTCHNSTAT_pirq, .u.pirq = pirq};
	int rc;

	spin_lock(&bind_lock);
	rc = port_find_free(d, port);
	if (rc)
		goto unlock;
	/* The port first: the line may fire as soon as it is bound. */
	port_set(d, *port, &as);
	rc = pirq_bind(d, pirq, *port, share);
	if (rc)
		port_free(d, *port);
unlock:
	spin_unlock(&bind_lock);
	return rc;
}

int evtchn_bind_vcpu(struct domain *d, evtchn_port_t port, uint32_t vcpu)
{
	struct evtchn *c = evtchn_find(d, port);
	int rc = -EINVAL;

	if (!domain_vcpu(d, vcpu))
		return -ENOENT;
	if (!c)
		return -EINVAL;
	spin_lock(&bind_lock);
	/* IPIs and the per-vCPU VIRQs are where they are by their nature. */
	if (c->state != EVTCHNSTAT_closed && c->state != EVTCHNSTAT_ipi &&
	    (c->state != EVTCHNSTAT_virq || virq_is_global(c->u.virq))) {
		__atomic_store_n(&c->vcpu, (uint16_t)vcpu, __ATOMIC_RELAXED);
		rc = 0;
	}
	spin_unlock(&bind_lock);
	return rc;
}

/* Under bind_lock. -EINVAL: not in use. */
static int port_close(struct domain *d, evtchn_port_t port)
{
	struct evtchn *c = evtchn_find(d, port);
	struct evtchn orphan = {.state = EVTCHNSTAT_unbound};

	if (!c)
		return -EINVAL;
	switch (c->state) {
	case EVTCHNSTAT_unbound:
	case EVTCHNSTAT_ipi:
		break;
	case EVTCHNSTAT_interdomain:
		orphan.u.remote = d->id;
		orphan.vcpu = evtchn_find(c->u.peer.domain, c->u.peer.port)->vcpu;
		port_set(c->u.peer.domain, c->u.peer.port, &orphan);
		break;
	case EVTCHNSTAT_virq:
		__atomic_store_n(
			&d->vcpu[virq_is_global(c->u.virq) ? 0 : c->vcpu]->virq_port[c->u.virq], 0,
			__ATOMIC_RELEASE);
		break;
	case EVTCHNSTAT_pirq:
		pirq_unbind(d, c->u.pirq);
		break;
	default:
		return -EINVAL;
	}
	port_free(d, port);
	return 0;
}

int evtchn_close(struct domain *d, evtchn_port_t port)
{
	int rc;

	spin_lock(&bind_lock);
	rc = port_close(d, port);
	spin_unlock(&bind_lock);
	return rc;
}

int evtchn_domain_reset(struct domain *d)
{
	for (unsigned w = 0; w < ARRAY_SIZE(d->evtchn.used); w++) {
		uint64_t used;

		while ((used = d->evtchn.used[w] & ~(w ? 0 : 1ull))) {
			evtchn_close(d, w * 64 + (unsigned)__builtin_ctzll(used));
			if (hypercall_preempt_check())
				return -ERESTART;
		}
	}
	return 0;
}

int evtchn_domain_close_all(struct domain *d)
{
	spin_lock(&bind_lock);
	d->evtchn.dying = true;
	spin_unlock(&bind_lock);
	return evtchn_domain_reset(d);
}

int evtchn_unmask(struct domain *d, evtchn_port_t port)
{
	struct evtchn *c = evtchn_find(d, port);

	if (!c)
		return -EINVAL;
	evtchn_2l_unmask(d, c, port);
	return 0;
}

int evtchn_status_get(struct domain *d, evtchn_port_t port, struct evtchn_status *st)
{
	const struct evtchn *c = evtchn_find(d, port);

	if (!c)
		return -EINVAL;
	spin_lock(&bind_lock);
	st->status = c->state;
	st->vcpu = c->vcpu;
	switch (c->state) {
	case EVTCHNSTAT_unbound:
		st->u.unbound.dom = c->u.remote;
		break;
	case EVTCHNSTAT_interdomain:
		st->u.interdomain.dom = c->u.peer.domain->id;
		st->u.interdomain.port = c->u.peer.port;
		break;
	case EVTCHNSTAT_pirq:
		st->u.pirq = c->u.pirq;
		break;
	case EVTCHNSTAT_virq:
		st->u.virq = c->u.virq;
		break;
	default:
		break;
	}
	spin_unlock(&bind_lock);
	return 0;
}

int evtchn_send(struct domain *d, evtchn_port_t port)
{
	struct evtchn *c = evtchn_find(d, port);
	unsigned long flags;
	int rc = 0;

	if (unlikely(!c))
		return -EINVAL;
	flags = spin_lock_irqsave(&c->lock);
	if (likely(c->state == EVTCHNSTAT_interdomain)) {
		struct domain *rd = c->u.peer.domain;
		evtchn_port_t rport = c->u.peer.port;

		evtchn_2l_set(rd, evtchn_find(rd, rport), rport);
	} else if (c->state == EVTCHNSTAT_ipi) {
		evtchn_2l_set(d, c, port);
	} else if (c->state != EVTCHNSTAT_unbound) {
		rc = -EINVAL;
	}
	spin_unlock_irqrestore(&c->lock, flags);
	return rc;
}

/* Make @port pending if it still is bound to line or virtual interrupt @nr. */
static void port_raise(struct domain *d, evtchn_port_t port, uint8_t state, uint32_t nr)
{
	struct evtchn *c = evtchn_find(d, port);
	unsigned long flags;

	if (!c)
		return;
	flags = spin_lock_irqsave(&c->lock);
	if (c->state == state && (state == EVTCHNSTAT_pirq || c->u.virq == nr))
		evtchn_2l_set(d, c, port);
	spin_unlock_irqrestore(&c->lock, flags);
}

void evtchn_raise_virq(struct vcpu *v, uint32_t virq)
{
	evtchn_port_t port = __atomic_load_n(&v->virq_port[virq], __ATOMIC_ACQUIRE);

	if (port)
		port_raise(v->domain, port, EVTCHNSTAT_virq, virq);
}

void evtchn_raise_global_virq(uint32_t virq)
{
	if (control_domain && control_domain->vcpu[0])
		evtchn_raise_virq(control_domain->vcpu[0], virq);
}

void evtchn_raise_pirq(struct domain *d, evtchn_port_t port)
{
	port_raise(d, port, EVTCHNSTAT_pirq, 0);
}
