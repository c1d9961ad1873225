/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets of CPUs: a plain value, one bit a CPU. Atomic only where the name says so. */
#ifndef HV_CPUMASK_H
#define HV_CPUMASK_H

#include <hv/types.h>
#include <hv/vaspace.h>

struct cpumask {
	uint64_t bits[HV_MAX_CPUS / 64];
};

static inline bool cpumask_test(const struct cpumask *m, unsigned cpu)
{
	return (m->bits[cpu / 64] >> (cpu % 64)) & 1;
}
static inline void cpumask_set(struct cpumask *m, unsigned cpu)
{
	m->bits[cpu / 64] |= 1ull << (cpu % 64);
}
static inline void cpumask_clear(struct cpumask *m, unsigned cpu)
{
	m->bits[cpu / 64] &= ~(1ull << (cpu % 64));
}
static inline void cpumask_set_atomic(struct cpumask *m, unsigned cpu)
{
	__atomic_fetch_or(&m->bits[cpu / 64], 1ull << (cpu % 64), __ATOMIC_SEQ_CST);
}
static inline void cpumask_clear_atomic(struct cpumask *m, unsigned cpu)
{
	__atomic_fetch_and(&m->bits[cpu / 64], ~(1ull << (cpu % 64)), __ATOMIC_SEQ_CST);
}
static inline bool cpumask_empty(const struct cpumask *m)
{
	for (unsigned i = 0; i < ARRAY_SIZE(m->bits); i++)
		if (m->bits[i])
			return false;
	return true;
}
static inline struct cpumask cpumask_and(const struct cpumask *a, const struct cpumask *b)
{
	struct cpumask r;

	for (unsigned i = 0; i < ARRAY_SIZE(r.bits); i++)
		r.bits[i] = a->bits[i] & b->bits[i];
	return r;
}
static inline unsigned cpumask_count(const struct cpumask *m)
{
	unsigned n = 0;

	for (unsigned i = 0; i < ARRAY_SIZE(m->bits); i++)
		for (uint64_t word = m->bits[i]; word; word &= word - 1)
			n++;
	return n;
}
/* Lowest member at or above @from, or HV_MAX_CPUS. */
static inline unsigned cpumask_next(const struct cpumask *m, unsigned from)
{
	for (unsigned w = from / 64; w < ARRAY_SIZE(m->bits); w++) {
		uint64_t word = m->bits[w];

		if (w == from / 64)
			word &= ~0ull << (from % 64);
		if (word)
			return w * 64 + (unsigned)__builtin_ctzll(word);
	}
	return HV_MAX_CPUS;
}

#define cpumask_for_each(cpu, m)                                                                   \
	for ((cpu) = cpumask_next((m), 0); (cpu) < HV_MAX_CPUS;                                    \
	     (cpu) = cpumask_next((m), (cpu) + 1))

#endif
