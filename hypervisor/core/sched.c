/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * States of vCPUs and the switch. The policy is in sched_credit.c; README.md has the states.
 *
 * Where a vCPU is, is told by sched.cpu and protected by that CPU's run queue lock. A vCPU that
 * moves to another queue is moved under both locks.
 */
#include <hv/sched.h>

#include <arch/smp.h>
#include <abi/vcpu.h>
#include <hv/counter.h>
#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/pv.h>
#include <hv/softirq.h>
#include <hv/string.h>
#include <hv/timer.h>
#include <hv/trace.h>
#include "sched_credit.h"

struct cpumask cpus_online, sched_pools[SCHED_POOLS_MAX];

static struct timer sched_ticks[HV_MAX_CPUS];
static struct {
	int64_t since; /* idle from here on, 0 = not idle */
	uint64_t total;
} idle_time[HV_MAX_CPUS];
static unsigned cpus_count_online;

static void sched_tick(UNUSED void *arg)
{
	softirq_raise(SOFTIRQ_SCHEDULE);
}

void sched_init(void)
{
	for (unsigned i = 0; i < HV_MAX_CPUS; i++)
		spin_lock_init(&runqs[i].lock, RANK_RUNQ);
}

void sched_cpu_init(unsigned cpu)
{
	timer_init(&sched_ticks[cpu], sched_tick, NULL, cpu);
	if (!cpumask_test(&cpus_online, cpu))
		__atomic_fetch_add(&cpus_count_online, 1, __ATOMIC_RELAXED);
	cpumask_set_atomic(&cpus_online, cpu);
	cpumask_set_atomic(&sched_pools[0], cpu);
}

int sched_vcpu_add(struct vcpu *v)
{
	const struct cpumask *pool = &sched_pools[v->domain->sched.pool];
	unsigned cpu, n = 0, of = MAX(cpumask_count(pool), 1u);

	/* Spread a new domain's vCPUs; the first wake-up finds an idle CPU anyway. */
	cpumask_for_each(cpu, pool)
		if (n++ == v->id % of)
			break;
	v->sched.cpu = cpu < HV_MAX_CPUS ? cpu : 0;
	v->sched.loaded = SCHED_NOT_LOADED;
	for (unsigned i = 0; i < ARRAY_SIZE(v->sched.affinity_hard.bits); i++)
		v->sched.affinity_hard.bits[i] = v->sched.affinity_soft.bits[i] = ~0ull;
	v->sched.allowed = *pool;
	credit_vcpu_init(v, time_now());
	return 0;
}

static struct runq *vcpu_lock(struct vcpu *v, unsigned long *flags)
{
	for (;;) {
		unsigned cpu = __atomic_load_n(&v->sched.cpu, __ATOMIC_RELAXED);

		*flags = spin_lock_irqsave(&runqs[cpu].lock);
		if (likely(cpu == v->sched.cpu))
			return &runqs[cpu];
		spin_unlock_irqrestore(&runqs[cpu].lock, *flags);
	}
}

/* Lock @v's run queue and @to's, in order. */
static struct runq *vcpu_lock_both(struct vcpu *v, unsigned to, unsigned long *flags)
{
	*flags = irq_save();
	for (;;) {
		unsigned from = __atomic_load_n(&v->sched.cpu, __ATOMIC_RELAXED);

		spin_lock(&runqs[MIN(from, to)].lock);
		if (from != to)
			spin_lock(&runqs[MAX(from, to)].lock);
		if (likely(from == v->sched.cpu))
			return &runqs[from];
		spin_unlock(&runqs[from].lock);
		if (from != to)
			spin_unlock(&runqs[to].lock);
	}
}

bool vcpu_runnable(const struct vcpu *v)
{
	return !v->blocked && !v->down && !__atomic_load_n(&v->pause_count, __ATOMIC_RELAXED) &&
	       !__atomic_load_n(&v->domain->pause_count, __ATOMIC_RELAXED);
}

static int runstate_off(const struct vcpu *v)
{
	if (v->blocked)
		return RUNSTATE_blocked;
	return vcpu_runnable(v) ? RUNSTATE_runnable : RUNSTATE_offline;
}

