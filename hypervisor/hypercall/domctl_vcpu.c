/* SPDX-License-Identifier: GPL-2.0-or-later */
/* domctl: contexts, affinity, scheduling parameters, triggers. */
#include "domctl.h"

#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/guest_copy.h>
#include <hv/heap.h>
#include <hv/pv.h>
#include <hv/string.h>

int xenctl_bitmap_to_mask(const struct xenctl_bitmap *from, struct cpumask *to)
{
	uint32_t bits = MIN(from->nr_bits, (uint32_t)HV_MAX_CPUS);

	memset(to, 0, sizeof(*to));
	if (copy_from_guest(to, from->bitmap, DIV_ROUND_UP(bits, 8u)))
		return -EFAULT;
	for (uint32_t i = bits; i < ROUND_UP(bits, 8u); i++)
		cpumask_clear(to, i);
	return 0;
}

int xenctl_bitmap_from_mask(const struct xenctl_bitmap *to, const struct cpumask *from,
			    unsigned bits)
{
	uint32_t have = DIV_ROUND_UP(MIN((uint32_t)bits, to->nr_bits), 8u);
	uint32_t want = DIV_ROUND_UP(to->nr_bits, 8u);

	if (copy_to_guest(to->bitmap, from, have))
		return -EFAULT;
	return want > have && clear_guest(to->bitmap + have, want - have) ? -EFAULT : 0;
}

/*
 * Both contexts pause the vCPU around the access: a running one would change under our hands.
 * The structure is larger than a stack should carry.
 */
int domctl_setvcpucontext(struct xen_domctl *op, struct domain *d)
{
	struct vcpu *v = domain_vcpu(d, op->u.vcpucontext.vcpu);
	struct vcpu_guest_context *c;
	int rc;

	if (!v)
		return -ENOENT;
	/* What a dying domain gave up it must not get again. */
	if (v == current_vcpu() || d->state != DOMAIN_ALIVE)
		return -EINVAL;
	if (!op->u.vcpucontext.ctxt) {
		vcpu_pause(v);
		pv_vcpu_reset(v);
		vcpu_unpause(v);
		return 0;
	}
	c = mem_alloc(sizeof(*c));
	if (!c)
		return -ENOMEM;
	rc = -EFAULT;
	if (copy_from_guest(c, op->u.vcpucontext.ctxt, sizeof(*c)))
		goto free;
	vcpu_pause(v);
	rc = pv_context_set(v, c);
	/* Builders clear the shared info page once the domain exists. */
	if (!rc && v->id == 0)
		pv_wallclock_update(d);
	if (!rc && v->down && (c->flags & VGCF_online || v->id == 0))
		rc = vcpu_up(v);
	vcpu_unpause(v);
free:
	mem_free(c);
	return rc;
}

int domctl_getvcpucontext(struct xen_domctl *op, struct domain *d)
{
	struct vcpu *v = domain_vcpu(d, op->u.vcpucontext.vcpu);
	struct vcpu_guest_context *c;
	int rc;

	if (!v)
		return -ESRCH;
	if (!v->initialised)
		return -ENODATA;
	if (v == current_vcpu())
		return -EINVAL;
	c = mem_alloc(sizeof(*c));
	if (!c)
		return -ENOMEM;
	vcpu_pause(v);
	pv_context_get(v, c);
	vcpu_unpause(v);
	rc = copy_to_guest(op->u.vcpucontext.ctxt, c, sizeof(*c)) ? -EFAULT : 0;
	mem_free(c);
	return rc;
}

int domctl_getvcpuinfo(struct xen_domctl *op, struct domain *d)
{
	struct domctl_getvcpuinfo *info = &op->u.getvcpuinfo;
	const struct vcpu *v = domain_vcpu(d, info->vcpu);

	if (!v)
		return -ESRCH;
	info->online = !v->down;
	info->blocked = v->blocked;
	info->running = v->sched.running;
	info->cpu_time = vcpu_cpu_time(v);
	info->cpu = v->sched.cpu;
	return 0;
}

