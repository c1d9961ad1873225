/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Vectors of each CPU: who has them, and dispatch. */
#include <arch/irq.h>
#include <asm/apic.h>
#include <asm/irq_vectors.h>
#include <asm/traps.h>
#include <asm/vector.h>
#include <hv/console.h>
#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/heap.h>
#include <hv/lock.h>
#include <hv/sched.h>

struct handler {
	void (*fn)(void *arg);
	void *arg;
};

/* Written under the lock, the function last; read by their CPU without it. */
static struct handler *handlers[HV_MAX_CPUS];
static volatile uint8_t running[HV_MAX_CPUS]; /* device vector being handled, 0 = none */
static void (*system_handlers[256 - VECTOR_DEVICE_LAST])(void);
static uint64_t strays;
static struct spinlock lock = SPINLOCK_INIT(RANK_IRQ_CHIP);

_Static_assert(sizeof(struct handler) * 256 == PAGE_SIZE, "one frame a CPU");

void vector_cpu_init(unsigned cpu)
{
	handlers[cpu] = heap_alloc_zeroed();
	if (!handlers[cpu])
		panic("no memory for CPU %u's vectors", cpu);
}

void vector_set_system(uint8_t vector, void (*fn)(void))
{
	system_handlers[vector - VECTOR_DEVICE_LAST] = fn;
}

/* Guests use INT 0x80 and 0x82 with gates of their own. */
static bool usable(unsigned vector)
{
	return vector != 0x80 && vector != 0x82;
}

int arch_irq_vector_alloc(unsigned cpu, void (*fn)(void *arg), void *arg, struct irq_vector *out)
{
	unsigned long flags;
	int rc = -ENOSPC;

	if (cpu >= HV_MAX_CPUS || !handlers[cpu])
		return -EINVAL;
	flags = spin_lock_irqsave(&lock);
	for (unsigned v = VECTOR_DEVICE_FIRST; v <= VECTOR_DEVICE_LAST; v++) {
		struct handler *h = &handlers[cpu][v];

		if (h->fn || !usable(v))
			continue;
		h->arg = arg;
		__atomic_store_n(&h->fn, fn, __ATOMIC_RELEASE);
		*out = (struct irq_vector){cpu, (uint8_t)v};
		rc = 0;
		break;
	}
	spin_unlock_irqrestore(&lock, flags);
	return rc;
}

void arch_irq_vector_free(struct irq_vector v)
{
	unsigned long flags = spin_lock_irqsave(&lock);

	__atomic_store_n(&handlers[v.cpu][v.vector].fn, NULL, __ATOMIC_SEQ_CST);
	spin_unlock_irqrestore(&lock, flags);
	while (v.cpu != this_cpu() && running[v.cpu] == v.vector)
		cpu_relax();
}

static void dispatch_device(unsigned cpu, uint8_t vector)
{
	const struct handler *h = &handlers[cpu][vector];
	void (*fn)(void *arg);

	__atomic_store_n(&running[cpu], vector, __ATOMIC_SEQ_CST);
	fn = __atomic_load_n(&h->fn, __ATOMIC_SEQ_CST);
	if (fn)
		fn(h->arg);
	else
		__atomic_fetch_add(&strays, 1, __ATOMIC_RELAXED);
	__atomic_store_n(&running[cpu], 0, __ATOMIC_RELEASE);
}

void irq_dispatch(struct regs *regs)
{
	struct cpu_info *info = cpu_info();
	uint8_t vector = (uint8_t)regs->vector;

	info->in_irq++;
	if (vector <= VECTOR_DEVICE_LAST)
		dispatch_device(info->cpu, vector);
	else if (system_handlers[vector - VECTOR_DEVICE_LAST])
		system_handlers[vector - VECTOR_DEVICE_LAST]();
	if (vector != VECTOR_SPURIOUS)
		apic_eoi();
	info->in_irq--;
}
