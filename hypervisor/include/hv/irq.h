/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupts of devices and who has them: a domain's pirqs over IO-APIC pins (pirq = GSI) and
 * messages (pirqs above the GSIs). One is masked until it is bound to an event channel; a level
 * line is masked when it fires, until each guest bound to it has said EOI. Edge lines are not
 * shared.
 */
#ifndef HV_IRQ_H
#define HV_IRQ_H

#include <hv/evtchn.h>
#include <hv/types.h>

struct msi_source;

/* A domain gets a pirq table, if it has none. -ENOMEM; -ESRCH: it is dying. Takes its lock. */
int irq_domain_create(struct domain *d);
/* Mask and give back all lines; no-op without a table. Called while the domain dies. */
void irq_domain_destroy(struct domain *d);

/*
 * Make a GSI, which @by has a right to, or an MSI known to the domain as a pirq. GSI: pirq == gsi.
 * MSI: takes over @msi (on success), returns the new pirq in *@pirq; the domain has vCPU 0.
 * -EINVAL no such line, or no table; -EPERM not @by's (MSI: no table); -ENOSPC no pirq or vector
 * left; -ENOMEM.
 */
int pirq_map_gsi(struct domain *d, unsigned gsi, const struct domain *by);
int pirq_map_msi(struct domain *d, struct msi_source *msi, uint32_t *pirq);
/* One that is bound is taken off its event channel, which stays. -EINVAL: not mapped. */
int pirq_unmap(struct domain *d, uint32_t pirq);
/* Trigger and polarity of a GSI, for all domains that have it. -EINVAL, -EPERM. */
int pirq_setup_gsi(struct domain *d, unsigned gsi, bool level, bool active_low);
/* XENIRQSTAT_*: does the guest have to say EOI, is the line shared? Unknown pirqs: 0. */
uint32_t pirq_status(struct domain *d, uint32_t pirq);

/*
 * EVTCHNOP_bind_pirq: connect @pirq to @port and unmask it. -EINVAL unknown pirq, -EEXIST bound
 * already, -EPERM not the domain's line, -EBUSY another domain has this edge line, -ENOSPC no
 * vector left. Under the lock of event channels.
 */
int pirq_bind(struct domain *d, uint32_t pirq, evtchn_port_t port);
/* Nothing happens if the pirq is not bound to @port. */
void pirq_unbind(struct domain *d, uint32_t pirq, evtchn_port_t port);
/* PHYSDEVOP_eoi: the guest has handled it. Always harmless. -EINVAL unknown pirq. */
int pirq_eoi(struct domain *d, uint32_t pirq);

#endif
