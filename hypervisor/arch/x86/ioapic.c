/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IO-APICs: pins by GSI. The low half of each routing entry is kept here, for masks cost a write.
 */
#include <arch/irq.h>
#include <arch/mmu.h>
#include <arch/smp.h>
#include <asm/ioapic.h>
#include <asm/msr.h>
#include <hv/acpi.h>
#include <hv/console.h>
#include <hv/errno.h>
#include <hv/lock.h>

#define PINS_MAX   240u
#define REG_VER    1
#define REG_RTE(n) (0x10 + 2 * (n))
#define RTE_LOW    (1u << 13)
#define RTE_LEVEL  (1u << 15)
#define RTE_MASKED (1u << 16)

static struct ioapic {
	volatile uint32_t *regs;
	uint64_t base;
	uint32_t gsi_base, pins;
	uint32_t low[PINS_MAX];
} ioapics[ACPI_MAX_IOAPICS];
static unsigned ioapic_count, gsi_count;
static struct spinlock lock = SPINLOCK_INIT(RANK_IRQ_CHIP);

static uint32_t read(const struct ioapic *io, uint32_t reg)
{
	io->regs[0] = reg;
	return io->regs[4];
}

static void write(const struct ioapic *io, uint32_t reg, uint32_t v)
{
	io->regs[0] = reg;
	io->regs[4] = v;
}

/* Remapped to our highest vectors, where a stray one hits nobody, and masked. */
static void pic_silence(void)
{
	static const struct {
		uint16_t port;
		uint8_t value;
	} writes[] = {{0x20, 0x11}, {0xa0, 0x11}, {0x21, 0xf0}, {0xa1, 0xf0}, {0x21, 0x04},
		      {0xa1, 0x02}, {0x21, 0x01}, {0xa1, 0x01}, {0x21, 0xff}, {0xa1, 0xff}};

	for (unsigned i = 0; i < ARRAY_SIZE(writes); i++)
		outb(writes[i].port, writes[i].value);
}

void ioapic_init(void)
{
	pic_silence();
	for (unsigned i = 0; i < acpi.ioapics; i++) {
		struct ioapic *io = &ioapics[ioapic_count];

		io->base = acpi.ioapic[i].addr;
		io->gsi_base = acpi.ioapic[i].gsi_base;
		io->regs = arch_ioremap((paddr_t){io->base}, 0x20, false);
		if (!io->regs || read(io, REG_VER) == UINT32_MAX) {
			log_warn("IO-APIC at %lx does not answer", io->base);
			continue;
		}
		io->pins = MIN((read(io, REG_VER) >> 16 & 0xff) + 1, PINS_MAX);
		for (uint32_t pin = 0; pin < io->pins; pin++) {
			io->low[pin] = RTE_MASKED;
			write(io, REG_RTE(pin), RTE_MASKED);
		}
		gsi_count = MAX(gsi_count, io->gsi_base + io->pins);
		ioapic_count++;
	}
	log_info("%u IO-APIC%s, %u lines", ioapic_count, ioapic_count == 1 ? "" : "s", gsi_count);
}

static struct ioapic *of_gsi(unsigned gsi)
{
	for (unsigned i = 0; i < ioapic_count; i++)
		if (gsi >= ioapics[i].gsi_base && gsi - ioapics[i].gsi_base < ioapics[i].pins)
			return &ioapics[i];
	return NULL;
}

unsigned arch_gsi_count(void)
{
	return gsi_count;
}

bool arch_gsi_valid(unsigned gsi)
{
	return of_gsi(gsi);
}

int arch_gsi_route(unsigned gsi, struct irq_vector v, bool level, bool active_low)
{
	struct ioapic *io = of_gsi(gsi);
	unsigned long flags;
	uint32_t pin;

	if (!io)
		return -EINVAL;
	pin = gsi - io->gsi_base;
	flags = spin_lock_irqsave(&lock);
	io->low[pin] = v.vector | RTE_MASKED | (level ? RTE_LEVEL : 0) | (active_low ? RTE_LOW : 0);
	write(io, REG_RTE(pin), io->low[pin]);
	write(io, REG_RTE(pin) + 1, arch_cpu_apic_id(v.cpu) << 24);
	spin_unlock_irqrestore(&lock, flags);
	return 0;
}

void arch_gsi_mask(unsigned gsi, bool masked)
{
	struct ioapic *io = of_gsi(gsi);
	unsigned long flags;
	uint32_t *low;

	if (!io)
		return;
	low = &io->low[gsi - io->gsi_base];
	flags = spin_lock_irqsave(&lock);
	*low = masked ? *low | RTE_MASKED : *low & ~RTE_MASKED;
	write(io, REG_RTE(gsi - io->gsi_base), *low);
	spin_unlock_irqrestore(&lock, flags);
}

void arch_isa_irq(unsigned isa, unsigned *gsi, bool *level, bool *active_low)
{
	*gsi = isa;
	*level = *active_low = false;
	for (unsigned i = 0; i < acpi.overrides; i++)
		if (acpi.override[i].isa == isa) {
			*gsi = acpi.override[i].gsi;
			*level = acpi.override[i].level;
			*active_low = acpi.override[i].active_low;
		}
}

int arch_ioapic_read(paddr_t base, uint32_t reg, uint32_t *value)
{
	for (unsigned i = 0; i < ioapic_count; i++) {
		unsigned long flags;

		if (ioapics[i].base != base.a || reg >= REG_RTE(ioapics[i].pins))
			continue;
		flags = spin_lock_irqsave(&lock);
		*value = read(&ioapics[i], reg);
		spin_unlock_irqrestore(&lock, flags);
		return 0;
	}
	return -EINVAL;
}

paddr_t arch_ioapic_base(unsigned i)
{
	return (paddr_t){i < ioapic_count ? ioapics[i].base : 0};
}
