/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The scheduling policy, pure over an abstract clock: it orders run queues and says who should
 * run where. sched.c calls it, with the lock of the run queue in question held.
 */
#ifndef CORE_SCHED_CREDIT_H
#define CORE_SCHED_CREDIT_H

#include <hv/domain.h>
#include <hv/lock.h>
#include <hv/vcpu.h>

#define CREDIT_EPOCH_NS      10000000ll /* share of a vCPU of default weight in an epoch */
#define CREDIT_SLICE_NS      5000000ll
#define CREDIT_BOOST_NS      1000000ll /* slice of a boosted vCPU */
#define CREDIT_REST_NS       100000ll  /* who blocked within that lets others finish first */
#define CREDIT_MARGIN_NS     2000000ll /* more credit than this preempts before the slice ends */
#define CREDIT_CAP_PERIOD_NS 20000000ll

struct runq {
	struct spinlock lock;     /* RANK_RUNQ; two of them: lower CPU first */
	struct vcpu *head, *tail; /* who waits, best first */
	struct vcpu *running;     /* NULL: idle */
	int64_t slice_end;        /* of running */
	bool alone;               /* nobody waited when running was picked */
} __attribute__((aligned(64)));

extern struct runq runqs[HV_MAX_CPUS];
/* CPUs with nothing to run, and CPUs with somebody waiting. Atomic hints; locks decide. */
extern struct cpumask sched_idle_cpus, sched_waiting_cpus;

void credit_vcpu_init(struct vcpu *v, int64_t now);

/* May @v run on @cpu: online, hard affinity, pin? */
bool credit_allowed(const struct vcpu *v, unsigned cpu);
/*
 * Where should @v, which is in no queue, wait? An idle CPU is claimed for it. Without
 * locks, so the answer may be stale.
 */
unsigned credit_place(const struct vcpu *v);

/* @v ran since sched.started: charge it and its domain up to @now. */
void credit_charge(struct vcpu *v, int64_t now);
/* @v wakes after having blocked: what it saved is limited, and it may be boosted. */
void credit_wake(struct vcpu *v);
/* Into and out of the queue of sched.cpu. */
void credit_enqueue(struct vcpu *v);
void credit_dequeue(struct vcpu *v);
/*
 * Should @v, which waits since @now, go before what runs on its CPU? If it should soon, the slice
 * of what runs ends then.
 */
bool credit_preempts(const struct vcpu *v, int64_t now);

/*
 * Who runs on @cpu now? @prev: who ran there until now, charged; NULL when it may not go on. The
 * chosen one is out of every queue and has sched.cpu == @cpu; NULL: idle. @cpu's slice_end is set
 * to when to ask again.
 */
struct vcpu *credit_pick(unsigned cpu, struct vcpu *prev, int64_t now);

/* Does anybody wait whom @cpu could run? A hint. */
static inline bool credit_contended(unsigned cpu)
{
	return runqs[cpu].head || !cpumask_empty(&sched_waiting_cpus);
}

#endif
