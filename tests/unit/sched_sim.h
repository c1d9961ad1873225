/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine of simulated CPUs under the real scheduler and timers: time jumps from event to event,
 * vCPUs compute or do "I/O" as told, nothing depends on the host's speed.
 */
#ifndef TESTS_SCHED_SIM_H
#define TESTS_SCHED_SIM_H

#include <hv/domain.h>
#include <hv/vcpu.h>

#define MS            1000000ll
#define US            1000ll
#define SIM_MAX_VCPUS 600

struct sim_vcpu {
	struct vcpu v;
	struct vcpu_info info;
	int64_t burst, sleep; /* runs so long, sleeps so long; sleep 0: runs for ever */
	int64_t left;         /* of this burst */
	int64_t wake_at;      /* 0 = not asleep */
	int64_t woken_at;     /* waits for a CPU since then; 0 = does not */
	int64_t latency_max, latency_sum;
	unsigned wakes;
	unsigned tag;
};

extern struct sim_vcpu *sim_vcpus[SIM_MAX_VCPUS];
extern unsigned sim_nvcpus;

/* A fresh machine; 0 CPUs: just free the old one. */
void sim_init(unsigned cpus);
struct domain *sim_domain(uint32_t weight, uint32_t cap);
/* A vCPU that computes for ever, or for @burst ns after each @sleep ns. It starts at once. */
struct sim_vcpu *sim_add(struct domain *d, int64_t burst, int64_t sleep);
void sim_run(int64_t ns);
/* Share of one CPU that @s got since the last sim_mark(). */
double sim_share(const struct sim_vcpu *s);
void sim_mark(void);
/* Idle time of @cpu since then. */
int64_t sim_idle(unsigned cpu);
/* What this CPU does next: act as @cpu. */
void sim_on(unsigned cpu);
/* Let all CPUs with something pending do it. */
void sim_settle(void);

#endif
