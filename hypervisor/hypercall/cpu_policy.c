/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CPU policy over domctl and sysctl: leaves and MSRs in and out, feature words out. */
#include "domctl.h"
#include "sysctl.h"

#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/guest_copy.h>
#include <hv/pv_policy.h>

struct policy_arrays {
	struct domctl_cpuid_leaf leaves[POLICY_LEAVES_MAX];
	struct domctl_msr_entry msrs[POLICY_MSRS_MAX];
	uint32_t nr_leaves, nr_msrs;
};

/*
 * Hand out what is in @p and tell the numbers; -ENOBUFS when there is too little room. NULL
 * addresses only ask how much would do for any policy.
 */
static int put_policy(const struct policy_arrays *p, uint64_t leaves_gva, uint32_t *nr_leaves,
		      uint64_t msrs_gva, uint32_t *nr_msrs)
{
	uint32_t room_leaves = *nr_leaves, room_msrs = *nr_msrs;

	*nr_leaves = leaves_gva ? p->nr_leaves : POLICY_LEAVES_MAX;
	*nr_msrs = msrs_gva ? p->nr_msrs : POLICY_MSRS_MAX;
	if ((leaves_gva && room_leaves < p->nr_leaves) || (msrs_gva && room_msrs < p->nr_msrs))
		return -ENOBUFS;
	if (leaves_gva && copy_to_guest(leaves_gva, p->leaves, p->nr_leaves * sizeof(p->leaves[0])))
		return -EFAULT;
	if (msrs_gva && copy_to_guest(msrs_gva, p->msrs, p->nr_msrs * sizeof(p->msrs[0])))
		return -EFAULT;
	return 0;
}

int domctl_get_cpu_policy(struct xen_domctl *op, struct domain *d)
{
	struct domctl_cpu_policy *cp = &op->u.cpu_policy;
	struct policy_arrays p;

	p.nr_leaves = pv_domain_policy_leaves(d, p.leaves);
	p.nr_msrs = pv_policy_msrs(POLICY_PV_DEFAULT, p.msrs);
	return put_policy(&p, cp->leaves, &cp->nr_leaves, cp->msrs, &cp->nr_msrs);
}

int domctl_set_cpu_policy(struct xen_domctl *op, struct domain *d)
{
	struct domctl_cpu_policy *cp = &op->u.cpu_policy;
	struct policy_arrays p;

	if (d == current_domain())
		return -EINVAL;
	if (cp->nr_leaves > POLICY_LEAVES_MAX || cp->nr_msrs > POLICY_MSRS_MAX)
		return -E2BIG;
	if (copy_from_guest(p.leaves, cp->leaves, cp->nr_leaves * sizeof(p.leaves[0])) ||
	    copy_from_guest(p.msrs, cp->msrs, cp->nr_msrs * sizeof(p.msrs[0])))
		return -EFAULT;
	return pv_domain_policy_set(d, p.leaves, cp->nr_leaves, p.msrs, cp->nr_msrs, &cp->err_leaf,
				    &cp->err_subleaf, &cp->err_msr);
}

/* By sysctl's indices; guests with hardware virtualization have nothing here. */
#define NO_POLICY (-1)
static const int8_t policy_kinds[] = {
	[XEN_SYSCTL_cpu_policy_raw] = POLICY_HOST,
	[XEN_SYSCTL_cpu_policy_host] = POLICY_HOST,
	[XEN_SYSCTL_cpu_policy_pv_max] = POLICY_PV_MAX,
	[XEN_SYSCTL_cpu_policy_hvm_max] = NO_POLICY,
	[XEN_SYSCTL_cpu_policy_pv_default] = POLICY_PV_DEFAULT,
	[XEN_SYSCTL_cpu_policy_hvm_default] = NO_POLICY,
};
static const int8_t featureset_kinds[] = {
	[XEN_SYSCTL_cpu_featureset_raw] = POLICY_HOST,
	[XEN_SYSCTL_cpu_featureset_host] = POLICY_HOST,
	[XEN_SYSCTL_cpu_featureset_pv] = POLICY_PV_DEFAULT,
	[XEN_SYSCTL_cpu_featureset_hvm] = NO_POLICY,
	[XEN_SYSCTL_cpu_featureset_pv_max] = POLICY_PV_MAX,
	[XEN_SYSCTL_cpu_featureset_hvm_max] = NO_POLICY,
};

int sysctl_get_cpu_policy(struct xen_sysctl *op)
{
	struct sysctl_cpu_policy *cp = &op->u.cpu_policy;
	struct policy_arrays p;
	int kind;

	if (cp->index >= ARRAY_SIZE(policy_kinds))
		return -EINVAL;
	kind = policy_kinds[cp->index];
	if (kind == NO_POLICY)
		return -EOPNOTSUPP;
	p.nr_leaves = pv_policy_leaves((enum policy_kind)kind, p.leaves);
	p.nr_msrs = pv_policy_msrs((enum policy_kind)kind, p.msrs);
	return put_policy(&p, cp->leaves, &cp->nr_leaves, cp->msrs, &cp->nr_msrs);
}

int sysctl_get_cpu_featureset(struct xen_sysctl *op)
{
	struct sysctl_cpu_featureset *cf = &op->u.cpu_featureset;
	uint32_t room = cf->nr_features, words[POLICY_WORDS] = {0};

	if (cf->index >= ARRAY_SIZE(featureset_kinds))
		return -EINVAL;
	if (featureset_kinds[cf->index] != NO_POLICY)
		pv_policy_words((enum policy_kind)featureset_kinds[cf->index], words);
	cf->nr_features = POLICY_WORDS;
	if (!cf->features)
		return 0;
	/* As much as fits is given even then, as the ABI has it. */
	if (copy_to_guest(cf->features, words,
			  MIN(room, (uint32_t)POLICY_WORDS) * sizeof(words[0])))
		return -EFAULT;
	return room < POLICY_WORDS ? -ENOBUFS : 0;
}

void cpu_policy_hw_caps(uint32_t caps[8])
{
	uint32_t words[POLICY_WORDS];

	pv_policy_words(POLICY_HOST, words);
	for (unsigned i = 0; i < 8; i++)
		caps[i] = words[i];
}
