/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What mmu_update and mmuext_op share. */
#ifndef HYPERCALL_MMU_H
#define HYPERCALL_MMU_H

#include <hv/cpu.h>
#include <hv/domain.h>

/*
 * The domain whose frames the caller names by @id, with a reference: itself, DOMID_IO, and for the
 * control domain any and DOMID_XEN. -EPERM, -ESRCH.
 */
int mmu_owner_get_other(domid_t id, struct domain **out) MUST_CHECK;
static inline int mmu_owner_get(domid_t id, struct domain **out)
{
	struct domain *self = current_domain();

	if (likely(id == DOMID_SELF || id == self->id)) {
		*out = self;
		return 0;
	}
	return mmu_owner_get_other(id, out);
}
static inline void mmu_owner_put(struct domain *d)
{
	if (unlikely(d != current_domain()))
		domain_put(d);
}

/* CPUs that may know entries of the vCPUs in the guest's bitmap at @gva. -EFAULT. */
int mmu_vcpu_cpus(const struct domain *d, uint64_t gva, struct cpumask *cpus) MUST_CHECK;

#endif