/* See that the slice of what runs on @cpu ends while somebody waits there. */
static void slice_enforce(unsigned cpu)
{
	struct timer *t = &sched_ticks[cpu];

	if (!t->armed || t->deadline > runqs[cpu].slice_end)
		timer_set(t, runqs[cpu].slice_end);
}

/* @v is in no queue and runs nowhere: put it where it should wait. Under both locks. */
static void enqueue_at(struct vcpu *v, unsigned cpu, int64_t now)
{
	__atomic_store_n(&v->sched.cpu, cpu, __ATOMIC_RELAXED);
	credit_enqueue(v);
	if (credit_preempts(v, now))
		softirq_raise_on(cpu, SOFTIRQ_SCHEDULE);
	else
		slice_enforce(cpu);
}

/* Lock @v's run queue and that of *@to, where it should wait if it is to be woken. */
static struct runq *wake_lock(struct vcpu *v, unsigned *to, unsigned long *flags)
{
	for (;;) {
		struct runq *from;

		*to = v->sched.running || v->sched.queued ? v->sched.cpu : credit_place(v);
		from = vcpu_lock_both(v, *to, flags);
		/* It may have run and stopped since: it must wait where it is loaded now. */
		if (v->sched.running || v->sched.queued || v->sched.loaded == SCHED_NOT_LOADED ||
		    v->sched.loaded == (int32_t)*to)
			return from;
		/* Perhaps claimed for nothing: let it enter itself as idle again. */
		softirq_raise_on(*to, SOFTIRQ_SCHEDULE);
		if (from != &runqs[*to])
			spin_unlock(&from->lock);
		spin_unlock_irqrestore(&runqs[*to].lock, *flags);
	}
}

void vcpu_wake(struct vcpu *v)
{
	unsigned long flags;
	unsigned to;
	struct runq *from = wake_lock(v, &to, &flags);

	if (vcpu_runnable(v)) {
		if (!v->sched.running && !v->sched.queued) {
			int64_t now = time_now();

			if (v->runstate.state == RUNSTATE_blocked) {
				COUNT_FOR(v, wakes, 1);
				credit_wake(v);
			}
			vcpu_runstate_set(v, RUNSTATE_runnable, now);
			enqueue_at(v, to, now);
		}
	} else if (!v->sched.running && !v->sched.queued && v->runstate.state != runstate_off(v)) {
		vcpu_runstate_set(v, runstate_off(v), time_now());
	}
	/* A CPU claimed for nothing has to enter itself as idle again. */
	if (!runqs[to].running)
		softirq_raise_on(to, SOFTIRQ_SCHEDULE);
	if (from != &runqs[to])
		spin_unlock(&from->lock);
	spin_unlock_irqrestore(&runqs[to].lock, flags);
}

void vcpu_sleep_nosync(struct vcpu *v)
{
	unsigned long flags;
	struct runq *q = vcpu_lock(v, &flags);

	if (!vcpu_runnable(v)) {
		if (v->sched.running) {
			softirq_raise_on(v->sched.cpu, SOFTIRQ_SCHEDULE);
		} else {
			if (v->sched.queued)
				credit_dequeue(v);
			if (v->runstate.state != runstate_off(v))
				vcpu_runstate_set(v, runstate_off(v), time_now());
		}
	}
	spin_unlock_irqrestore(&q->lock, flags);
}

/* The state of @v left this CPU. If it waits here but must not run here, it can move on now. */
static void vcpu_unloaded(struct vcpu *v)
{
	unsigned long flags;
	struct runq *q = vcpu_lock(v, &flags);
	struct domain *d = v->domain;
	bool misplaced = v->sched.queued && !credit_allowed(v, v->sched.cpu);

	if (misplaced) {
		credit_dequeue(v);
		domain_ref(d);
	}
	v->sched.unload = false;
	/* From here on it may run elsewhere, or cease to exist. */
	__atomic_store_n(&v->sched.loaded, SCHED_NOT_LOADED, __ATOMIC_RELEASE);
	spin_unlock_irqrestore(&q->lock, flags);
	if (misplaced) {
		vcpu_wake(v);
		domain_put(d);
	}
}

