/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PCI configuration space by ECAM or by ports 0xcf8 and 0xcfc. */
#include <arch/mmu.h>
#include <arch/pci.h>
#include <arch/vcpu.h>
#include <asm/msr.h>
#include <hv/acpi.h>
#include <hv/lock.h>

#define ECAM_FUNCTION 4096u
#define PORT_REGS     256u

static struct spinlock lock = SPINLOCK_INIT(RANK_IRQ_CHIP);

/* The function's 4 KiB in ECAM space, or NULL. */
static volatile void *ecam(struct pci_addr dev)
{
	for (unsigned i = 0; i < acpi.mcfgs; i++) {
		uint64_t at = (uint64_t)dev.bus << 20 | (uint64_t)dev.devfn << 12;

		if (acpi.mcfg[i].segment == dev.segment && acpi.mcfg[i].bus0 <= dev.bus &&
		    acpi.mcfg[i].bus1 >= dev.bus)
			return arch_ioremap((paddr_t){acpi.mcfg[i].base + at}, ECAM_FUNCTION,
					    false);
	}
	return NULL;
}

static uint16_t select(struct pci_addr dev, unsigned reg)
{
	outl(0xcf8, 1u << 31 | (uint32_t)dev.bus << 16 | (uint32_t)dev.devfn << 8 | (reg & 0xfc));
	return (uint16_t)(0xcfc + (reg & 3));
}

static bool by_ports(struct pci_addr dev, unsigned reg)
{
	return dev.segment == 0 && reg < PORT_REGS;
}

static bool sane(unsigned reg, unsigned size)
{
	return (size == 1 || size == 2 || size == 4) && reg < ECAM_FUNCTION && !(reg % size);
}

static uint32_t port_read(struct pci_addr dev, unsigned reg, unsigned size)
{
	unsigned long flags = spin_lock_irqsave(&lock);
	uint32_t v = arch_port_in(select(dev, reg), size);

	spin_unlock_irqrestore(&lock, flags);
	return v;
}

/* The first 256 bytes go by ports where possible: that costs no mapping. */
uint32_t arch_pci_read(struct pci_addr dev, unsigned reg, unsigned size)
{
	volatile char *p;

	if (!sane(reg, size))
		return UINT32_MAX;
	if (by_ports(dev, reg))
		return port_read(dev, reg, size);
	p = ecam(dev);
	if (!p)
		return UINT32_MAX;
	p += reg;
	return size == 4   ? *(volatile uint32_t *)p
	       : size == 2 ? *(volatile uint16_t *)p
			   : *(volatile uint8_t *)p;
}

static void port_write(struct pci_addr dev, unsigned reg, unsigned size, uint32_t value)
{
	unsigned long flags = spin_lock_irqsave(&lock);

	arch_port_out(select(dev, reg), size, value);
	spin_unlock_irqrestore(&lock, flags);
}

void arch_pci_write(struct pci_addr dev, unsigned reg, unsigned size, uint32_t value)
{
	volatile char *p;

	if (!sane(reg, size))
		return;
	if (by_ports(dev, reg)) {
		port_write(dev, reg, size, value);
		return;
	}
	p = ecam(dev);
	if (!p)
		return;
	p += reg;
	if (size == 4)
		*(volatile uint32_t *)p = value;
	else if (size == 2)
		*(volatile uint16_t *)p = (uint16_t)value;
	else
		*(volatile uint8_t *)p = (uint8_t)value;
}

bool arch_pci_ecam(unsigned i, paddr_t *base, uint16_t *segment, uint8_t *bus0, uint8_t *bus1)
{
	if (i >= acpi.mcfgs)
		return false;
	base->a = acpi.mcfg[i].base;
	*segment = acpi.mcfg[i].segment;
	*bus0 = acpi.mcfg[i].bus0;
	*bus1 = acpi.mcfg[i].bus1;
	return true;
}
