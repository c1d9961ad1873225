/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Work deferred to the way out of the hypervisor: each CPU runs its pending bits, lowest first,
 * with interrupts on, before it returns to a guest or idles.
 */
#ifndef HV_SOFTIRQ_H
#define HV_SOFTIRQ_H

#include <hv/types.h>

enum softirq {
	SOFTIRQ_TIMER,    /* expired timers */
	SOFTIRQ_TASKLET,  /* softirq_tasklet_* */
	SOFTIRQ_ROOTS,    /* arch_roots_refresh() */
	SOFTIRQ_SCHEDULE, /* pick a vCPU; last, for the others may wake one */
	SOFTIRQ_COUNT
};

/* Any context. softirq_raise_on() sends an IPI unless @cpu is this one or has the bit already. */
void softirq_raise(enum softirq nr);
void softirq_raise_on(unsigned cpu, enum softirq nr);
/*
 * A function to be called once in SOFTIRQ_TASKLET of the CPU that scheduled it, for work that must
 * not be done where it comes up. Scheduling it again before it ran does nothing.
 */
struct tasklet {
	void (*fn)(void *arg);
	void *arg;
	struct tasklet *next;
	uint8_t pending;
};

#define TASKLET_INIT(f, a)                                                                         \
	{                                                                                          \
		.fn = (f), .arg = (a)                                                              \
	}

/* Any context. */
void tasklet_schedule(struct tasklet *t);

/* Run all pending but SOFTIRQ_SCHEDULE; returns whether that one is pending. */
bool softirq_run(void);

#endif