static void cpu_unload(void)
{
	struct vcpu *v = cpu_info()->loaded;

	if (!v)
		return;
	arch_unload();
	vcpu_unloaded(v);
}

void vcpu_sleep_sync(struct vcpu *v)
{
	int32_t cpu;

	vcpu_sleep_nosync(v);
	__atomic_store_n(&v->sched.unload, true, __ATOMIC_SEQ_CST);
	while ((cpu = __atomic_load_n(&v->sched.loaded, __ATOMIC_ACQUIRE)) != SCHED_NOT_LOADED) {
		if (cpu == (int32_t)this_cpu()) {
			cpu_unload();
			continue;
		}
		softirq_raise_on((unsigned)cpu, SOFTIRQ_SCHEDULE);
		cpu_relax();
	}
	__atomic_store_n(&v->sched.unload, false, __ATOMIC_RELAXED);
}

void sched_vcpu_remove(struct vcpu *v)
{
	vcpu_sleep_sync(v);
}

void sched_event(struct vcpu *v)
{
	if (v->blocked && __atomic_exchange_n(&v->blocked, false, __ATOMIC_SEQ_CST)) {
		__atomic_fetch_and(&v->domain->evtchn.pollers[v->id / 64], ~(1ull << (v->id % 64)),
				   __ATOMIC_RELAXED);
		vcpu_wake(v);
		return;
	}
	/* On this CPU it, or the interrupt that brought the event, passes the test on leaving. */
	if (__atomic_load_n(&v->sched.running, __ATOMIC_RELAXED) && v->sched.cpu != this_cpu())
		arch_kick_cpu(v->sched.cpu);
}

void sched_block(void)
{
	struct vcpu *v = current_vcpu();

	v->info->evtchn_upcall_mask = 0;
	__atomic_store_n(&v->blocked, true, __ATOMIC_SEQ_CST);
	if (evtchn_upcall_ready(v) || v->nmi_pending)
		__atomic_store_n(&v->blocked, false, __ATOMIC_SEQ_CST);
	else
		softirq_raise(SOFTIRQ_SCHEDULE);
}

void sched_give_way(void)
{
	if (!credit_contended(this_cpu()))
		return;
	current_vcpu()->sched.yielded = true;
	softirq_raise(SOFTIRQ_SCHEDULE);
}

/* @prev leaves this CPU; if it can run, it waits here or where it may. Queue locked. */
static void prev_off(struct vcpu *prev, unsigned cpu, int64_t now)
{
	vcpu_runstate_set(prev, runstate_off(prev), now);
	prev->sched.yielded = false;
	__atomic_store_n(&prev->sched.running, false, __ATOMIC_RELEASE);
	if (vcpu_runnable(prev)) {
		credit_enqueue(prev);
		if (!credit_allowed(prev, cpu))
			prev->sched.unload = true;
	}
}

static void next_on(struct vcpu *next, unsigned cpu, int64_t now)
{
	vcpu_runstate_set(next, RUNSTATE_running, now);
	COUNT_FOR(next, switches, 1);
	if (cpu_info()->loaded != next)
		COUNT_FOR(next, state_loads, 1);
	next->sched.started = now;
	next->sched.loaded = (int32_t)cpu;
	/* Who sends an event and does not see it running leaves that to this CPU's later look. */
	__atomic_store_n(&next->sched.running, true, __ATOMIC_SEQ_CST);
}

static void idle_account(unsigned cpu, bool idle, int64_t now)
{
	if (idle && !idle_time[cpu].since) {
		idle_time[cpu].since = now;
	} else if (!idle && idle_time[cpu].since) {
		idle_time[cpu].total += (uint64_t)(now - idle_time[cpu].since);
		idle_time[cpu].since = 0;
	}
	if (idle)
		cpumask_set_atomic(&sched_idle_cpus, cpu);
	else if (cpumask_test(&sched_idle_cpus, cpu))
		cpumask_clear_atomic(&sched_idle_cpus, cpu);
}

