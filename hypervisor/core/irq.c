/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pirqs of domains, over lines (IO-APIC pins) and messages. A message is one pirq's; a level line
 * may be several domains'. Handlers run in interrupt context: that of a message touches only its
 * record, that of a line what is under line_lock. A record is freed when no handler finds it any
 * more.
 */
#include <hv/irq.h>

#include <abi/physdev.h>
#include <arch/irq.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/heap.h>
#include <hv/msi.h>

/* Message interrupts a domain may have beside its GSIs. */
#define PIRQS_MSI 512u
/* Lines of the machine; those beyond it can be had by nobody. */
#define LINES_MAX 1024u

enum pirq_kind { PIRQ_FREE, PIRQ_GSI, PIRQ_MSI };

struct pirq {
	struct domain *domain;
	struct pirq *next; /* bound to the same line */
	uint32_t nr;
	uint8_t kind;       /* enum pirq_kind */
	bool routed;        /* a message that has a vector */
	bool waits;         /* its line has fired, and the guest has not said EOI */
	evtchn_port_t port; /* 0 = not bound */
	struct irq_vector vector;
	struct msi_source msi;
};

struct line {
	struct pirq *bound;
	struct irq_vector vector; /* as long as somebody is bound */
	bool known, level, active_low;
};

struct irq_domain {
	uint32_t gsis, count;
	struct pirq *pirq[];
};

/* Tables, routes and, among control paths, the lines. */
static struct spinlock route_lock = SPINLOCK_INIT(RANK_IRQ_ROUTE);
/* Who is bound to lines and has not said EOI, their triggers. */
static struct spinlock line_lock = SPINLOCK_INIT(RANK_LINE);
static struct line lines[LINES_MAX];

static void message_fired(void *arg)
{
	struct pirq *p = arg;
	evtchn_port_t port = __atomic_load_n(&p->port, __ATOMIC_ACQUIRE);

	if (port)
		evtchn_raise_pirq(p->domain, port);
}

static void line_fired(void *arg)
{
	struct line *l = arg;

	spin_lock(&line_lock);
	if (l->level || !l->bound)
		arch_gsi_mask((unsigned)(l - lines), true);
	for (struct pirq *p = l->bound; p; p = p->next) {
		p->waits = l->level;
		evtchn_raise_pirq(p->domain, p->port);
	}
	spin_unlock(&line_lock);
}

/* Under line_lock. Open while somebody listens and nobody is at work on what came. */
static void line_update(struct line *l)
{
	bool open = l->bound;

	for (const struct pirq *p = l->bound; p; p = p->next)
		open &= !p->waits;
	arch_gsi_mask((unsigned)(l - lines), !open);
}

/* Aim at the CPU where the domain's first vCPU is, for that is where ports start out. */
static int vector_take(struct pirq *p, void (*fn)(void *arg), void *arg, struct irq_vector *out)
{
	return arch_irq_vector_alloc(p->domain->vcpu[0]->sched.cpu, fn, arg, out);
}

static int line_bind(struct line *l, struct pirq *p, evtchn_port_t port)
{
	unsigned long flags;
	int rc;

	if (!rangeset_contains(&p->domain->irq_caps, p->nr, p->nr))
		return -EPERM;
	if (l->bound && !l->level)
		return -EBUSY;
	if (!l->bound) {
		rc = vector_take(p, line_fired, l, &l->vector);
		if (rc)
			return rc;
		arch_gsi_route(p->nr, l->vector, l->level, l->active_low);
	}
	flags = spin_lock_irqsave(&line_lock);
	p->waits = false;
	p->port = port;
	p->next = l->bound;
	l->bound = p;
	line_update(l);
	spin_unlock_irqrestore(&line_lock, flags);
	return 0;
}

/* What was under way for this pirq is over: others on the line wait no longer for it. */
static void line_unbind(struct line *l, struct pirq *p)
{
	unsigned long flags = spin_lock_irqsave(&line_lock);
	struct pirq **at = &l->bound;

	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	p->port = 0;
	line_update(l);
	spin_unlock_irqrestore(&line_lock, flags);
	if (!l->bound)
		arch_irq_vector_free(l->vector);
}

static void pirq_disconnect(struct pirq *p)
{
	if (p->kind == PIRQ_GSI) {
		line_unbind(&lines[p->nr], p);
		return;
	}
	msi_source_mask(&p->msi, true);
	__atomic_store_n(&p->port, 0, __ATOMIC_RELEASE);
}

static void pirq_release(struct irq_domain *t, struct pirq *p)
{
	if (p->port)
		pirq_disconnect(p);
	if (p->routed) {
		msi_source_mask(&p->msi, true);
		arch_irq_vector_free(p->vector);
	}
	t->pirq[p->nr] = NULL;
	mem_free(p);
}

/* That pirq, under route_lock; NULL, with no lock: there is none. */
static struct pirq *pirq_lock(struct domain *d, uint32_t nr)
{
	struct pirq *p;

	spin_lock(&route_lock);
	p = d->irqs && nr < d->irqs->count ? d->irqs->pirq[nr] : NULL;
	if (!p)
		spin_unlock(&route_lock);
	return p;
}

static struct pirq *pirq_new(struct domain *d, uint32_t nr, enum pirq_kind kind)
{
	struct pirq *p = mem_alloc(sizeof(*p));

	if (!p)
		return NULL;
	p->domain = d;
	p->nr = nr;
	p->kind = (uint8_t)kind;
	d->irqs->pirq[nr] = p;
	return p;
}

