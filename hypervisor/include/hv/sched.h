/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scheduling: which vCPU runs where. core/sched.c keeps states and does the switch;
 * core/sched_credit.c is the policy, pure over an abstract clock.
 */
#ifndef HV_SCHED_H
#define HV_SCHED_H

#include <hv/cpumask.h>
#include <hv/types.h>

struct vcpu;
struct domain;

#define SCHED_WEIGHT_DEFAULT 256

/* Policy's record in a vCPU; sched_credit.c owns all but what is marked. */
struct sched_vcpu {
	struct cpumask affinity_hard, affinity_soft;
	uint32_t cpu;	  /* where it runs, or last ran / is queued (RANK_RUNQ of that CPU) */
	bool running;	  /* on a CPU now (sched.c) */
	bool queued;
	int64_t credit;	  /* weighted runtime budget, ns */
	int64_t started;  /* when it last came on */
	uint64_t runtime; /* total ns run (sched.c) */
	bool boosted;	  /* woke from I/O wait: runs before others once */
	bool yielded;
	struct vcpu *next, *prev; /* run queue */
};

void sched_init(void);
void sched_cpu_init(unsigned cpu);
int sched_vcpu_add(struct vcpu *v);
void sched_vcpu_remove(struct vcpu *v);

/* The vCPU may have become (un)runnable: look at its pause counts and flags again. Any context. */
void vcpu_wake(struct vcpu *v);
void vcpu_sleep_nosync(struct vcpu *v);
/* Wait until @v is on no CPU and its state is in memory. Not for the current vCPU. */
void vcpu_sleep_sync(struct vcpu *v);
bool vcpu_runnable(const struct vcpu *v);

/* The current vCPU blocks: unmask its events, then sleep unless one is pending. */
void sched_block(void);
void sched_yield(void);

/*
 * SOFTIRQ_SCHEDULE on the way to the guest: charge the current vCPU, pick the next, switch;
 * idles (interrupts on, timers and softirqs served) until there is one. Returns with one current.
 */
void schedule(void);

/* Affinity: -EINVAL when no online CPU is in @hard. */
int sched_set_affinity(struct vcpu *v, const struct cpumask *hard, const struct cpumask *soft);
/* Weight 1..65535, cap in percent of one CPU (0 = none). -EINVAL out of range. */
int sched_set_params(struct domain *d, uint32_t weight, uint32_t cap);
uint64_t sched_idle_ns(unsigned cpu);
extern struct cpumask cpus_online;

/*
 * Seam to the CPU state (arch/x86/switch.c; the host fake records the calls).
 * arch_switch_to: save the current vCPU's registers, make @next current and loaded.
 * arch_switch_away: save registers, nobody current; state stays loaded (lazily).
 * arch_unload: write the lazily loaded vCPU's state back and load the idle root.
 * arch_idle: interrupts on and wait for one, if no softirq is pending.
 */
void arch_switch_to(struct vcpu *next);
void arch_switch_away(void);
void arch_unload(void);
void arch_idle(void);

#endif
