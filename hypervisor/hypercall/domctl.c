/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * domctl: decoding, dispatch, and the operations on a domain's life. Privilege is checked by the
 * dispatch table: only the control domain gets here.
 */
#include "domctl.h"

#include <abi/domctl.h>
#include <arch/mmu.h>
#include <arch/time.h>
#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/grant.h>
#include <hv/guest_copy.h>
#include <hv/hypercall.h>
#include <hv/pv.h>
#include <hv/string.h>
#include "sysctl.h"

struct spinlock control_lock = SPINLOCK_INIT(RANK_CONTROL);
uint64_t domctl_resume;

#define MAX_GRANT_FRAMES_DEFAULT    64
#define MAX_MAPTRACK_FRAMES_DEFAULT 1024

void domctl_describe(const struct domain *d, struct domctl_getdomaininfo *info)
{
	bool blocked = true, running = false;

	memset(info, 0, sizeof(*info));
	info->domain = d->id;
	info->max_vcpu_id = XEN_INVALID_MAX_VCPU_ID;
	for (uint32_t i = 0; i < d->max_vcpus; i++) {
		const struct vcpu *v = d->vcpu[i];

		if (!v)
			continue;
		info->max_vcpu_id = i;
		info->cpu_time += vcpu_cpu_time(v);
		if (v->down)
			continue;
		info->nr_online_vcpus++;
		blocked &= v->blocked;
		running |= v->sched.running;
	}
	if (d->state != DOMAIN_ALIVE)
		info->flags |= XEN_DOMINF_dying;
	if (d->is_shut_down)
		info->flags |= XEN_DOMINF_shutdown;
	if (d->controller_pause > 0)
		info->flags |= XEN_DOMINF_paused;
	if (blocked)
		info->flags |= XEN_DOMINF_blocked;
	if (running)
		info->flags |= XEN_DOMINF_running;
	if (d->config.flags & XEN_DOMCTL_CDF_xs_domain)
		info->flags |= XEN_DOMINF_xs_domain;
	info->flags |= (uint32_t)d->shutdown_code << XEN_DOMINF_shutdownshift;
	info->tot_pages = d->pages.tot;
	info->max_pages = d->pages.max;
	info->outstanding_pages = d->pages.outstanding_claim;
	info->cpupool = d->sched.pool;
	info->shared_info_frame = d->shared_info ? virt_frame(d->shared_info).n : 0;
	memcpy(info->handle, d->config.handle, sizeof(info->handle));
}

static int domctl_createdomain(struct xen_domctl *op, UNUSED struct domain *none)
{
	const struct domctl_createdomain *in = &op->u.createdomain;
	struct domain_config cfg = {
		.flags = in->flags,
		.max_vcpus = in->max_vcpus,
		.cpupool = in->cpupool_id,
		.max_evtchn_port = in->max_evtchn_port,
		.max_grant_frames = in->max_grant_frames < 0 ? MAX_GRANT_FRAMES_DEFAULT
							     : (uint32_t)in->max_grant_frames,
		.max_maptrack_frames = in->max_maptrack_frames < 0
					       ? MAX_MAPTRACK_FRAMES_DEFAULT
					       : (uint32_t)in->max_maptrack_frames,
	};
	domid_t id = op->domain;
	struct domain *d;
	int rc;

	if (in->flags & ~(uint32_t)XEN_DOMCTL_CDF_xs_domain || in->arch.emulation_flags ||
	    in->arch.misc_flags & ~(uint32_t)XEN_X86_MSR_RELAXED || in->vmtrace_size ||
	    in->iommu_opts)
		return -EINVAL;
	if ((in->grant_opts & XEN_DOMCTL_GRANT_version_mask) > 1)
		return -EOPNOTSUPP;
	rc = cpupool_usable(in->cpupool_id);
	if (rc)
		return rc;
	memcpy(cfg.handle, in->handle, sizeof(cfg.handle));
	if (id == 0 || id >= DOMID_FIRST_RESERVED)
		id = DOMID_INVALID;
	rc = domain_create(id, &cfg, &d);
	if (rc)
		return rc;
	op->domain = d->id;
	return 0;
}

static int domctl_destroydomain(UNUSED struct xen_domctl *op, struct domain *d)
{
	return d == current_domain() ? -EINVAL : domain_kill(d);
}

static int domctl_pausedomain(UNUSED struct xen_domctl *op, struct domain *d)
{
	if (d == current_domain())
		return -EINVAL;
	d->controller_pause++;
	domain_pause(d);
	return 0;
}

static int domctl_unpausedomain(UNUSED struct xen_domctl *op, struct domain *d)
{
	if (d->controller_pause <= 0)
		return -EINVAL;
	d->controller_pause--;
	domain_unpause(d);
	return 0;
}

static int domctl_resumedomain(UNUSED struct xen_domctl *op, struct domain *d)
{
	if (d == current_domain())
		return -EINVAL;
	domain_resume(d);
	return 0;
}

