/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pirqs of a domain. Handlers run in interrupt context and touch only their own record, so the
 * table's lock is for the control paths; a record is freed after its vector was.
 */
#include <hv/irq.h>

#include <arch/irq.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/heap.h>
#include <hv/msi.h>

/* Message interrupts a domain may have beside its GSIs. */
#define PIRQS_MSI 512u

enum pirq_kind { PIRQ_FREE, PIRQ_GSI, PIRQ_MSI };

struct pirq {
	struct domain *domain;
	uint32_t nr;
	uint8_t kind; /* enum pirq_kind */
	bool level, active_low;
	bool routed;        /* has a vector */
	evtchn_port_t port; /* 0 = not bound */
	struct irq_vector vector;
	struct msi_source msi;
};

struct irq_domain {
	struct spinlock lock; /* RANK_IRQ_ROUTE */
	uint32_t gsis, count;
	struct pirq *pirq[];
};

static void pirq_fired(void *arg)
{
	struct pirq *p = arg;
	evtchn_port_t port = __atomic_load_n(&p->port, __ATOMIC_ACQUIRE);

	if (p->kind == PIRQ_GSI && (p->level || !port))
		arch_gsi_mask(p->nr, true);
	if (port)
		evtchn_raise_pirq(p->domain, port);
}

static void pirq_line_mask(struct pirq *p, bool mask)
{
	if (p->kind == PIRQ_MSI)
		msi_source_mask(&p->msi, mask);
	else
		arch_gsi_mask(p->nr, mask);
}

/* Aim at the CPU where the domain's first vCPU is, for that is where ports start out. */
static int pirq_route(struct pirq *p)
{
	int rc;

	if (!p->routed) {
		rc = arch_irq_vector_alloc(p->domain->vcpu[0]->sched.cpu, pirq_fired, p,
					   &p->vector);
		if (rc)
			return rc;
		p->routed = true;
	}
	if (p->kind == PIRQ_MSI) {
		msi_source_program(&p->msi, p->vector);
		return 0;
	}
	return arch_gsi_route(p->nr, p->vector, p->level, p->active_low);
}

static void pirq_release(struct irq_domain *t, struct pirq *p)
{
	if (p->routed) {
		pirq_line_mask(p, true);
		arch_irq_vector_free(p->vector);
	}
	t->pirq[p->nr] = NULL;
	mem_free(p);
}

/* That pirq, under the table's lock; NULL, with no lock: there is none. */
static struct pirq *pirq_lock(struct domain *d, uint32_t nr)
{
	struct pirq *p;

	if (!d->irqs)
		return NULL;
	spin_lock(&d->irqs->lock);
	p = nr < d->irqs->count ? d->irqs->pirq[nr] : NULL;
	if (!p)
		spin_unlock(&d->irqs->lock);
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
	struct irq_domain *t = mem_alloc(sizeof(*t) + count * sizeof(t->pirq[0]));

	if (!t)
		return -ENOMEM;
	spin_lock_init(&t->lock, RANK_IRQ_ROUTE);
	t->gsis = gsis;
	t->count = count;
	d->irqs = t;
	return 0;
}

void irq_domain_destroy(struct domain *d)
{
	struct irq_domain *t = d->irqs;

	if (!t)
		return;
	spin_lock(&t->lock);
	for (uint32_t i = 0; i < t->count; i++)
		if (t->pirq[i])
			pirq_release(t, t->pirq[i]);
	spin_unlock(&t->lock);
	d->irqs = NULL;
	mem_free(t);
}

static int gsi_allowed(struct domain *d, unsigned gsi)
{
	if (!d->irqs || !arch_gsi_valid(gsi))
		return -EINVAL;
	return rangeset_contains(&d->irq_caps, gsi, gsi) ? 0 : -EPERM;
}

/* ISA lines have trigger and polarity by the firmware; others wait for setup_gsi. */
static void gsi_defaults(struct pirq *p)
{
	unsigned gsi;
	bool level, low;

	p->level = p->active_low = p->nr >= 16;
	for (unsigned isa = 0; isa < 16; isa++) {
		arch_isa_irq(isa, &gsi, &level, &low);
		if (gsi == p->nr) {
			p->level = level;
			p->active_low = low;
			return;
		}
	}
}

