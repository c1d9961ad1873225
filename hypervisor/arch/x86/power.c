/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reboot, sleep, halt. */
#include <arch/mmu.h>
#include <arch/pci.h>
#include <arch/power.h>
#include <arch/smp.h>
#include <arch/vcpu.h>
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

/* @size 1 or 2; nothing where firmware names no such register. */
static void write_acpi(const struct acpi_reg *r, unsigned size, uint16_t value)
{
	volatile void *p;

	if (!r->addr)
		return;
	if (r->space == 1) {
		arch_port_out((uint16_t)r->addr, size, value);
		return;
	}
	p = arch_ioremap((paddr_t){r->addr}, size, false);
	if (p && size == 1)
		*(volatile uint8_t *)p = (uint8_t)value;
	else if (p)
		*(volatile uint16_t *)p = value;
}

static void reset_by_acpi(void)
{
	if (!acpi.reset.addr)
		return;
	write_acpi(&acpi.reset, 1, acpi.reset_value);
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

int arch_acpi_sleep(uint16_t val_a, uint16_t val_b)
{
	if (!acpi.pm1a_cnt.addr)
		return -ENODEV;
	arch_stop_others();
	write_acpi(&acpi.pm1a_cnt, 2, val_a);
	write_acpi(&acpi.pm1b_cnt, 2, val_b);
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
