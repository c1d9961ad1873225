/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ticket spinlocks, and the one lock order of the hypervisor.
 *
 * A CPU takes locks in rising rank only. RANK_LINE and above are taken with interrupts off
 * (spin_lock_irqsave) because interrupt handlers take them; no other lock may be taken in an
 * interrupt handler. Nobody waits for another CPU (IPI, TLB flush) while it holds a lock of
 * RANK_LINE or above or has interrupts off.
 */
#ifndef HV_LOCK_H
#define HV_LOCK_H

#include <hv/types.h>
#include <asm/cpu.h>

enum lock_rank {
	RANK_CONTROL = 1, /* domctl/sysctl serialisation, domain list changes */
	RANK_DOMAIN,      /* struct domain: life cycle, vCPU bring-up */
	RANK_GRANT,       /* grant and maptrack tables; one domain's at a time */
	RANK_EVTCHN,      /* binding and closing of event channels, all domains */
	RANK_IRQ_ROUTE,   /* pirq bindings, MSI set-up */
	RANK_PAGES,       /* a domain's page list and counts */
	RANK_DIRTY,       /* bitmaps of dirty pages */
	RANK_DOMLIST,     /* look-up of domains by id */
	RANK_HEAP,        /* frame allocator, slabs */
	RANK_LINE,        /* interrupt lines: who listens; interrupts off */
	RANK_PORT,        /* one event channel's record; interrupts off */
	RANK_FIFO,        /* a domain's event queues */
	RANK_RUNQ,        /* run queues, vCPU state */
	RANK_TIMER,
	RANK_IRQ_CHIP, /* IO-APIC, PCI configuration ports, RTC */
	RANK_CONSOLE,
};

struct spinlock {
	uint16_t next, serving;
	uint16_t rank; /* enum lock_rank, for the checks of debug builds */
};

#define SPINLOCK_INIT(r) ((struct spinlock){.rank = (r)})

static inline void spin_lock_init(struct spinlock *l, enum lock_rank rank)
{
	*l = SPINLOCK_INIT((uint16_t)rank);
}

static inline void spin_lock(struct spinlock *l)
{
	uint16_t mine = __atomic_fetch_add(&l->next, 1, __ATOMIC_ACQUIRE);

	while (unlikely(__atomic_load_n(&l->serving, __ATOMIC_ACQUIRE) != mine))
		cpu_relax();
}

static inline bool spin_trylock(struct spinlock *l)
{
	uint16_t mine = __atomic_load_n(&l->serving, __ATOMIC_ACQUIRE);
	uint16_t seen = mine;

	return __atomic_compare_exchange_n(&l->next, &seen, (uint16_t)(mine + 1), false,
					   __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

static inline void spin_unlock(struct spinlock *l)
{
	__atomic_store_n(&l->serving, (uint16_t)(l->serving + 1), __ATOMIC_RELEASE);
}

/* Take @l with interrupts off; returns the flags that spin_unlock_irqrestore wants back. */
static inline unsigned long spin_lock_irqsave(struct spinlock *l)
{
	unsigned long flags = irq_save();

	spin_lock(l);
	return flags;
}

static inline void spin_unlock_irqrestore(struct spinlock *l, unsigned long flags)
{
	spin_unlock(l);
	irq_restore(flags);
}

#endif
