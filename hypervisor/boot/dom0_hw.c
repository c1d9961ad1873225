/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What hardware the control domain gets: all but what the hypervisor drives itself. */
#include "domains.h"

#include <arch/console.h>
#include <arch/irq.h>
#include <hv/console.h>

/* Whatever is not RAM and below this may be device memory (52 bits of physical address). */
#define LAST_FRAME ((1ull << 40) - 1)
/* Messages to local APICs: a store here raises an interrupt on a CPU. */
#define MSI_WINDOW_FRAME 0xfee00u
#define SERIAL_GSI       4u
#define TIMER_GSI        0u
#define CASCADE_GSI      2u

static void must(int rc)
{
	if (rc)
		panic("control domain: no memory for its hardware rights");
}

static void grant_ports(struct rangeset *ports)
{
	/*
	 * Withheld: both PICs, PIT and its gate, clock (emulated), PCI configuration and reset
	 * control (emulated), the serial port that is our console.
	 */
	static const struct range withheld[] = {
		{0x20, 0x21}, {0xa0, 0xa1}, {0x40, 0x43},
		{0x61, 0x61}, {0x70, 0x71}, {0xcf8, 0xcff},
	};
	uint16_t first, last;

	must(rangeset_add(ports, 0, 0xffff));
	for (unsigned i = 0; i < ARRAY_SIZE(withheld); i++)
		must(rangeset_remove(ports, withheld[i].first, withheld[i].last));
	if (serial_ports(&first, &last))
		must(rangeset_remove(ports, first, last));
}

static void grant_memory(struct rangeset *mem)
{
	uint64_t lapic = arch_lapic_base().a >> PAGE_SHIFT;
	paddr_t ioapic;

	must(rangeset_add(mem, 0, LAST_FRAME));
	must(rangeset_remove(mem, MSI_WINDOW_FRAME, MSI_WINDOW_FRAME));
	must(rangeset_remove(mem, lapic, lapic));
	for (unsigned i = 0; (ioapic = arch_ioapic_base(i)).a; i++)
		must(rangeset_remove(mem, ioapic.a >> PAGE_SHIFT, ioapic.a >> PAGE_SHIFT));
}

static void grant_lines(struct rangeset *lines)
{
	uint16_t first, last;

	must(rangeset_add(lines, 0, arch_gsi_count() - 1));
	must(rangeset_remove(lines, TIMER_GSI, TIMER_GSI));
	must(rangeset_remove(lines, CASCADE_GSI, CASCADE_GSI));
	if (serial_ports(&first, &last) && first == 0x3f8)
		must(rangeset_remove(lines, SERIAL_GSI, SERIAL_GSI));
}

void dom0_hw_grant(struct domain *d)
{
	grant_ports(&d->io_ports);
	grant_memory(&d->io_mem);
	grant_lines(&d->irq_caps);
}
