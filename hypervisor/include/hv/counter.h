/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counters of what is done for each vCPU; which ones there are says guest-abi/abi/counter.abi. They
 * are plain words without locks, for only one CPU at a time changes those of a vCPU: the one it
 * runs on, outside of interrupt handlers, or who holds its run queue's lock. Anybody may read them.
 */
#ifndef HV_COUNTER_H
#define HV_COUNTER_H

#include <abi/counter.h>
#include <hv/cpu.h>
#include <hv/vcpu.h>

/* @n more of @name for @v. */
#define COUNT_FOR(v, name, n) ((v)->counters[PAVISE_COUNTER_##name] += (n))

/* The same for the current vCPU, if there is one. */
#define COUNT(name, n)                                                                             \
	do {                                                                                       \
		struct vcpu *v_ = current_vcpu();                                                  \
                                                                                                   \
		if (v_)                                                                            \
			COUNT_FOR(v_, name, n);                                                    \
	} while (0)

/* Add those of @d's vCPUs to @sums. */
void counter_add_domain(const struct domain *d, uint64_t sums[PAVISE_COUNTERS]);

/*
 * The rest is called under control_lock. Of all domains, those that have ended too, since the last
 * reset; the counters themselves are not reset.
 */
void counter_machine(uint64_t sums[PAVISE_COUNTERS]);
void counter_machine_reset(void);
/* None of @d's vCPUs will run again: keep its part of the sums. */
void counter_retire(struct domain *d);

#endif
