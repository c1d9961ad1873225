/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The policy; README.md ("Sharing CPUs") tells its idea. */
#include "sched_credit.h"

struct runq runqs[HV_MAX_CPUS];
struct cpumask sched_idle_cpus, sched_waiting_cpus;

static uint64_t epochs[SCHED_POOLS_MAX]; /* those who share CPUs share epochs; atomic */

static uint64_t *epoch_of(const struct vcpu *v)
{
	return &epochs[v->domain->sched.pool];
}

/*
 * Bring the credit up to the present epoch. What is saved up is limited to one epoch's share; who
 * came from another pool, with another count, has as much.
 */
static void credit_renew(struct vcpu *v)
{
	uint64_t now = __atomic_load_n(epoch_of(v), __ATOMIC_RELAXED);
	uint64_t missed = now - v->sched.epoch;

	if (likely(!missed))
		return;
	v->sched.epoch = now;
	if (v->sched.credit < 0 && missed < (uint64_t)(-v->sched.credit / CREDIT_EPOCH_NS) + 1)
		v->sched.credit += (int64_t)missed * CREDIT_EPOCH_NS;
	else
		v->sched.credit =
			MIN(v->sched.credit + (int64_t)MIN(missed, 1u << 30) * CREDIT_EPOCH_NS,
			    CREDIT_EPOCH_NS);
}

/* Begin as many epochs as the best one needs to have credit; once for all who see the same. */
static void epoch_advance(const struct vcpu *best)
{
	uint64_t seen = best->sched.epoch;
	uint64_t n = (uint64_t)(-best->sched.credit / CREDIT_EPOCH_NS) + 1;

	__atomic_compare_exchange_n(epoch_of(best), &seen, seen + n, false, __ATOMIC_RELAXED,
				    __ATOMIC_RELAXED);
}

void credit_vcpu_init(struct vcpu *v, int64_t now)
{
	v->sched.epoch = __atomic_load_n(epoch_of(v), __ATOMIC_RELAXED);
	v->sched.credit = CREDIT_EPOCH_NS;
	v->sched.started = now;
}

bool credit_allowed(const struct vcpu *v, unsigned cpu)
{
	return cpumask_test(&v->sched.allowed, cpu);
}

static bool idle_claim(unsigned cpu)
{
	uint64_t bit = 1ull << (cpu % 64);

	return __atomic_fetch_and(&sched_idle_cpus.bits[cpu / 64], ~bit, __ATOMIC_SEQ_CST) & bit;
}

static unsigned idle_claim_among(const struct vcpu *v, const struct cpumask *mask)
{
	struct cpumask m = cpumask_and(&sched_idle_cpus, mask);
	unsigned cpu;

	cpumask_for_each(cpu, &m)
		if (credit_allowed(v, cpu) && idle_claim(cpu))
			return cpu;
	return HV_MAX_CPUS;
}

unsigned credit_place(const struct vcpu *v)
{
	unsigned last = __atomic_load_n(&v->sched.cpu, __ATOMIC_RELAXED), cpu;
	int32_t loaded = __atomic_load_n(&v->sched.loaded, __ATOMIC_RELAXED);

	/* While its state is in a CPU, that one must see it: to run it or to give it away. */
	if (loaded != SCHED_NOT_LOADED) {
		idle_claim((unsigned)loaded);
		return (unsigned)loaded;
	}
	if (credit_allowed(v, last) && cpumask_test(&v->sched.affinity_soft, last) &&
	    idle_claim(last))
		return last;
	cpu = idle_claim_among(v, &v->sched.affinity_soft);
	if (cpu == HV_MAX_CPUS)
		cpu = idle_claim_among(v, &cpus_online);
	if (cpu != HV_MAX_CPUS)
		return cpu;
	if (credit_allowed(v, last))
		return last;
	cpumask_for_each(cpu, &cpus_online)
		if (credit_allowed(v, cpu))
			return cpu;
	return last;
}