static int domctl_max_vcpus(struct xen_domctl *op, struct domain *d)
{
	uint32_t max = op->u.max_vcpus.max;
	int rc = 0;

	if (max != d->max_vcpus || d == current_domain() || d->state != DOMAIN_ALIVE)
		return -EINVAL;
	spin_lock(&d->lock);
	for (uint32_t i = 0; !rc && i < max; i++)
		if (!d->vcpu[i])
			rc = vcpu_create(d, i);
	spin_unlock(&d->lock);
	return rc;
}

static int domctl_setdomainhandle(struct xen_domctl *op, struct domain *d)
{
	memcpy(d->config.handle, op->u.setdomainhandle.handle, sizeof(d->config.handle));
	return 0;
}

static int domctl_settimeoffset(struct xen_domctl *op, struct domain *d)
{
	d->time_offset_s = op->u.settimeoffset.time_offset_seconds;
	pv_wallclock_update(d);
	return 0;
}

static int domctl_set_address_size(struct xen_domctl *op, UNUSED struct domain *d)
{
	return op->u.address_size.size == 64 ? 0 : -EINVAL;
}

static int domctl_get_address_size(struct xen_domctl *op, UNUSED struct domain *d)
{
	op->u.address_size.size = 64;
	return 0;
}

/* The TSC is never emulated, so the only modes are "default" and "native". */
static int domctl_settscinfo(struct xen_domctl *op, struct domain *d)
{
	uint32_t mode = op->u.tsc_info.tsc_mode;

	if (d == current_domain())
		return -EINVAL;
	return mode == 0 || mode == 2 ? 0 : -EOPNOTSUPP;
}

static int domctl_gettscinfo(struct xen_domctl *op, UNUSED struct domain *d)
{
	memset(&op->u.tsc_info, 0, sizeof(op->u.tsc_info));
	op->u.tsc_info.gtsc_khz = arch_tsc_khz();
	op->u.tsc_info.elapsed_nsec = (uint64_t)time_now();
	return 0;
}

static int domctl_subscribe(struct xen_domctl *op, struct domain *d)
{
	d->suspend_port = op->u.subscribe.port;
	return 0;
}

/* One node: its map is bit 0. */
static int domctl_setnodeaffinity(UNUSED struct xen_domctl *op, UNUSED struct domain *d)
{
	return 0;
}

static int domctl_getnodeaffinity(struct xen_domctl *op, UNUSED struct domain *d)
{
	struct cpumask node0 = {{1}};

	return xenctl_bitmap_from_mask(&op->u.nodeaffinity.nodemap, &node0, 1);
}

/*
 * getdomaininfo looks for the first domain at or above the id, so it finds its domain itself;
 * the answer's id tells the caller which one it was.
 */
static int domctl_getdomaininfo(struct xen_domctl *op, UNUSED struct domain *none)
{
	struct domain *d = domain_get_from(op->domain);

	if (!d)
		return -ESRCH;
	domctl_describe(d, &op->u.getdomaininfo);
	op->domain = d->id;
	domain_put(d);
	return 0;
}

#define ROW(nr, name, privilege) [nr] = domctl_##name,
/* By command; those absent are refused with ENOSYS. */
static domctl_fn *const domctl_ops[] = {ABI_OPS_domctl(ROW)};

/* These two do not act on a domain that must exist under the given id. */
static bool finds_domain_itself(uint32_t cmd)
{
	return cmd == XEN_DOMCTL_createdomain || cmd == XEN_DOMCTL_getdomaininfo;
}

HYPERCALL_HANDLER(domctl)
{
	struct domain *d = NULL;
	struct xen_domctl op;
	int rc;

	if (copy_from_guest(&op, a1, sizeof(op)))
		return -EFAULT;
	if (op.interface_version != XEN_DOMCTL_INTERFACE_VERSION)
		return -EACCES;
	if (op.cmd >= ARRAY_SIZE(domctl_ops) || !domctl_ops[op.cmd])
		return -ENOSYS;
	if (!finds_domain_itself(op.cmd)) {
		d = domain_get(op.domain);
		if (!d)
			return -ESRCH;
	}

	/* Another CPU's operation may be long: serve softirqs rather than wait for it. */
	if (!spin_trylock(&control_lock)) {
		rc = -ERESTART;
		goto put;
	}
	domctl_resume = a2;
	rc = domctl_ops[op.cmd](&op, d);
	a2 = domctl_resume;
	spin_unlock(&control_lock);
	if (rc != -ERESTART && copy_to_guest(a1, &op, sizeof(op)) && !rc)
		rc = -EFAULT;
put:
	if (d)
		domain_put(d);
	return rc == -ERESTART ? hypercall_restart(HC_DOMCTL, a1, a2, a3, a4, a5) : rc;
}
