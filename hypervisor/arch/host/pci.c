// SPDX-License-Identifier: GPL-2.0-or-later
/* One PCI device: its configuration space and the memory behind a BAR, plain bytes both. */
#include <arch/mmu.h>
#include <arch/pci.h>
#include <string.h>
#include "host.h"

struct host_pci host_pci;

static uint8_t *register_at(struct pci_addr dev, unsigned reg, unsigned size)
{
	if (dev.segment != host_pci.dev.segment || dev.bus != host_pci.dev.bus ||
	    dev.devfn != host_pci.dev.devfn || reg + size > sizeof(host_pci.config))
		return NULL;
	return &host_pci.config[reg];
}

uint32_t arch_pci_read(struct pci_addr dev, unsigned reg, unsigned size)
{
	const uint8_t *at = register_at(dev, reg, size);
	uint32_t value = 0;

	memcpy(&value, at ? at : (const uint8_t *)"\377\377\377\377", size);
	return value;
}

void arch_pci_write(struct pci_addr dev, unsigned reg, unsigned size, uint32_t value)
{
	uint8_t *at = register_at(dev, reg, size);

	if (at)
		memcpy(at, &value, size);
}

void *arch_ioremap(paddr_t pa, size_t len, bool wb)
{
	uint64_t at = pa.a - host_pci.memory_base;

	return wb || at + len > sizeof(host_pci.memory) ? NULL : (char *)host_pci.memory + at;
}
