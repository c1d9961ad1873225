/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The seam to PCI configuration space: ECAM where MCFG names it, else ports 0xcf8/0xcfc. */
#ifndef ARCH_PCI_H
#define ARCH_PCI_H

#include <hv/types.h>

struct pci_addr {
	uint16_t segment;
	uint8_t bus, devfn;
};

/*
 * @size 1, 2 or 4; @reg a multiple of it, below 4096 (256 without ECAM). Absent device or a
 * register out of reach: all ones; writes there vanish. Takes RANK_IRQ_CHIP.
 */
uint32_t arch_pci_read(struct pci_addr dev, unsigned reg, unsigned size);
void arch_pci_write(struct pci_addr dev, unsigned reg, unsigned size, uint32_t value);
/* Firmware's ECAM ranges: the @i-th, false when there is none. */
bool arch_pci_ecam(unsigned i, paddr_t *base, uint16_t *segment, uint8_t *bus0, uint8_t *bus1);

#endif
