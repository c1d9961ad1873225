/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * domctl's inside: one handler a sub-operation, in domctl.c (life), domctl_mem.c, domctl_vcpu.c,
 * domctl_state.c. A handler gets its own copy of the guest's structure; what it writes there goes
 * back to the guest, with errors too (which number was the bad one, how much room it takes). All
 * run under the control lock, the target referenced by the caller.
 */
#ifndef HYPERCALL_DOMCTL_H
#define HYPERCALL_DOMCTL_H

#include <hv/domain.h>
#include <abi/domctl.h>

typedef int domctl_fn(struct xen_domctl *op, struct domain *d);

/* domctl_mem.c */
domctl_fn domctl_max_mem, domctl_getpageframeinfo3, domctl_iomem_permission,
	domctl_ioport_permission, domctl_irq_permission, domctl_hypercall_init;
/* domctl_vcpu.c */
domctl_fn domctl_setvcpucontext, domctl_getvcpucontext, domctl_getvcpuinfo, domctl_setvcpuaffinity,
	domctl_getvcpuaffinity, domctl_scheduler_op, domctl_sendtrigger, domctl_get_ext_vcpucontext,
	domctl_set_ext_vcpucontext;
/* domctl_state.c */
domctl_fn domctl_getvcpuextstate, domctl_setvcpuextstate, domctl_get_vcpu_msrs,
	domctl_set_vcpu_msrs;
/* domctl_dirty.c */
domctl_fn domctl_shadow_op;
/* counter.c */
domctl_fn domctl_pavise_counters;
/* cpu_policy.c */
domctl_fn domctl_get_cpu_policy, domctl_set_cpu_policy;

/* Describe @d in the ABI's form; shared with sysctl getdomaininfolist. */
void domctl_describe(const struct domain *d, struct domctl_getdomaininfo *info);

/*
 * Bitmaps of the control ABI: the shorter side is cut, or filled with zeros. -EFAULT; to_mask
 * ignores bits beyond HV_MAX_CPUS.
 */
int xenctl_bitmap_to_mask(const struct xenctl_bitmap *from, struct cpumask *to);
int xenctl_bitmap_from_mask(const struct xenctl_bitmap *to, const struct cpumask *from,
			    unsigned bits);

/* Serialises domctl and sysctl operations (RANK_CONTROL). */
extern struct spinlock control_lock;

/*
 * Under the control lock: what a handler that returns -ERESTART leaves here is here again when its
 * call goes on. 0 at first.
 */
extern uint64_t domctl_resume;

#endif