int irq_domain_create(struct domain *d)
{
	uint32_t gsis = MAX(arch_gsi_count(), 16u), count = gsis + PIRQS_MSI;
	struct irq_domain *t;
	int rc;

	spin_lock(&d->lock);
	rc = d->state == DOMAIN_ALIVE ? 0 : -ESRCH;
	if (!rc && !d->irqs) {
		t = mem_alloc(sizeof(*t) + count * sizeof(t->pirq[0]));
		if (t)
			*t = (struct irq_domain){gsis, count};
		__atomic_store_n(&d->irqs, t, __ATOMIC_RELEASE);
		rc = t ? 0 : -ENOMEM;
	}
	spin_unlock(&d->lock);
	return rc;
}

void irq_domain_destroy(struct domain *d)
{
	struct irq_domain *t = d->irqs;

	if (!t)
		return;
	spin_lock(&route_lock);
	for (uint32_t i = 0; i < t->count; i++)
		if (t->pirq[i])
			pirq_release(t, t->pirq[i]);
	d->irqs = NULL;
	spin_unlock(&route_lock);
	mem_free(t);
}

/* ISA lines have trigger and polarity by the firmware; others wait for setup_gsi. */
static void line_defaults(unsigned nr)
{
	struct line *l = &lines[nr];
	unsigned gsi;
	bool level, low;

	if (l->known)
		return;
	l->known = true;
	l->level = l->active_low = nr >= 16;
	for (unsigned isa = 0; isa < 16; isa++) {
		arch_isa_irq(isa, &gsi, &level, &low);
		if (gsi == nr) {
			l->level = level;
			l->active_low = low;
			return;
		}
	}
}

int pirq_map_gsi(struct domain *d, unsigned gsi, const struct domain *by)
{
	int rc = 0;

	if (gsi >= LINES_MAX || !arch_gsi_valid(gsi))
		return -EINVAL;
	if (!rangeset_contains(&by->irq_caps, gsi, gsi))
		return -EPERM;
	spin_lock(&route_lock);
	line_defaults(gsi);
	if (!d->irqs)
		rc = -EINVAL;
	else if (!d->irqs->pirq[gsi] && !pirq_new(d, gsi, PIRQ_GSI))
		rc = -ENOMEM;
	spin_unlock(&route_lock);
	return rc;
}

int pirq_map_msi(struct domain *d, struct msi_source *msi, uint32_t *pirq)
{
	struct irq_domain *t;
	struct pirq *p = NULL;
	uint32_t nr;
	int rc = -EPERM;

	spin_lock(&route_lock);
	t = d->irqs;
	if (!t)
		goto unlock;
	for (nr = t->gsis; nr < t->count && t->pirq[nr]; nr++)
		;
	rc = -ENOSPC;
	if (nr == t->count)
		goto unlock;
	rc = -ENOMEM;
	p = pirq_new(d, nr, PIRQ_MSI);
	if (!p)
		goto unlock;
	rc = vector_take(p, message_fired, p, &p->vector);
	if (rc) {
		pirq_release(t, p);
		goto unlock;
	}
	p->msi = *msi;
	p->routed = true;
	msi_source_program(&p->msi, p->vector);
	*pirq = nr;
unlock:
	spin_unlock(&route_lock);
	return rc;
}

int pirq_unmap(struct domain *d, uint32_t nr)
{
	struct pirq *p = pirq_lock(d, nr);

	if (!p)
		return -EINVAL;
	pirq_release(d->irqs, p);
	spin_unlock(&route_lock);
	return 0;
}

int pirq_setup_gsi(struct domain *d, unsigned gsi, bool level, bool active_low)
{
	int rc = pirq_map_gsi(d, gsi, d);
	struct line *l = &lines[gsi];
	unsigned long flags;

	if (rc)
		return rc;
	spin_lock(&route_lock);
	flags = spin_lock_irqsave(&line_lock);
	l->level = level;
	l->active_low = active_low;
	if (l->bound) {
		rc = arch_gsi_route(gsi, l->vector, level, active_low);
		line_update(l);
	}
	spin_unlock_irqrestore(&line_lock, flags);
	spin_unlock(&route_lock);
	return rc;
}

uint32_t pirq_status(struct domain *d, uint32_t nr)
{
	const struct pirq *p = pirq_lock(d, nr);
	uint32_t flags = 0;

	if (!p)
		return 0;
	if (p->kind == PIRQ_GSI && lines[nr].level)
		flags = XENIRQSTAT_needs_eoi;
	if (flags && lines[nr].bound && lines[nr].bound->next)
		flags |= XENIRQSTAT_shared;
	spin_unlock(&route_lock);
	return flags;
}

int pirq_bind(struct domain *d, uint32_t nr, evtchn_port_t port)
{
	struct pirq *p = pirq_lock(d, nr);
	int rc = 0;

	if (!p)
		return -EINVAL;
	if (p->port) {
		rc = -EEXIST;
	} else if (p->kind == PIRQ_GSI) {
		rc = line_bind(&lines[nr], p, port);
	} else {
		__atomic_store_n(&p->port, port, __ATOMIC_RELEASE);
		msi_source_mask(&p->msi, false);
	}
	spin_unlock(&route_lock);
	return rc;
}

void pirq_unbind(struct domain *d, uint32_t nr, evtchn_port_t port)
{
	struct pirq *p = pirq_lock(d, nr);

	if (!p)
		return;
	if (p->port == port)
		pirq_disconnect(p);
	spin_unlock(&route_lock);
}

int pirq_eoi(struct domain *d, uint32_t nr)
{
	struct pirq *p = pirq_lock(d, nr);
	unsigned long flags;

	if (!p)
		return -EINVAL;
	flags = spin_lock_irqsave(&line_lock);
	if (p->waits) {
		p->waits = false;
		line_update(&lines[nr]);
	}
	spin_unlock_irqrestore(&line_lock, flags);
	spin_unlock(&route_lock);
	return 0;
}
