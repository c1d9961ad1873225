/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sums of counters. */
#include <hv/counter.h>

#include <hv/domain.h>
#include <hv/string.h>

/* Of domains that have ended; less what all had at the last reset. */
static uint64_t rest[PAVISE_COUNTERS];

void counter_add_domain(const struct domain *d, uint64_t sums[PAVISE_COUNTERS])
{
	for (uint32_t id = 0; id < d->max_vcpus; id++) {
		const struct vcpu *v = domain_vcpu(d, id);

		for (unsigned i = 0; v && i < PAVISE_COUNTERS; i++)
			sums[i] += __atomic_load_n(&v->counters[i], __ATOMIC_RELAXED);
	}
}

void counter_machine(uint64_t sums[PAVISE_COUNTERS])
{
	struct domain *d;

	memcpy(sums, rest, sizeof(rest));
	for (domid_t from = 0; (d = domain_get_from(from)); from = d->id + 1, domain_put(d))
		counter_add_domain(d, sums);
}

void counter_machine_reset(void)
{
	uint64_t sums[PAVISE_COUNTERS];

	counter_machine(sums);
	for (unsigned i = 0; i < PAVISE_COUNTERS; i++)
		rest[i] -= sums[i];
}

void counter_retire(struct domain *d)
{
	counter_add_domain(d, rest);
	for (uint32_t id = 0; id < d->max_vcpus; id++)
		if (d->vcpu[id])
			memset(d->vcpu[id]->counters, 0, sizeof(d->vcpu[id]->counters));
}
