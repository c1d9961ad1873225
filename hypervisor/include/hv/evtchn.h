/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Event channels: ports of a domain, what they are bound to, and delivery (two-level bitmaps).
 */
#ifndef HV_EVTCHN_H
#define HV_EVTCHN_H

#include <hv/lock.h>
#include <hv/types.h>

struct domain;
struct vcpu;

#define EVTCHN_MAX_PORTS 4096u /* two-level ABI limit: 64 x 64 */

struct evtchn; /* core/evtchn.c */

struct evtchn_domain {
	struct spinlock lock; /* RANK_EVTCHN */
	struct evtchn **bucket; /* pages of port records */
	uint32_t max_port;    /* highest port that may be allocated */
	uint32_t active;
};

int evtchn_domain_init(struct domain *d, uint32_t max_port);
/* Close all ports (peers become unbound); called while the domain dies. -ERESTART: again. */
int evtchn_domain_close_all(struct domain *d);
void evtchn_domain_free(struct domain *d);

/*
 * Raise a VIRQ: per-vCPU ones on @v; global ones in the control domain (or handler). Any context,
 * interrupts included; lost when nobody is bound, as the ABI says.
 */
void evtchn_raise_virq(struct vcpu *v, uint32_t virq);
void evtchn_raise_global_virq(uint32_t virq);
/* The line bound to @port fired. Interrupt context. */
void evtchn_raise_pirq(struct domain *d, evtchn_port_t port);
/* Notify a port from inside the hypervisor (suspend subscription). */
void evtchn_notify(struct domain *d, evtchn_port_t port);

/* Allocate an unbound port in @d for @remote (dom0 builder, domctl). */
int evtchn_alloc_unbound(struct domain *d, domid_t remote, evtchn_port_t *port);

/* Is an event pending and unmasked for @v? Lock-free; used by block and by the exit path. */
bool evtchn_upcall_ready(const struct vcpu *v);
/* After vcpu_info moved: set selectors and pending so that nothing is missed. */
void evtchn_resync(struct vcpu *v);

/* irq.c tells evtchn that a pirq port is closed and asks back. */
void pirq_port_closed(struct domain *d, uint32_t pirq);

#endif
