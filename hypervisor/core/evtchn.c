/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ports: allocation, what they are bound to, sending. README.md ("Event channels") has the locks.
 */
#include "evtchn.h"

#include <hv/console.h>
#include <hv/errno.h>
#include <hv/heap.h>
#include <hv/hypercall.h>
#include <hv/irq.h>
#include <hv/vcpu.h>

#define QUEUED_SKIPS_MAX 256u /* bounds a look for a free port */

static struct spinlock bind_lock = SPINLOCK_INIT(RANK_EVTCHN);

static bool virq_is_global(uint32_t virq)
{
	return virq != VIRQ_TIMER && virq != VIRQ_DEBUG && virq != VIRQ_XENOPROF &&
	       virq != VIRQ_XENPMU;
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

int evtchn_domain_init(struct domain *d, uint32_t max_port)
{
	uint32_t last = MIN(max_port, EVTCHN_MAX_PORTS - 1), buckets = last / EVTCHN_PER_BUCKET + 1;

	d->evtchn.bucket = mem_alloc(buckets * (sizeof(*d->evtchn.bucket) + EVTCHN_PER_BUCKET / 8));
	if (!d->evtchn.bucket)
		return -ENOMEM;
	d->evtchn.used = (uint64_t *)(d->evtchn.bucket + buckets);
	d->evtchn.used[0] = 1; /* port 0 is nobody's */
	d->evtchn.max_port = last;
	d->evtchn.limit = buckets * EVTCHN_PER_BUCKET;
	return bucket_add(d, 0);
}

void evtchn_domain_free(struct domain *d)
{
	for (unsigned i = 0; i < d->evtchn.limit / EVTCHN_PER_BUCKET; i++)
		if (d->evtchn.bucket[i])
			heap_free_virt(d->evtchn.bucket[i]);
	mem_free(d->evtchn.bucket);
	mem_free(d->evtchn.fifo);
}

/*
 * The lowest free port, not yet taken; its record exists. One that still is in a queue of its last
 * life would be delivered from there: leave it, unless a guest has nothing but such ports.
 * Under bind_lock.
 */
static int port_find_free(struct domain *d, evtchn_port_t *port)
{
	uint32_t last = MIN(d->evtchn.max_port,
			    (d->evtchn.fifo_on ? EVTCHN_MAX_PORTS : EVTCHN_2L_PORTS) - 1);
	unsigned skips = QUEUED_SKIPS_MAX;

	if (d->evtchn.dying)
		return -EINVAL;
	for (evtchn_port_t base = 0; base <= last; base += 64) {
		for (uint64_t m = ~d->evtchn.used[base / 64]; m; m &= m - 1) {
			evtchn_port_t p = base + (unsigned)__builtin_ctzll(m);

			if (p > last)
				break;
			if (d->evtchn.fifo_on && skips &&
			    evtchn_fifo_word(d, p) >> EVTCHN_FIFO_LINKED & 1) {
				skips--;
				continue;
			}
			*port = p;
			return d->evtchn.bucket[p / EVTCHN_PER_BUCKET]
				       ? 0
				       : bucket_add(d, p / EVTCHN_PER_BUCKET);
		}
	}
	return -ENOSPC;
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
		c->priority = EVTCHN_FIFO_PRIORITY_DEFAULT;
	}
	flags = spin_lock_irqsave(&c->lock);
	c->u = as->u;
	c->peer_port = as->peer_port;
	__atomic_store_n(&c->vcpu, as->vcpu, __ATOMIC_RELAXED);
	c->state = as->state;
	spin_unlock_irqrestore(&c->lock, flags);
}

