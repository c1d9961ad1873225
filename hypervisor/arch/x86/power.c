/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reboot, sleep, halt. */
#include <arch/mmu.h>
#include <arch/pci.h>
#include <arch/power.h>
#include <arch/smp.h>
#include <asm/desc.h>
#include <asm/msr.h>
#include <asm/time.h>
#include <hv/acpi.h>
#include <hv/cpu.h>
#include <hv/console.h>
#include <hv/errno.h>

#define SLP_EN     (1u << 13)
#define SLP_TYP(n) ((uint16_t)((n) << 10))

void arch_halt(void)
{
	for (;;)
		__asm__ volatile("cli; hlt");
}

static void reset_by_acpi(void)
{
	volatile uint8_t *p;

	if (!acpi.reset.addr)
		return;
	if (acpi.reset.space == 1) {
		outb((uint16_t)acpi.reset.addr, acpi.reset_value);
	} else {
		p = arch_ioremap((paddr_t){acpi.reset.addr}, 1, false);
		if (p)
			*p = acpi.reset_value;
	}
	delay_us(50000);
}

static void reset_by_chipset(void)
{
	uint8_t v = inb(0xcf9) & ~6u;

	outb(0xcf9, v | 2);
	delay_us(50);
	outb(0xcf9, v | 6);
	delay_us(50000);
}

static void reset_by_keyboard(void)
{
	for (unsigned i = 0; i < 1000 && inb(0x64) & 2; i++)
		delay_us(10);
	outb(0x64, 0xfe);
	delay_us(50000);
}

void arch_reboot(void)
{
	struct desc_ptr none = {0, 0};

	irq_disable();
	arch_stop_others();
	reset_by_acpi();
	reset_by_chipset();
	reset_by_keyboard();
	__asm__ volatile("lidt %0; int3" ::"m"(none));
	arch_halt();
}

static void write_pm1(const struct acpi_reg *r, uint16_t value)
{
	volatile uint16_t *p;

	if (r->space == 1) {
		outw((uint16_t)r->addr, value);
	} else {
		p = arch_ioremap((paddr_t){r->addr}, 2, false);
		if (p)
			*p = value;
	}
}

int arch_acpi_sleep(uint16_t val_a, uint16_t val_b)
{
	if (!acpi.pm1a_cnt.addr)
		return -ENODEV;
	arch_stop_others();
	write_pm1(&acpi.pm1a_cnt, val_a);
	if (acpi.pm1b_cnt.addr)
		write_pm1(&acpi.pm1b_cnt, val_b);
	delay_us(100000);
	return 0;
}

/*
 * Which sleep type means "off" stands in AML, which we don't read; the control domain that does
 * goes by arch_acpi_sleep(). Here are the types of the common chipsets: 0 (PIIX4, ICH9 in QEMU), 7
 * (Intel).
 */
void arch_power_off(void)
{
	static const uint8_t types[] = {0, 7, 5};

	irq_disable();
	arch_stop_others();
	for (unsigned i = 0; acpi.pm1a_cnt.addr && i < ARRAY_SIZE(types); i++)
		arch_acpi_sleep(SLP_TYP(types[i]) | SLP_EN, SLP_TYP(types[i]) | SLP_EN);
	log_error("the machine can be switched off now");
	arch_halt();
}