void credit_charge(struct vcpu *v, int64_t now)
{
	struct domain *d = v->domain;
	int64_t ran = now - v->sched.started, floor = MIN(v->sched.credit, -CREDIT_EPOCH_NS / 2);

	if (unlikely(ran < 0))
		ran = 0;
	v->sched.started = now;
	v->sched.runtime += (uint64_t)ran;
	if (likely(d->weight == SCHED_WEIGHT_DEFAULT))
		v->sched.credit -= ran;
	else
		v->sched.credit -= ran * SCHED_WEIGHT_DEFAULT / d->weight;
	/* Who runs alone would owe for ever: forget what took nothing from anybody. */
	if (runqs[v->sched.cpu].alone)
		v->sched.credit = MAX(v->sched.credit, floor);
	if (d->cap)
		__atomic_fetch_sub(&d->sched.budget, ran, __ATOMIC_RELAXED);
}

/* Is the cap of its domain used up? Begins a new period when it is time. */
static bool credit_capped(const struct vcpu *v, int64_t now)
{
	struct domain *d = v->domain;
	int64_t start, quota, left;

	if (likely(!d->cap))
		return false;
	start = __atomic_load_n(&d->sched.period_start, __ATOMIC_RELAXED);
	quota = CREDIT_CAP_PERIOD_NS / 100 * d->cap;
	if (now - start >= CREDIT_CAP_PERIOD_NS) {
		int64_t periods = (now - start) / CREDIT_CAP_PERIOD_NS;

		if (__atomic_compare_exchange_n(&d->sched.period_start, &start,
						start + periods * CREDIT_CAP_PERIOD_NS, false,
						__ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
			left = __atomic_load_n(&d->sched.budget, __ATOMIC_RELAXED);
			left = MIN(left + periods * quota, quota) - left;
			__atomic_fetch_add(&d->sched.budget, left, __ATOMIC_RELAXED);
		}
	}
	return __atomic_load_n(&d->sched.budget, __ATOMIC_RELAXED) <= 0;
}

void credit_wake(struct vcpu *v)
{
	credit_renew(v);
	v->sched.boosted = v->sched.credit > 0;
}

/* Does @a go before @b? Both renewed. */
static bool credit_before(const struct vcpu *a, const struct vcpu *b)
{
	if (a->sched.boosted != b->sched.boosted)
		return a->sched.boosted;
	return a->sched.credit > b->sched.credit;
}

void credit_enqueue(struct vcpu *v)
{
	struct runq *q = &runqs[v->sched.cpu];
	struct vcpu *after = q->tail;

	credit_renew(v);
	/* Most come with little credit or as the only one: look from the end. */
	while (after) {
		credit_renew(after);
		if (!credit_before(v, after))
			break;
		after = after->sched.prev;
	}
	v->sched.prev = after;
	v->sched.next = after ? after->sched.next : q->head;
	if (v->sched.next)
		v->sched.next->sched.prev = v;
	else
		q->tail = v;
	if (after)
		after->sched.next = v;
	else
		q->head = v;
	v->sched.queued = true;
	if (!v->sched.next && !after)
		cpumask_set_atomic(&sched_waiting_cpus, v->sched.cpu);
}

void credit_dequeue(struct vcpu *v)
{
	struct runq *q = &runqs[v->sched.cpu];

	if (v->sched.next)
		v->sched.next->sched.prev = v->sched.prev;
	else
		q->tail = v->sched.prev;
	if (v->sched.prev)
		v->sched.prev->sched.next = v->sched.next;
	else
		q->head = v->sched.next;
	v->sched.next = v->sched.prev = NULL;
	v->sched.queued = false;
	if (!q->head)
		cpumask_clear_atomic(&sched_waiting_cpus, v->sched.cpu);
}

/* Is @v so much better that @other should not go on for the rest of its slice? */
static bool credit_ahead(const struct vcpu *v, const struct vcpu *other)
{
	if (v->sched.boosted != other->sched.boosted)
		return v->sched.boosted;
	return v->sched.credit > other->sched.credit + CREDIT_MARGIN_NS;
}

bool credit_preempts(const struct vcpu *v, int64_t now)
{
	struct runq *q = &runqs[v->sched.cpu];
	const struct vcpu *r = q->running;
	int64_t rested = v->sched.started + CREDIT_REST_NS;

	if (!r)
		return true;
	if (!credit_ahead(v, r))
		return false;
	if (v->sched.boosted && !r->sched.boosted && now < rested) {
		/* It has just run: the other may make more work for it first. */
		q->slice_end = MIN(q->slice_end, rested);
		return false;
	}
	return true;
}

/* The best in @q that @cpu may run now, or NULL; *@until: when a capped one may. */
static struct vcpu *queue_best(struct runq *q, unsigned cpu, int64_t now, int64_t *until)
{
	for (struct vcpu *v = q->head; v; v = v->sched.next) {
		if (v->sched.loaded != SCHED_NOT_LOADED && v->sched.loaded != (int32_t)cpu)
			continue;
		if (!credit_allowed(v, cpu))
			continue;
		if (credit_capped(v, now)) {
			*until = MIN(*until, v->domain->sched.period_start + CREDIT_CAP_PERIOD_NS);
			continue;
		}
		credit_renew(v);
		return v;
	}
	return NULL;
}

/*
 * Take the best of other CPUs' queues if it goes before @mine (NULL: anything does): it moves to
 * the queue of @cpu. A queue whose lock is taken is passed over: its CPU is scheduling just now.
 */
static struct vcpu *queue_steal(unsigned cpu, const struct vcpu *mine, int64_t now, int64_t *until)
{
	struct cpumask waiting = sched_waiting_cpus;
	struct vcpu *best = NULL, *v;
	struct runq *from = NULL;
	unsigned other;

	cpumask_clear(&waiting, cpu);
	cpumask_for_each(other, &waiting) {
		struct runq *q = &runqs[other];

		if (!spin_trylock(&q->lock))
			continue;
		v = queue_best(q, cpu, now, until);
		if (v && (!mine || credit_before(v, mine)) && (!best || credit_before(v, best))) {
			if (from)
				spin_unlock(&from->lock);
			from = q;
			best = v;
		} else {
			spin_unlock(&q->lock);
		}
	}
	if (!best)
		return NULL;
	credit_dequeue(best);
	__atomic_store_n(&best->sched.cpu, cpu, __ATOMIC_RELAXED);
	spin_unlock(&from->lock);
	credit_enqueue(best);
	return best;
}

/* Does the waiting @v take the place of @prev, which could go on? */
static bool credit_replaces(const struct vcpu *v, const struct vcpu *prev, bool expired)
{
	if (prev->sched.yielded)
		return true;
	if (expired)
		return v->sched.boosted || v->sched.credit >= prev->sched.credit;
	return credit_ahead(v, prev);
}

/* How long may @v run before the next look? */
static int64_t slice_length(const struct vcpu *v)
{
	int64_t slice = v->sched.boosted ? CREDIT_BOOST_NS : CREDIT_SLICE_NS;

	if (v->domain->cap)
		slice = MIN(slice, MAX(v->domain->sched.budget, 100000ll));
	return slice;
}

struct vcpu *credit_pick(unsigned cpu, struct vcpu *prev, int64_t now)
{
	struct runq *q = &runqs[cpu];
	bool expired = now >= q->slice_end;
	int64_t until = TIME_FOREVER;
	struct vcpu *best;

	if (prev) {
		credit_renew(prev);
		if (!credit_allowed(prev, cpu)) {
			prev = NULL;
		} else if (credit_capped(prev, now)) {
			until = prev->domain->sched.period_start + CREDIT_CAP_PERIOD_NS;
			prev = NULL;
		} else if (expired) {
			prev->sched.boosted = false;
		}
	}
	best = queue_best(q, cpu, now, &until);
	if ((!prev && !best) || expired) {
		bool prev_first = prev && (!best || credit_before(prev, best));
		struct vcpu *stolen = queue_steal(cpu, prev_first ? prev : best, now, &until);

		best = stolen ? stolen : best;
	}
	if (best) {
		const struct vcpu *rich = prev && credit_before(prev, best) ? prev : best;

		/* A new epoch for all, if not even the best of those who compete has credit. */
		if (rich->sched.credit <= 0 && (prev || best->sched.next || best->sched.prev)) {
			epoch_advance(rich);
			if (prev)
				credit_renew(prev);
			credit_renew(best);
		}
	}
	if (best && prev && !credit_replaces(best, prev, expired))
		best = NULL;
	if (best)
		credit_dequeue(best);
	else if (prev)
		best = prev;
	q->alone = !credit_contended(cpu) && (!prev || prev == best);
	if (best && (best != prev || expired))
		q->slice_end = now + slice_length(best);
	q->slice_end = best ? MIN(q->slice_end, until) : until;
	return best;
}