int pirq_map_gsi(struct domain *d, unsigned gsi)
{
	struct pirq *p;
	int rc = gsi_allowed(d, gsi);

	if (rc)
		return rc;
	spin_lock(&d->irqs->lock);
	if (!d->irqs->pirq[gsi]) {
		p = pirq_new(d, gsi, PIRQ_GSI);
		if (p)
			gsi_defaults(p);
		else
			rc = -ENOMEM;
	}
	spin_unlock(&d->irqs->lock);
	return rc;
}

int pirq_map_msi(struct domain *d, struct msi_source *msi, uint32_t *pirq)
{
	struct irq_domain *t = d->irqs;
	struct pirq *p = NULL;
	uint32_t nr;
	int rc = -ENOSPC;

	if (!t)
		return -EPERM;
	spin_lock(&t->lock);
	for (nr = t->gsis; nr < t->count && t->pirq[nr]; nr++)
		;
	if (nr == t->count)
		goto unlock;
	rc = -ENOMEM;
	p = pirq_new(d, nr, PIRQ_MSI);
	if (!p)
		goto unlock;
	p->msi = *msi;
	rc = pirq_route(p);
	if (rc)
		pirq_release(t, p);
	else
		*pirq = nr;
unlock:
	spin_unlock(&t->lock);
	return rc;
}

int pirq_unmap(struct domain *d, uint32_t nr)
{
	struct pirq *p = pirq_lock(d, nr);
	int rc = 0;

	if (!p)
		return -EINVAL;
	if (p->port)
		rc = -EBUSY;
	else
		pirq_release(d->irqs, p);
	spin_unlock(&d->irqs->lock);
	return rc;
}

int pirq_setup_gsi(struct domain *d, unsigned gsi, bool level, bool active_low)
{
	struct pirq *p;
	int rc = pirq_map_gsi(d, gsi);

	if (rc)
		return rc;
	p = pirq_lock(d, gsi);
	if (!p)
		return -EINVAL;
	p->level = level;
	p->active_low = active_low;
	if (p->routed) {
		rc = arch_gsi_route(p->nr, p->vector, level, active_low);
		if (!rc && p->port)
			arch_gsi_mask(p->nr, false);
	}
	spin_unlock(&d->irqs->lock);
	return rc;
}

bool pirq_needs_eoi(struct domain *d, uint32_t nr)
{
	const struct pirq *p = pirq_lock(d, nr);
	bool needs;

	if (!p)
		return false;
	needs = p->kind == PIRQ_GSI && p->level;
	spin_unlock(&d->irqs->lock);
	return needs;
}

/* @share: one domain owns all lines, so nobody is there to share with. */
int pirq_bind(struct domain *d, uint32_t nr, evtchn_port_t port, UNUSED bool share)
{
	struct pirq *p = pirq_lock(d, nr);
	int rc;

	if (!p)
		return -EINVAL;
	rc = p->port ? -EEXIST : pirq_route(p);
	if (!rc) {
		__atomic_store_n(&p->port, port, __ATOMIC_RELEASE);
		pirq_line_mask(p, false);
	}
	spin_unlock(&d->irqs->lock);
	return rc;
}

void pirq_unbind(struct domain *d, uint32_t nr)
{
	struct pirq *p = pirq_lock(d, nr);

	if (!p)
		return;
	if (p->port) {
		pirq_line_mask(p, true);
		__atomic_store_n(&p->port, 0, __ATOMIC_RELEASE);
	}
	spin_unlock(&d->irqs->lock);
}

int pirq_eoi(struct domain *d, uint32_t nr)
{
	struct pirq *p = pirq_lock(d, nr);

	if (!p)
		return -EINVAL;
	if (p->kind == PIRQ_GSI && p->level && p->port)
		arch_gsi_mask(nr, false);
	spin_unlock(&d->irqs->lock);
	return 0;
}
