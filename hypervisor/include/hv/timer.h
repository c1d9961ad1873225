/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Timers: one pairing heap a CPU, by deadline; functions run in SOFTIRQ_TIMER on that CPU. */
#ifndef HV_TIMER_H
#define HV_TIMER_H

#include <hv/types.h>

struct timer {
	int64_t deadline; /* ns of time_now() */
	void (*fn)(void *arg);
	void *arg;
	uint32_t cpu;
	bool armed;   /* in the heap of cpu */
	bool running; /* its function is being called */
	/* links of the heap; back is the elder sibling, or the parent of the eldest */
	struct timer *child, *sibling, *back;
};

/* System time: ns since the hypervisor started, the same on each CPU, never going back. */
int64_t time_now(void);

void timer_init(struct timer *t, void (*fn)(void *arg), void *arg, unsigned cpu);
/* (Re)arm for @deadline; a past one fires at the next chance. Any context. */
void timer_set(struct timer *t, int64_t deadline);
/* Disarm; on return the function does not run (waits for it, unless called by it). */
void timer_stop(struct timer *t);
/* Move a timer to another CPU, armed or not. */
void timer_migrate(struct timer *t, unsigned cpu);
void timer_cpu_init(unsigned cpu);
/* SOFTIRQ_TIMER's handler. */
void timer_softirq(void);

#endif
