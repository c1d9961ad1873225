/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupt lines and who has them: a domain's pirqs over IO-APIC pins (pirq = GSI) and MSIs
 * (pirqs above the GSIs). A line is masked until it is bound to an event channel; a level line is
 * masked again when it fires, until the guest's EOI.
 */
#ifndef HV_IRQ_H
#define HV_IRQ_H

#include <hv/evtchn.h>
#include <hv/types.h>

struct msi_source;

/* A domain gets a pirq table (control domain; pass-through later). -ENOMEM. */
int irq_domain_create(struct domain *d);
/* Mask and give back all lines; no-op without a table. Called while the domain dies. */
void irq_domain_destroy(struct domain *d);

/*
 * Make a GSI or an MSI known to the domain as a pirq. GSI: pirq == gsi. MSI: takes over @msi (on
 * success), returns the new pirq in *@pirq. -EINVAL no such line, -EPERM not the domain's,
 * -ENOSPC no pirq or vector left, -EEXIST by another owner.
 */
int pirq_map_gsi(struct domain *d, unsigned gsi);
int pirq_map_msi(struct domain *d, struct msi_source *msi, uint32_t *pirq);
/* -EINVAL: not mapped; -EBUSY: bound to an event channel. */
int pirq_unmap(struct domain *d, uint32_t pirq);
/* Trigger and polarity of a GSI, before it is bound. -EINVAL, -EPERM. */
int pirq_setup_gsi(struct domain *d, unsigned gsi, bool level, bool active_low);
/* Does the guest have to say EOI for it? Unknown pirqs: no. */
bool pirq_needs_eoi(struct domain *d, uint32_t pirq);

/*
 * EVTCHNOP_bind_pirq: connect @pirq to @port and unmask the line. -EINVAL unknown pirq,
 * -EEXIST bound already. Under the domain's event lock.
 */
int pirq_bind(struct domain *d, uint32_t pirq, evtchn_port_t port, bool share);
void pirq_unbind(struct domain *d, uint32_t pirq);
/* PHYSDEVOP_eoi: the guest has handled it. Always harmless. -EINVAL unknown pirq. */
int pirq_eoi(struct domain *d, uint32_t pirq);

#endif
