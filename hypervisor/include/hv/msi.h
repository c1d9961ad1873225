/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One message-signalled interrupt of a PCI device: where its message is stored. */
#ifndef HV_MSI_H
#define HV_MSI_H

#include <arch/irq.h>
#include <arch/pci.h>

struct msi_source {
	struct pci_addr dev;
	uint16_t cap;             /* capability's place in configuration space */
	bool maskable;            /* has a mask bit */
	bool is_64;               /* MSI: capability has a 64-bit address */
	volatile uint32_t *entry; /* MSI-X: the table entry; NULL for MSI */
};

/*
 * Find MSI (@table_base 0) or entry @nr of MSI-X (@table_base: start of the BAR that holds the
 * table). -ENODEV: no such device or capability; -EINVAL: no such entry, or another BAR;
 * -ENOMEM. Control paths only.
 */
int msi_source_find(struct pci_addr dev, uint64_t table_base, uint32_t nr, struct msi_source *out);
/* Store the message for @v, masked where there is a mask bit. */
void msi_source_program(struct msi_source *m, struct irq_vector v);
void msi_source_mask(struct msi_source *m, bool mask);

#endif
