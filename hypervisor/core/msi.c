/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MSI and MSI-X capabilities (PCI Local Bus 3.0, 6.8). The control domain's kernel sets the enable
 * bits itself; message and mask are ours.
 */
#include <hv/msi.h>

#include <arch/mmu.h>
#include <hv/errno.h>

#define PCI_STATUS        0x06
#define PCI_STATUS_CAPS   0x10
#define PCI_CAP_POINTER   0x34
#define PCI_BAR0          0x10
#define CAP_ID_MSI        0x05
#define CAP_ID_MSIX       0x11
#define MSI_CTRL_64       0x0080
#define MSI_CTRL_MASKABLE 0x0100
#define MSIX_ENTRY_SIZE   16u
#define MSIX_ENTRY_MASKED 1u
#define BAR_MEM_TYPE_64   0x4u

static uint16_t find_cap(struct pci_addr dev, uint8_t id)
{
	uint16_t at;

	if (arch_pci_read(dev, 0, 2) == 0xffff ||
	    !(arch_pci_read(dev, PCI_STATUS, 2) & PCI_STATUS_CAPS))
		return 0;
	at = arch_pci_read(dev, PCI_CAP_POINTER, 1) & 0xfc;
	/* The list fits 48 times in the space, so a longer one is a loop. */
	for (int left = 48; at >= 0x40 && left; left--) {
		if (arch_pci_read(dev, at, 1) == id)
			return at;
		at = arch_pci_read(dev, at + 1u, 1) & 0xfc;
	}
	return 0;
}

static uint64_t bar_base(struct pci_addr dev, unsigned bar)
{
	uint32_t low = arch_pci_read(dev, PCI_BAR0 + 4 * bar, 4);
	uint64_t base = low & ~0xfu;

	if (low & BAR_MEM_TYPE_64 && bar < 5)
		base |= (uint64_t)arch_pci_read(dev, PCI_BAR0 + 4 * bar + 4, 4) << 32;
	return base;
}

static int find_msix(struct pci_addr dev, uint64_t table_base, uint32_t nr, struct msi_source *out)
{
	uint32_t table, entries;
	uint64_t base;

	out->cap = find_cap(dev, CAP_ID_MSIX);
	if (!out->cap)
		return -ENODEV;
	entries = (arch_pci_read(dev, out->cap + 2u, 2) & 0x7ff) + 1;
	table = arch_pci_read(dev, out->cap + 4u, 4);
	if (nr >= entries || (table & 7) > 5)
		return -EINVAL;
	base = bar_base(dev, table & 7);
	if (base != table_base)
		return -EINVAL;
	base += (table & ~7u) + nr * MSIX_ENTRY_SIZE;
	out->entry = arch_ioremap((paddr_t){base}, MSIX_ENTRY_SIZE, false);
	out->maskable = true;
	return out->entry ? 0 : -ENOMEM;
}

int msi_source_find(struct pci_addr dev, uint64_t table_base, uint32_t nr, struct msi_source *out)
{
	uint32_t ctrl;

	*out = (struct msi_source){.dev = dev};
	if (table_base)
		return find_msix(dev, table_base, nr, out);
	out->cap = find_cap(dev, CAP_ID_MSI);
	if (!out->cap)
		return -ENODEV;
	ctrl = arch_pci_read(dev, out->cap + 2u, 2);
	out->is_64 = ctrl & MSI_CTRL_64;
	out->maskable = ctrl & MSI_CTRL_MASKABLE;
	return 0;
}

void msi_source_mask(struct msi_source *m, bool mask)
{
	if (m->entry)
		m->entry[3] = mask ? MSIX_ENTRY_MASKED : 0;
	else if (m->maskable)
		arch_pci_write(m->dev, m->cap + (m->is_64 ? 16u : 12u), 4, mask);
}

void msi_source_program(struct msi_source *m, struct irq_vector v)
{
	uint64_t address;
	uint32_t data;

	arch_msi_message(v, &address, &data);
	msi_source_mask(m, true);
	if (m->entry) {
		m->entry[0] = (uint32_t)address;
		m->entry[1] = (uint32_t)(address >> 32);
		m->entry[2] = data;
		return;
	}
	arch_pci_write(m->dev, m->cap + 4u, 4, (uint32_t)address);
	if (m->is_64)
		arch_pci_write(m->dev, m->cap + 8u, 4, (uint32_t)(address >> 32));
	arch_pci_write(m->dev, m->cap + (m->is_64 ? 12u : 8u), 2, data);
}
