/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The seam to interrupt hardware: vectors with their handlers, IO-APIC pins by GSI, MSI messages.
 * All but allocation may be called with RANK_IRQ_ROUTE held and from interrupt handlers.
 */
#ifndef ARCH_IRQ_H
#define ARCH_IRQ_H

#include <hv/types.h>

/* A vector of one CPU; the pair that a pin or a message is aimed at. */
struct irq_vector {
	uint32_t cpu;
	uint8_t vector;
};

/*
 * Take a free vector of @cpu. @fn(arg) runs in interrupt context, interrupts off, each time it
 * fires; the local EOI follows when fn returns. -ENOSPC, or -EINVAL (CPU not online).
 */
int arch_irq_vector_alloc(unsigned cpu, void (*fn)(void *arg), void *arg, struct irq_vector *out);
/* Give it back. The source must be masked; waits until the handler is not running elsewhere. */
void arch_irq_vector_free(struct irq_vector v);

/* Number of GSIs, highest + 1. */
unsigned arch_gsi_count(void);
/* Is there a pin for it? */
bool arch_gsi_valid(unsigned gsi);
/* Aim the pin; it stays masked, or becomes so. -EINVAL: no such pin. */
int arch_gsi_route(unsigned gsi, struct irq_vector v, bool level, bool active_low);
void arch_gsi_mask(unsigned gsi, bool masked);
/* GSI, trigger and polarity of ISA line @isa (0..15) by the firmware's overrides. */
void arch_isa_irq(unsigned isa, unsigned *gsi, bool *level, bool *active_low);
/* Register @reg of the IO-APIC at @base, for PHYSDEVOP_apic_read. -EINVAL: none there. */
int arch_ioapic_read(paddr_t base, uint32_t reg, uint32_t *value);
/* IO-APICs' machine addresses (each one page), to be kept from guests: the @i-th, or a = 0. */
paddr_t arch_ioapic_base(unsigned i);
/* The local APIC's machine address. */
paddr_t arch_lapic_base(void);

/* Address and data that a device must write to raise @v. */
void arch_msi_message(struct irq_vector v, uint64_t *address, uint32_t *data);

#endif
