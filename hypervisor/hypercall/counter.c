/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Handing out the counters: of a domain in our own form, of the machine in that of Xen's tools. */
#include <hv/counter.h>

#include <abi/counter_table.h>
#include <hv/errno.h>
#include <hv/guest_copy.h>
#include "domctl.h"
#include "sysctl.h"

int domctl_pavise_counters(struct xen_domctl *op, struct domain *d)
{
	struct domctl_pavise_counters *in = &op->u.pavise_counters;
	uint32_t n = in->values ? MIN(in->nr_values, PAVISE_COUNTERS) : 0;
	uint64_t sums[PAVISE_COUNTERS] = {0};

	counter_add_domain(d, sums);
	in->nr_values = PAVISE_COUNTERS;
	return copy_to_guest(in->values, sums, n * sizeof(sums[0])) ? -EFAULT : 0;
}

#define DESC(name, first, n) {#name, n},
static const struct sysctl_perfc_desc descs[] = {ABI_COUNTERS(DESC)};

int sysctl_perfc_op(struct xen_sysctl *op)
{
	struct sysctl_perfc_op *in = &op->u.perfc_op;
	uint64_t sums[PAVISE_COUNTERS];
	uint32_t cut[PAVISE_COUNTERS];

	if (in->cmd != XEN_SYSCTL_PERFCOP_reset && in->cmd != XEN_SYSCTL_PERFCOP_query)
		return -EINVAL;
	counter_machine(sums);
	for (unsigned i = 0; i < PAVISE_COUNTERS; i++)
		cut[i] = (uint32_t)sums[i];
	if ((in->desc && copy_to_guest(in->desc, descs, sizeof(descs))) ||
	    (in->val && copy_to_guest(in->val, cut, sizeof(cut))))
		return -EFAULT;
	if (in->cmd == XEN_SYSCTL_PERFCOP_reset)
		counter_machine_reset();
	in->nr_counters = ARRAY_SIZE(descs);
	in->nr_vals = PAVISE_COUNTERS;
	return 0;
}
