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

#define SCHED_NOT_LOADED     (-1)

/*
 * Policy's record in a vCPU, under the lock of run queue `cpu`; sched_credit.c owns all but what
 * is marked.
 */
struct sched_vcpu {
	struct cpumask affinity_hard, affinity_soft; /* sched.c */
	uint32_t cpu;   /* where it runs, or last ran, or waits (sched.c) */
	int32_t loaded; /* CPU that holds its registers, or SCHED_NOT_LOADED (sched.c) */
	bool running;   /* on a CPU now (sched.c) */
	bool unload;    /* somebody waits for loaded to become SCHED_NOT_LOADED (sched.c) */
	bool queued;    /* waits in the run queue */
	bool boosted;   /* woke within its share: goes before others for a moment */
	bool yielded;   /* gives way once, whatever its credit */
	bool pinned;    /* SCHEDOP_pin_override: affinity_pinned applies (sched.c) */
	struct cpumask affinity_pinned;
	struct cpumask allowed; /* what follows for it from affinity, pin and pool (sched.c) */
	int64_t credit;         /* what is left of its share in epoch, ns over weight */
	uint64_t epoch;
	int64_t started;          /* charged up to here */
	uint64_t runtime;         /* total ns run */
	struct vcpu *next, *prev; /* run queue, best first */
};

/* Policy's record in a domain: what is left of its cap in this period. Atomic. */
struct sched_domain {
	int64_t budget; /* ns; below 0: its vCPUs wait for the next period */
	int64_t period_start;
	uint32_t pool; /* whose CPUs its vCPUs may use (sched.c) */
};

#define SCHED_POOLS_MAX 32u
/* CPUs by pool; each CPU is in one pool or none. Number 0 gets all at first. Under control_lock. */
extern struct cpumask sched_pools[SCHED_POOLS_MAX];

/* Once, before the first vCPU. */
void sched_init(void);
/* Run queue and timer of @cpu, which becomes online; before its first schedule(). */
void sched_cpu_init(unsigned cpu);
/* A new vCPU: may run anywhere, shares by its domain's weight. 0. */
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
/* The current vCPU lets one that waits go first, if any does. (Not sched_yield: libc's.) */
void sched_give_way(void);
/* An event came for @v: end its wait, or make the CPU that runs it look. Any context. */
void sched_event(struct vcpu *v);
/* Keep @v on @cpu until called with -1. -EINVAL: no such CPU; -EBUSY: kept elsewhere. */
int sched_pin(struct vcpu *v, int32_t cpu);

/*
 * SOFTIRQ_SCHEDULE on the way to the guest: charge the current vCPU, pick the next, switch;
 * idles (interrupts on, timers and softirqs served) until there is one. Returns with one current.
 * Called and returns with interrupts on, no lock held.
 */
void schedule(void);

/*
 * From now on @d uses the CPUs of @pool, which has some. Also after these changed. A vCPU whose
 * affinity leaves none of them gets all.
 */
void sched_domain_pool(struct domain *d, unsigned pool);
/* Affinity: -EINVAL when no CPU of the domain's pool is in @hard. */
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