int domctl_setvcpuaffinity(struct xen_domctl *op, struct domain *d)
{
	const struct domctl_vcpuaffinity *in = &op->u.vcpuaffinity;
	struct vcpu *v = domain_vcpu(d, in->vcpu);
	struct cpumask hard, soft;
	int rc;

	if (!v)
		return -ESRCH;
	if (!(in->flags & (XEN_VCPUAFFINITY_HARD | XEN_VCPUAFFINITY_SOFT)))
		return -EINVAL;
	hard = v->sched.affinity_hard;
	soft = v->sched.affinity_soft;
	if (in->flags & XEN_VCPUAFFINITY_HARD && xenctl_bitmap_to_mask(&in->cpumap_hard, &hard))
		return -EFAULT;
	if (in->flags & XEN_VCPUAFFINITY_SOFT && xenctl_bitmap_to_mask(&in->cpumap_soft, &soft))
		return -EFAULT;
	rc = sched_set_affinity(v, &hard, &soft);
	if (rc)
		return rc;
	/* The caller is told what really applies: only CPUs of its pool. */
	hard = cpumask_and(&hard, &sched_pools[d->sched.pool]);
	soft = cpumask_and(&soft, &hard);
	if (in->flags & XEN_VCPUAFFINITY_HARD)
		rc = xenctl_bitmap_from_mask(&in->cpumap_hard, &hard, HV_MAX_CPUS);
	if (!rc && in->flags & XEN_VCPUAFFINITY_SOFT)
		rc = xenctl_bitmap_from_mask(&in->cpumap_soft, &soft, HV_MAX_CPUS);
	return rc;
}

int domctl_getvcpuaffinity(struct xen_domctl *op, struct domain *d)
{
	const struct domctl_vcpuaffinity *in = &op->u.vcpuaffinity;
	const struct vcpu *v = domain_vcpu(d, in->vcpu);
	int rc = 0;

	if (!v)
		return -ESRCH;
	if (in->flags & XEN_VCPUAFFINITY_HARD)
		rc = xenctl_bitmap_from_mask(&in->cpumap_hard, &v->sched.affinity_hard,
					     HV_MAX_CPUS);
	if (!rc && in->flags & XEN_VCPUAFFINITY_SOFT)
		rc = xenctl_bitmap_from_mask(&in->cpumap_soft, &v->sched.affinity_soft,
					     HV_MAX_CPUS);
	return rc;
}

int domctl_scheduler_op(struct xen_domctl *op, struct domain *d)
{
	struct domctl_scheduler_op *so = &op->u.scheduler_op;

	if (so->sched_id != XEN_SCHEDULER_CREDIT2)
		return -EINVAL;
	switch (so->cmd) {
	case XEN_DOMCTL_SCHEDOP_putinfo:
		return sched_set_params(d, so->u.credit2.weight, so->u.credit2.cap);
	case XEN_DOMCTL_SCHEDOP_getinfo:
		so->u.credit2.weight = (uint16_t)d->weight;
		so->u.credit2.cap = (uint16_t)d->cap;
		return 0;
	default:
		return -EINVAL;
	}
}

int domctl_sendtrigger(struct xen_domctl *op, struct domain *d)
{
	struct vcpu *v = domain_vcpu(d, op->u.sendtrigger.vcpu);

	if (op->u.sendtrigger.trigger != XEN_DOMCTL_SENDTRIGGER_NMI)
		return -ENOSYS; /* the others are for machines with ACPI */
	if (!v)
		return -ESRCH;
	vcpu_send_nmi(v);
	return 0;
}

int domctl_get_ext_vcpucontext(struct xen_domctl *op, struct domain *d)
{
	struct domctl_ext_vcpucontext *c = &op->u.ext_vcpucontext;
	const struct vcpu *v = domain_vcpu(d, c->vcpu);

	if (!v)
		return -ESRCH;
	*c = (struct domctl_ext_vcpucontext){
		.vcpu = v->id,
		.size = sizeof(*c),
		.syscall32_callback_eip = v->syscall32_eip,
		.sysenter_callback_eip = v->sysenter_eip,
		.syscall32_callback_cs = v->syscall32_cs,
		.sysenter_callback_cs = v->sysenter_cs,
		.syscall32_disables_events = v->syscall32_masks,
		.sysenter_disables_events = v->sysenter_masks,
	};
	return 0;
}

int domctl_set_ext_vcpucontext(struct xen_domctl *op, struct domain *d)
{
	const struct domctl_ext_vcpucontext *c = &op->u.ext_vcpucontext;
	struct vcpu *v = domain_vcpu(d, c->vcpu);

	if (!v)
		return -ESRCH;
	if (v == current_vcpu() || c->size < offsetof(struct domctl_ext_vcpucontext, mcg_cap) ||
	    !va_canonical(c->syscall32_callback_eip) || !va_canonical(c->sysenter_callback_eip))
		return -EINVAL;
	vcpu_pause(v);
	v->syscall32_eip = c->syscall32_callback_eip;
	v->sysenter_eip = c->sysenter_callback_eip;
	v->syscall32_cs = c->syscall32_callback_cs | 3;
	v->sysenter_cs = c->sysenter_callback_cs | 3;
	v->syscall32_masks = !!c->syscall32_disables_events;
	v->sysenter_masks = !!c->sysenter_disables_events;
	vcpu_unpause(v);
	return 0;
}
