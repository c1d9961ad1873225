// SPDX-License-Identifier: GPL-2.0-or-later
/* Vectors and the pins of one IO-APIC, which fire when a test says so. */
#include <arch/irq.h>
#include <hv/errno.h>
#include "host.h"

#define FIRST_VECTOR 0x30u

struct host_pin host_pin[HOST_GSIS];
unsigned host_vectors_left;

static struct {
	void (*fn)(void *arg);
	void *arg;
} handler[256];

void host_irq_init(unsigned vectors)
{
	for (unsigned i = 0; i < HOST_GSIS; i++)
		host_pin[i] = (struct host_pin){.masked = true};
	for (unsigned i = 0; i < 256; i++)
		handler[i].fn = NULL;
	host_vectors_left = vectors;
}

bool host_vector_fire(struct irq_vector v)
{
	if (!handler[v.vector].fn)
		return false;
	handler[v.vector].fn(handler[v.vector].arg);
	return true;
}

bool host_gsi_raise(unsigned gsi)
{
	return !host_pin[gsi].masked && host_vector_fire(host_pin[gsi].to);
}

int arch_irq_vector_alloc(unsigned cpu, void (*fn)(void *arg), void *arg, struct irq_vector *out)
{
	unsigned i = FIRST_VECTOR;

	if (!host_vectors_left)
		return -ENOSPC;
	while (handler[i].fn)
		i++;
	host_vectors_left--;
	handler[i].fn = fn;
	handler[i].arg = arg;
	*out = (struct irq_vector){cpu, (uint8_t)i};
	return 0;
}

void arch_irq_vector_free(struct irq_vector v)
{
	handler[v.vector].fn = NULL;
	host_vectors_left++;
}

unsigned arch_gsi_count(void)
{
	return HOST_GSIS;
}

bool arch_gsi_valid(unsigned gsi)
{
	return gsi < HOST_GSIS;
}

int arch_gsi_route(unsigned gsi, struct irq_vector v, bool level, bool active_low)
{
	host_pin[gsi] = (struct host_pin){v, level, active_low, true};
	return 0;
}

void arch_gsi_mask(unsigned gsi, bool masked)
{
	host_pin[gsi].masked = masked;
}

/* As firmware usually has it: the timer on pin 2, ACPI's line 9 level and active low. */
void arch_isa_irq(unsigned isa, unsigned *gsi, bool *level, bool *active_low)
{
	*gsi = isa ? isa : 2;
	*level = *active_low = isa == 9;
}

int arch_ioapic_read(paddr_t base, uint32_t reg, uint32_t *value)
{
	*value = (HOST_GSIS - 1) << 16 | 0x20;
	return base.a == 0xfec00000 && reg == 1 ? 0 : -EINVAL;
}

void arch_msi_message(struct irq_vector v, uint64_t *address, uint32_t *data)
{
	*address = 0xfee00000 | v.cpu << 12;
	*data = v.vector;
}