static void port_free(struct domain *d, evtchn_port_t port)
{
	const struct evtchn closed = {.state = EVTCHNSTAT_closed};

	port_set(d, port, &closed);
	if (d->evtchn.fifo_on)
		evtchn_fifo_clear(d, evtchn_find(d, port), port);
	else
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

/* The two ports become ends of one channel; their records exist. Under bind_lock. */
static void port_join(struct domain *d, evtchn_port_t port, struct domain *rd, evtchn_port_t rport)
{
	struct evtchn here = {.state = EVTCHNSTAT_interdomain}, there = here;

	there.vcpu = evtchn_find(rd, rport)->vcpu;
	there.u.peer.domain = d;
	there.u.peer.record = evtchn_find(d, port);
	there.peer_port = port;
	here.u.peer.domain = rd;
	here.u.peer.record = evtchn_find(rd, rport);
	here.peer_port = rport;
	port_set(d, port, &here);
	port_set(rd, rport, &there);
}

int evtchn_bind_interdomain(struct domain *d, struct domain *rd, evtchn_port_t rport,
			    evtchn_port_t *port)
{
	struct evtchn *rc_rec;
	bool taken = false;
	int rc;

	spin_lock(&bind_lock);
	rc_rec = evtchn_find(rd, rport);
	rc = -EINVAL;
	if (!rc_rec || rc_rec->state != EVTCHNSTAT_unbound || rc_rec->u.remote != d->id)
		goto unlock;
	rc = port_find_free(d, port);
	if (rc)
		goto unlock;
	port_join(d, *port, rd, rport);
	/* The peer may have sent while nobody was bound: let the binder look at once. */
	evtchn_set(d, evtchn_find(d, *port), *port);
	taken = rport == rd->console.port;
unlock:
	spin_unlock(&bind_lock);
	if (taken)
		guest_console_drop(rd);
	return rc;
}

void evtchn_bind_ports(struct domain *d, evtchn_port_t port, struct domain *rd, evtchn_port_t rport)
{
	spin_lock(&bind_lock);
	port_join(d, port, rd, rport);
	spin_unlock(&bind_lock);
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
	rc = v->virq_port[virq] ? -EEXIST : port_find_free(d, port);
	if (!rc) {
		port_set(d, *port, &as);
		__atomic_store_n(&v->virq_port[virq], *port, __ATOMIC_RELEASE);
	}
	spin_unlock(&bind_lock);
	return rc;
}

int evtchn_bind_ipi(struct domain *d, uint32_t vcpu, evtchn_port_t *port)
{
	const struct evtchn as = {.state = EVTCHNSTAT_ipi, .vcpu = (uint16_t)vcpu};

	return domain_vcpu(d, vcpu) ? port_new(d, &as, port) : -ENOENT;
}

int evtchn_bind_pirq(struct domain *d, uint32_t pirq, evtchn_port_t *port)
{
	const struct evtchn as = {.state = EVTCHNSTAT_pirq, .u.pirq = pirq};
	int rc;

	spin_lock(&bind_lock);
	rc = port_find_free(d, port);
	if (!rc) {
		/* The port first: the line may fire as soon as it is bound. */
		port_set(d, *port, &as);
		rc = pirq_bind(d, pirq, *port);
		if (rc)
			port_free(d, *port);
	}
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
		orphan.vcpu = c->u.peer.record->vcpu;
		port_set(c->u.peer.domain, c->peer_port, &orphan);
		break;
	case EVTCHNSTAT_virq:
		__atomic_store_n(
			&d->vcpu[virq_is_global(c->u.virq) ? 0 : c->vcpu]->virq_port[c->u.virq], 0,
			__ATOMIC_RELEASE);
		break;
	case EVTCHNSTAT_pirq:
		pirq_unbind(d, c->u.pirq, port);
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
	int rc = 0;

	for (unsigned w = 0; w < d->evtchn.limit / 64; w++) {
		uint64_t used;

		while ((used = d->evtchn.used[w] & ~(w ? 0 : 1ull))) {
			evtchn_close(d, w * 64 + (unsigned)__builtin_ctzll(used));
			if (hypercall_preempt_check())
				return -ERESTART;
		}
	}
	spin_lock(&bind_lock);
	if (d->evtchn.active)
		rc = -EAGAIN;
	else if (d->evtchn.fifo_on)
		evtchn_fifo_drop(d);
	spin_unlock(&bind_lock);
	return rc;
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
	if (d->evtchn.fifo_on)
		evtchn_fifo_unmask(d, c, port);
	else
		evtchn_2l_unmask(d, c, port);
	return 0;
}

bool evtchn_pending(struct domain *d, evtchn_port_t port)
{
	return d->evtchn.fifo_on ? evtchn_fifo_word(d, port) >> EVTCHN_FIFO_PENDING & 1
				 : evtchn_2l_pending(d, port);
}

int evtchn_fifo_control(struct domain *d, uint32_t vcpu, mfn_t frame, uint32_t offset)
{
	int rc = 0;

	if (!domain_vcpu(d, vcpu))
		return -ENOENT;
	if (offset > PAGE_SIZE - sizeof(struct evtchn_fifo_control_block) || offset % 8)
		return -EINVAL;
	spin_lock(&bind_lock);
	if (d->evtchn.dying)
		rc = -EINVAL;
	else if (!d->evtchn.fifo)
		rc = evtchn_fifo_alloc(d);
	if (!rc)
		rc = evtchn_fifo_control_add(d, vcpu, frame, offset);
	if (!rc && !d->evtchn.fifo_on)
		evtchn_fifo_start(d);
	spin_unlock(&bind_lock);
	return rc;
}

int evtchn_fifo_expand(struct domain *d, mfn_t frame)
{
	int rc = -EOPNOTSUPP;

	spin_lock(&bind_lock);
	if (d->evtchn.fifo_on)
		rc = evtchn_fifo_page_add(d, frame);
	spin_unlock(&bind_lock);
	return rc;
}

int evtchn_set_priority(struct domain *d, evtchn_port_t port, uint32_t priority)
{
	struct evtchn *c = evtchn_find(d, port);
	int rc = 0;

	if (!c)
		return -EINVAL;
	spin_lock(&bind_lock);
	if (!d->evtchn.fifo_on)
		rc = -ENOSYS;
	else if (priority > EVTCHN_FIFO_PRIORITY_MIN)
		rc = -EINVAL;
	else
		__atomic_store_n(&c->priority, (uint8_t)priority, __ATOMIC_RELAXED);
	spin_unlock(&bind_lock);
	return rc;
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
		st->u.interdomain.port = c->peer_port;
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

/* ---- delivery, whatever the form ---- */

void evtchn_upcall(struct vcpu *v)
{
	struct vcpu_info *info = __atomic_load_n(&v->info, __ATOMIC_SEQ_CST);

	if (__atomic_exchange_n(&info->evtchn_upcall_pending, 1, __ATOMIC_SEQ_CST))
		return;
	/*
	 * Even if events look masked: a guest that unmasks them by a plain store and then tests for
	 * pending ones can pass us unseen, each store still on its way to the other CPU.
	 */
	sched_event(v);
}

void evtchn_pollers_wake(struct domain *d, evtchn_port_t port)
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

/* Through a port that is neither end of a channel nor an IPI's. Unlocks. */
static NOINLINE int send_nowhere(struct domain *d, struct evtchn *c, evtchn_port_t port,
				 unsigned long flags)
{
	uint8_t state = c->state;

	spin_unlock_irqrestore(&c->lock, flags);
	if (state != EVTCHNSTAT_unbound)
		return -EINVAL;
	if (port == d->console.port)
		guest_console_serve(d);
	return 0;
}

int evtchn_send(struct domain *d, evtchn_port_t port)
{
	struct evtchn *c = evtchn_find(d, port);
	unsigned long flags;

	if (unlikely(!c))
		return -EINVAL;
	flags = spin_lock_irqsave(&c->lock);
	if (likely(c->state == EVTCHNSTAT_interdomain))
		evtchn_set(c->u.peer.domain, c->u.peer.record, c->peer_port);
	else if (c->state == EVTCHNSTAT_ipi)
		evtchn_set(d, c, port);
	else
		return send_nowhere(d, c, port, flags);
	spin_unlock_irqrestore(&c->lock, flags);
	return 0;
}

/* Make @port pending if it still is in this state; @nr is the virtual interrupt's. */
static void port_raise(struct domain *d, evtchn_port_t port, uint8_t state, uint32_t nr)
{
	struct evtchn *c = evtchn_find(d, port);
	unsigned long flags;

	if (!c)
		return;
	flags = spin_lock_irqsave(&c->lock);
	if (c->state == state && (state != EVTCHNSTAT_virq || c->u.virq == nr))
		evtchn_set(d, c, port);
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

void evtchn_raise_unbound(struct domain *d, evtchn_port_t port)
{
	port_raise(d, port, EVTCHNSTAT_unbound, 0);
}
