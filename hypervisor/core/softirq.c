/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Softirqs and tasklets. Pending bits are in cpu_info, where the entry code tests them. */
#include <hv/softirq.h>

#include <arch/mmu.h>
#include <arch/smp.h>
#include <hv/cpu.h>
#include <hv/lock.h>
#include <hv/timer.h>

static struct tasklet *tasklets[HV_MAX_CPUS]; /* newest first; own CPU only, interrupts off */

void softirq_raise(enum softirq nr)
{
	__atomic_fetch_or(&cpu_info()->softirqs, 1u << nr, __ATOMIC_SEQ_CST);
}

void softirq_raise_on(unsigned cpu, enum softirq nr)
{
	uint32_t bit = 1u << nr;
	uint32_t old = __atomic_fetch_or(&cpu_info_of(cpu)->softirqs, bit, __ATOMIC_SEQ_CST);

	if (!(old & bit) && cpu != this_cpu())
		arch_kick_cpu(cpu);
}

void tasklet_schedule(struct tasklet *t)
{
	unsigned long flags;

	if (__atomic_exchange_n(&t->pending, 1, __ATOMIC_ACQ_REL))
		return;
	flags = irq_save();
	t->next = tasklets[this_cpu()];
	tasklets[this_cpu()] = t;
	irq_restore(flags);
	softirq_raise(SOFTIRQ_TASKLET);
}

static void tasklets_run(void)
{
	unsigned long flags = irq_save();
	struct tasklet *t = tasklets[this_cpu()];

	tasklets[this_cpu()] = NULL;
	irq_restore(flags);
	while (t) {
		struct tasklet *next = t->next;
		void (*fn)(void *) = t->fn;
		void *arg = t->arg;

		/* The function may free what holds the tasklet. */
		__atomic_store_n(&t->pending, 0, __ATOMIC_RELEASE);
		fn(arg);
		t = next;
	}
}

bool softirq_run(void)
{
	const uint32_t later = 1u << SOFTIRQ_SCHEDULE;
	uint32_t *word = &cpu_info()->softirqs;
	uint32_t bits;

	/* Only what the exchange itself took away may be forgotten: an interrupt can add a bit. */
	while (__atomic_load_n(word, __ATOMIC_ACQUIRE) & ~later) {
		bits = __atomic_fetch_and(word, later, __ATOMIC_SEQ_CST);
		if (bits & 1u << SOFTIRQ_TIMER)
			timer_softirq();
		if (bits & 1u << SOFTIRQ_TASKLET)
			tasklets_run();
		if (bits & 1u << SOFTIRQ_ROOTS)
			arch_roots_refresh();
	}
	return __atomic_load_n(word, __ATOMIC_ACQUIRE) & later;
}