static void tick_arm(unsigned cpu, const struct vcpu *running, int64_t now)
{
	if (!running) {
		if (runqs[cpu].slice_end != TIME_FOREVER)
			slice_enforce(cpu);
	} else if (runqs[cpu].head || running->domain->cap) {
		slice_enforce(cpu);
	} else if (cpus_count_online > 1 && !sched_ticks[cpu].armed) {
		/* Alone here; look now and then whether somebody waits elsewhere. */
		timer_set(&sched_ticks[cpu], now + CREDIT_EPOCH_NS);
	}
}

/* An idle CPU that could run @v, who waits; or HV_MAX_CPUS. */
static unsigned idle_cpu_for(const struct vcpu *v)
{
	struct cpumask idle = sched_idle_cpus;
	unsigned cpu;

	cpumask_for_each(cpu, &idle)
		if (credit_allowed(v, cpu))
			break;
	return cpu;
}

/* Make @next (NULL: nobody) current. Interrupts off, no lock. */
static void cpu_switch(struct vcpu *prev, struct vcpu *next)
{
	struct vcpu *loaded = cpu_info()->loaded;

	if (!next) {
		if (prev)
			arch_switch_away();
		if (loaded && loaded->sched.unload)
			cpu_unload();
		return;
	}
	arch_switch_to(next);
	if (loaded && loaded != next)
		vcpu_unloaded(loaded);
}

/* One pass; false when there is nobody to run. */
static bool schedule_once(unsigned cpu)
{
	struct runq *q = &runqs[cpu];
	struct vcpu *prev = current_vcpu(), *next;
	unsigned long flags;
	unsigned helper = HV_MAX_CPUS;
	bool moved, reload;
	int64_t now;

	__atomic_fetch_and(&cpu_info()->softirqs, ~(1u << SOFTIRQ_SCHEDULE), __ATOMIC_SEQ_CST);
	flags = spin_lock_irqsave(&q->lock);
	now = time_now();
	if (prev)
		credit_charge(prev, now);
	next = credit_pick(cpu, prev && vcpu_runnable(prev) ? prev : NULL, now);
	moved = next != prev;
	reload = next && cpu_info()->loaded != next;
	if (moved) {
		if (prev)
			prev_off(prev, cpu, now);
		if (next)
			next_on(next, cpu, now);
		q->running = next;
		idle_account(cpu, !next, now);
	} else if (!next) {
		idle_account(cpu, true, now);
	} else {
		next->sched.yielded = false;
	}
	tick_arm(cpu, next, now);
	/* An idle CPU offers nobody: those left are capped, or not for others either. */
	if (next && q->head && !cpumask_empty(&sched_idle_cpus))
		helper = idle_cpu_for(prev && prev->sched.queued ? prev : q->head);
	spin_unlock(&q->lock);
	if (moved || !next)
		cpu_switch(prev, next);
	irq_restore(flags);

	/* Only now can another CPU take who was loaded here. */
	if (helper != HV_MAX_CPUS)
		softirq_raise_on(helper, SOFTIRQ_SCHEDULE);
	if (reload)
		pv_time_update(next);
	if (moved && next && next->runstate_gva)
		pv_runstate_update(next);
	return next;
}

void schedule(void)
{
	unsigned cpu = this_cpu();

	while (!schedule_once(cpu)) {
		while (!softirq_run())
			arch_idle();
	}
}

