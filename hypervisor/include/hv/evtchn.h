/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Event channels: ports of a domain, what they are bound to, and delivery: by two-level bitmaps
 * in shared_info, or by queues in the guest's memory once it asks for them (FIFO).
 */
#ifndef HV_EVTCHN_H
#define HV_EVTCHN_H

#include <abi/evtchn.h>
#include <hv/lock.h>
#include <hv/page.h>
#include <hv/types.h>

struct domain;
struct vcpu;

#define EVTCHN_2L_PORTS   4096u /* limit of the two-level form: 64 x 64 */
#define EVTCHN_MAX_PORTS  EVTCHN_FIFO_NR_CHANNELS
#define EVTCHN_PER_BUCKET 128u

struct evtchn; /* core/evtchn.h */
struct evtchn_fifo;

/*
 * Records live in pages that only go away with the domain, so a port is found without a lock.
 * All but buckets' contents changes under evtchn.c's lock.
 */
struct evtchn_domain {
	struct evtchn **bucket; /* room for all ports up to max_port; NULL: none of these yet */
	uint64_t *used;         /* a bit a port, behind the buckets */
	uint32_t limit;         /* ports that have a place in these tables */
	uint32_t max_port;      /* highest port that may be allocated, whatever the form */
	bool fifo_on;           /* events go through queues, not bitmaps */
	bool dying;             /* no new ports */
	uint32_t active;
	uint64_t pollers[2];      /* a bit a vCPU in SCHEDOP_poll; atomic */
	struct evtchn_fifo *fifo; /* kept until the domain is freed */
};

/* Ports up to @max_port (cut to the ABI's limit) for @d, whose shared_info exists. -ENOMEM. */
int evtchn_domain_init(struct domain *d, uint32_t max_port);
/* Close all ports (peers become unbound); called while the domain dies. -ERESTART: again. */
int evtchn_domain_close_all(struct domain *d);
/*
 * Close all ports and go on living, with the two-level form (EVTCHNOP_reset); -ERESTART: again;
 * -EAGAIN: the domain has opened new ones meanwhile.
 */
int evtchn_domain_reset(struct domain *d);
void evtchn_domain_free(struct domain *d);

/*
 * Raise a VIRQ: per-vCPU ones on @v; global ones in the control domain (or handler). Any context,
 * interrupts included; lost when nobody is bound, as the ABI says.
 */
void evtchn_raise_virq(struct vcpu *v, uint32_t virq);
void evtchn_raise_global_virq(uint32_t virq);
/* The line bound to @port fired. Interrupt context. */
void evtchn_raise_pirq(struct domain *d, evtchn_port_t port);

/* Somebody in the hypervisor calls through a port that has no peer. Any context. */
void evtchn_raise_unbound(struct domain *d, evtchn_port_t port);

/*
 * Notify through @d's port: an interdomain port reaches the peer, an IPI port its vCPU, an unbound
 * one nobody, or us (hv/guest_console.h). -EINVAL for others. Any context but interrupts, no locks.
 */
int evtchn_send(struct domain *d, evtchn_port_t port);

/*
 * Ports: new ones are returned in *@port. Common errors: -EINVAL bad port, or in a state that
 * forbids it; -ENOSPC no port left; -ENOMEM; -ENOENT no such vCPU. Sources: abi-facts 5.
 */
int evtchn_alloc_unbound(struct domain *d, domid_t remote, evtchn_port_t *port);
int evtchn_bind_interdomain(struct domain *d, struct domain *rd, evtchn_port_t rport,
			    evtchn_port_t *port);
/*
 * A channel between two ports of different new domains. Both are free and below EVTCHN_PER_BUCKET,
 * so that there are records of them.
 */
void evtchn_bind_ports(struct domain *d, evtchn_port_t port, struct domain *rd,
		       evtchn_port_t rport);
/* -EEXIST: the vCPU (domain, for a global one) has it bound. */
int evtchn_bind_virq(struct domain *d, uint32_t virq, uint32_t vcpu, evtchn_port_t *port);
int evtchn_bind_ipi(struct domain *d, uint32_t vcpu, evtchn_port_t *port);
/* Also the errors of pirq_bind(). */
int evtchn_bind_pirq(struct domain *d, uint32_t pirq, evtchn_port_t *port);
int evtchn_bind_vcpu(struct domain *d, evtchn_port_t port, uint32_t vcpu);
int evtchn_close(struct domain *d, evtchn_port_t port);
int evtchn_unmask(struct domain *d, evtchn_port_t port);
/* Is an event pending on @port, masked or not? */
bool evtchn_pending(struct domain *d, evtchn_port_t port);
/*
 * The FIFO form. evtchn_fifo_control(): @vcpu's control block is at @offset of the domain's
 * @frame; the first call switches the domain over (-EINVAL: it has one, bad offset or frame).
 * evtchn_fifo_expand(): words of the next 1024 ports are in @frame (-EOPNOTSUPP: two-level form;
 * -ENOSPC: all there). evtchn_set_priority(): -ENOSYS in the two-level form.
 */
int evtchn_fifo_control(struct domain *d, uint32_t vcpu, mfn_t frame, uint32_t offset);
int evtchn_fifo_expand(struct domain *d, mfn_t frame);
int evtchn_set_priority(struct domain *d, evtchn_port_t port, uint32_t priority);
/* Fills all but dom and port. */
int evtchn_status_get(struct domain *d, evtchn_port_t port, struct evtchn_status *st);

/* Is an event pending and unmasked for @v? Lock-free; used by block and by the exit path. */
bool evtchn_upcall_ready(const struct vcpu *v);
/*
 * After vcpu_info moved: set selectors and pending so that nothing is missed. @v is current or
 * down.
 */
void evtchn_resync(struct vcpu *v);

#endif
