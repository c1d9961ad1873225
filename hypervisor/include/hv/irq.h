/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupt lines and who has them: pirqs of the control domain over IO-APIC pins and MSIs.
 */
#ifndef HV_IRQ_H
#define HV_IRQ_H

#include <hv/evtchn.h>
#include <hv/types.h>

/* A domain gets a pirq table (control domain; pass-through later). */
int irq_domain_create(struct domain *d, uint32_t pirqs);
void irq_domain_destroy(struct domain *d);

/*
 * EVTCHNOP_bind_pirq: connect @pirq to @port and unmask the line. -EINVAL unknown pirq,
 * -EBUSY bound already, -EPERM not the domain's.
 */
int pirq_bind(struct domain *d, uint32_t pirq, evtchn_port_t port, bool share);
void pirq_unbind(struct domain *d, uint32_t pirq);
/* PHYSDEVOP_eoi: the guest has handled it. Always harmless. */
int pirq_eoi(struct domain *d, uint32_t pirq);

#endif