/* Its pin, affinity or pool changed: see that it goes where it may run. Unlocks. */
static void allowed_apply(struct vcpu *v, struct runq *q, unsigned long flags)
{
	const struct cpumask *pool = &sched_pools[v->domain->sched.pool];
	bool requeue;

	v->sched.allowed = v->sched.pinned ? v->sched.affinity_pinned
					   : cpumask_and(&v->sched.affinity_hard, pool);
	if (cpumask_empty(&v->sched.allowed)) {
		memset(&v->sched.affinity_hard, 0xff, sizeof(v->sched.affinity_hard));
		v->sched.allowed = *pool;
	}
	if (v->sched.running && !credit_allowed(v, v->sched.cpu))
		softirq_raise_on(v->sched.cpu, SOFTIRQ_SCHEDULE);
	requeue = v->sched.queued && !credit_allowed(v, v->sched.cpu);
	if (requeue)
		credit_dequeue(v);
	/* A blocked one that is still loaded must not draw its next wake-up to that CPU. */
	if (v->sched.loaded != SCHED_NOT_LOADED && !v->sched.running &&
	    !credit_allowed(v, (unsigned)v->sched.loaded)) {
		v->sched.unload = true;
		softirq_raise_on((unsigned)v->sched.loaded, SOFTIRQ_SCHEDULE);
	}
	spin_unlock_irqrestore(&q->lock, flags);
	if (requeue)
		vcpu_wake(v);
}

int sched_set_affinity(struct vcpu *v, const struct cpumask *hard, const struct cpumask *soft)
{
	struct cpumask possible = cpumask_and(hard, &sched_pools[v->domain->sched.pool]);
	unsigned long flags;
	struct runq *q;

	if (cpumask_empty(&possible))
		return -EINVAL;
	q = vcpu_lock(v, &flags);
	v->sched.affinity_hard = *hard;
	v->sched.affinity_soft = *soft;
	allowed_apply(v, q, flags);
	return 0;
}

void sched_domain_pool(struct domain *d, unsigned pool)
{
	unsigned long flags;

	d->sched.pool = pool;
	for (uint32_t i = 0; i < d->max_vcpus; i++) {
		struct vcpu *v = d->vcpu[i];
		struct runq *q;

		if (!v)
			continue;
		q = vcpu_lock(v, &flags);
		allowed_apply(v, q, flags);
	}
}

int sched_pin(struct vcpu *v, int32_t cpu)
{
	unsigned long flags;
	struct runq *q;
	int rc = 0;

	if (cpu >= 0 && ((unsigned)cpu >= HV_MAX_CPUS ||
			 !cpumask_test(&sched_pools[v->domain->sched.pool], (unsigned)cpu)))
		return -EINVAL;
	q = vcpu_lock(v, &flags);
	if (cpu < 0) {
		v->sched.pinned = false;
	} else if (v->sched.pinned && !cpumask_test(&v->sched.affinity_pinned, (unsigned)cpu)) {
		rc = -EBUSY;
	} else {
		v->sched.affinity_pinned = (struct cpumask){0};
		cpumask_set(&v->sched.affinity_pinned, (unsigned)cpu);
		v->sched.pinned = true;
	}
	allowed_apply(v, q, flags);
	return rc;
}

int sched_set_params(struct domain *d, uint32_t weight, uint32_t cap)
{
	if (!weight || weight > UINT16_MAX || cap > UINT16_MAX)
		return -EINVAL;
	d->weight = weight;
	d->sched.period_start = time_now();
	d->sched.budget = CREDIT_CAP_PERIOD_NS / 100 * cap;
	d->cap = cap;
	return 0;
}

void vcpu_runstate_set(struct vcpu *v, int state, int64_t now)
{
	int64_t spent = now - (int64_t)v->runstate.state_entry_time;

	if (trace_on())
		trace_runstate(v, state);
	if (spent > 0) {
		v->runstate.time[v->runstate.state] += (uint64_t)spent;
		v->runstate.state_entry_time = (uint64_t)now;
	}
	v->runstate.state = state;
}

void vcpu_runstate_get(struct vcpu *v, struct vcpu_runstate_info *out)
{
	unsigned long flags;
	struct runq *q = vcpu_lock(v, &flags);
	int64_t spent = time_now() - (int64_t)v->runstate.state_entry_time;

	*out = v->runstate;
	spin_unlock_irqrestore(&q->lock, flags);
	if (spent > 0)
		out->time[out->state] += (uint64_t)spent;
}

uint64_t sched_idle_ns(unsigned cpu)
{
	int64_t since = idle_time[cpu].since;

	return idle_time[cpu].total + (since ? (uint64_t)(time_now() - since) : 0);
}
