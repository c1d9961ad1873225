// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "lib/domctl.h"

/* Times to repeat a call whose buffers the kernel found unmapped for a moment. */
enum { FAULT_RETRIES = 3 };

int domctl_call(struct hv *hv, struct xen_domctl *op)
{
	size_t mark = hv_mark(hv);
	struct xen_domctl *buf = hv_buf(hv, sizeof(*buf));
	int tries = 0;
	long rc;

	if (!buf)
		return -ENOMEM;
	op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
	do {
		*buf = *op;
		rc = hv_call(hv, HC_DOMCTL, hv_ptr(buf), 0, 0, 0);
	} while (rc == -EFAULT && tries++ < FAULT_RETRIES);
	*op = *buf;
	hv_release(hv, mark);
	return (int)rc;
}

static int simple(struct hv *hv, uint16_t domid, uint32_t cmd)
{
	struct xen_domctl op = {.cmd = cmd, .domain = domid};

	return domctl_call(hv, &op);
}

int domctl_create(struct hv *hv, const struct domctl_new *n, uint16_t *domid)
{
	struct xen_domctl op = {.cmd = XEN_DOMCTL_createdomain, .domain = DOMID_ANY};
	struct domctl_createdomain *c = &op.u.createdomain;
	int rc;

	memcpy(c->handle, n->uuid, sizeof(c->handle));
	c->max_vcpus = n->max_vcpus;
	c->cpupool_id = n->pool;
	c->max_evtchn_port = 1023;
	c->max_grant_frames = n->grant_version ? 64 : 0;
	c->max_maptrack_frames = n->grant_version ? 1024 : 0;
	c->grant_opts = n->grant_version & XEN_DOMCTL_GRANT_version_mask;
	rc = domctl_call(hv, &op);
	if (!rc)
		*domid = op.domain;
	return rc;
}

int domctl_destroy(struct hv *hv, uint16_t domid)
{
	int rc;

	do
		rc = simple(hv, domid, XEN_DOMCTL_destroydomain);
	while (rc == -EAGAIN || rc == -ERESTART);
	return rc;
}

int domctl_pause(struct hv *hv, uint16_t domid)
{
	return simple(hv, domid, XEN_DOMCTL_pausedomain);
}

int domctl_unpause(struct hv *hv, uint16_t domid)
{
	return simple(hv, domid, XEN_DOMCTL_unpausedomain);
}

int domctl_max_vcpus(struct hv *hv, uint16_t domid, unsigned n)
{
	struct xen_domctl op = {.cmd = XEN_DOMCTL_max_vcpus, .domain = domid};

	op.u.max_vcpus.max = n;
	return domctl_call(hv, &op);
}

int domctl_max_mem(struct hv *hv, uint16_t domid, uint64_t kib)
{
	struct xen_domctl op = {.cmd = XEN_DOMCTL_max_mem, .domain = domid};

	op.u.max_mem.max_memkb = kib;
	return domctl_call(hv, &op);
}

int domctl_set_handle(struct hv *hv, uint16_t domid, const uint8_t uuid[16])
{
	struct xen_domctl op = {.cmd = XEN_DOMCTL_setdomainhandle, .domain = domid};

	memcpy(op.u.setdomainhandle.handle, uuid, 16);
	return domctl_call(hv, &op);
}

int domctl_hypercall_page(struct hv *hv, uint16_t domid, uint64_t mfn)
{
	struct xen_domctl op = {.cmd = XEN_DOMCTL_hypercall_init, .domain = domid};

	op.u.hypercall_init.gmfn = mfn;
	return domctl_call(hv, &op);
}

int domctl_set_tsc(struct hv *hv, uint16_t domid, unsigned mode)
{
	struct xen_domctl op = {.cmd = XEN_DOMCTL_settscinfo, .domain = domid};

	op.u.tsc_info.tsc_mode = mode;
	return domctl_call(hv, &op);
}

int domctl_set_context(struct hv *hv, uint16_t domid, unsigned vcpu,
		       const struct vcpu_guest_context *c)
{
	struct xen_domctl op = {.cmd = XEN_DOMCTL_setvcpucontext, .domain = domid};
	size_t mark = hv_mark(hv);
	struct vcpu_guest_context *buf = hv_buf(hv, sizeof(*buf));
	int rc;

	if (!buf)
		return -ENOMEM;
	memcpy(buf, c, sizeof(*buf));
	op.u.vcpucontext.vcpu = vcpu;
	op.u.vcpucontext.ctxt = hv_ptr(buf);
	rc = domctl_call(hv, &op);
	hv_release(hv, mark);
	return rc;
}

int domctl_get_context(struct hv *hv, uint16_t domid, unsigned vcpu, struct vcpu_guest_context *c)
{
	struct xen_domctl op = {.cmd = XEN_DOMCTL_getvcpucontext, .domain = domid};
	size_t mark = hv_mark(hv);
	struct vcpu_guest_context *buf = hv_buf(hv, sizeof(*buf));
	int rc;

	if (!buf)
		return -ENOMEM;
	op.u.vcpucontext.vcpu = vcpu;
	op.u.vcpucontext.ctxt = hv_ptr(buf);
	rc = domctl_call(hv, &op);
	memcpy(c, buf, sizeof(*c));
	hv_release(hv, mark);
	return rc;
}

int domctl_resume(struct hv *hv, uint16_t domid)
{
	return simple(hv, domid, XEN_DOMCTL_resumedomain);
}

int domctl_iomem_permission(struct hv *hv, uint16_t domid, uint64_t first, uint64_t nr, bool allow)
{
	struct xen_domctl op = {.cmd = XEN_DOMCTL_iomem_permission, .domain = domid};

	op.u.iomem_permission.first_mfn = first;
	op.u.iomem_permission.nr_mfns = nr;
	op.u.iomem_permission.allow_access = allow;
	return domctl_call(hv, &op);
}

int domctl_ioport_permission(struct hv *hv, uint16_t domid, unsigned first, unsigned nr, bool allow)
{
	struct xen_domctl op = {.cmd = XEN_DOMCTL_ioport_permission, .domain = domid};

	op.u.ioport_permission.first_port = first;
	op.u.ioport_permission.nr_ports = nr;
	op.u.ioport_permission.allow_access = allow;
	return domctl_call(hv, &op);
}

int domctl_irq_permission(struct hv *hv, uint16_t domid, unsigned line, bool allow)
{
	struct xen_domctl op = {.cmd = XEN_DOMCTL_irq_permission, .domain = domid};

	op.u.irq_permission.pirq = line;
	op.u.irq_permission.allow_access = allow;
	return domctl_call(hv, &op);
}

int domctl_trigger(struct hv *hv, uint16_t domid, unsigned trigger, unsigned vcpu)
{
	struct xen_domctl op = {.cmd = XEN_DOMCTL_sendtrigger, .domain = domid};

	op.u.sendtrigger.trigger = trigger;
	op.u.sendtrigger.vcpu = vcpu;
	return domctl_call(hv, &op);
}

int domctl_info(struct hv *hv, uint16_t domid, struct domctl_getdomaininfo *out)
{
	struct xen_domctl op = {.cmd = XEN_DOMCTL_getdomaininfo, .domain = domid};
	int rc = domctl_call(hv, &op);

	if (rc)
		return rc;
	*out = op.u.getdomaininfo;
	return out->domain == domid ? 0 : -ESRCH;
}

int domctl_vcpu_info(struct hv *hv, uint16_t domid, unsigned vcpu, struct domctl_getvcpuinfo *out)
{
	struct xen_domctl op = {.cmd = XEN_DOMCTL_getvcpuinfo, .domain = domid};
	int rc;

	op.u.getvcpuinfo.vcpu = vcpu;
	rc = domctl_call(hv, &op);
	*out = op.u.getvcpuinfo;
	return rc;
}

static int affinity(struct hv *hv, uint16_t domid, unsigned vcpu, uint8_t *map, bool set)
{
	struct xen_domctl op = {
		.cmd = set ? XEN_DOMCTL_setvcpuaffinity : XEN_DOMCTL_getvcpuaffinity,
		.domain = domid,
	};
	size_t mark = hv_mark(hv);
	uint8_t *buf = hv_buf(hv, CPUMAP_BYTES);
	int rc;

	if (!buf)
		return -ENOMEM;
	if (set)
		memcpy(buf, map, CPUMAP_BYTES);
	op.u.vcpuaffinity.vcpu = vcpu;
	op.u.vcpuaffinity.flags = XEN_VCPUAFFINITY_HARD;
	op.u.vcpuaffinity.cpumap_hard.bitmap = hv_ptr(buf);
	op.u.vcpuaffinity.cpumap_hard.nr_bits = CPUMAP_BYTES * 8;
	rc = domctl_call(hv, &op);
	if (!set)
		memcpy(map, buf, CPUMAP_BYTES);
	hv_release(hv, mark);
	return rc;
}

int domctl_set_affinity(struct hv *hv, uint16_t domid, unsigned vcpu, const uint8_t *map)
{
	uint8_t copy[CPUMAP_BYTES];

	memcpy(copy, map, sizeof(copy));
	return affinity(hv, domid, vcpu, copy, true);
}

int domctl_get_affinity(struct hv *hv, uint16_t domid, unsigned vcpu, uint8_t *map)
{
	return affinity(hv, domid, vcpu, map, false);
}

int domctl_counters(struct hv *hv, uint16_t domid, uint64_t values[PAVISE_COUNTERS])
{
	struct xen_domctl op = {.cmd = XEN_DOMCTL_pavise_counters, .domain = domid};
	const size_t size = PAVISE_COUNTERS * sizeof(*values);
	size_t mark = hv_mark(hv);
	uint64_t *buf = hv_buf(hv, size);
	int rc;

	if (!buf)
		return -ENOMEM;
	op.u.pavise_counters.nr_values = PAVISE_COUNTERS;
	op.u.pavise_counters.values = hv_ptr(buf);
	rc = domctl_call(hv, &op);
	memcpy(values, buf, size);
	hv_release(hv, mark);
	return rc;
}

static int sched_op(struct hv *hv, uint16_t domid, unsigned sched, uint32_t cmd,
		    struct domctl_sched_credit *p)
{
	struct xen_domctl op = {.cmd = XEN_DOMCTL_scheduler_op, .domain = domid};
	int rc;

	if (sched != XEN_SCHEDULER_CREDIT && sched != XEN_SCHEDULER_CREDIT2)
		return -EOPNOTSUPP;
	op.u.scheduler_op.sched_id = sched;
	op.u.scheduler_op.cmd = cmd;
	op.u.scheduler_op.u.credit = *p;
	rc = domctl_call(hv, &op);
	*p = op.u.scheduler_op.u.credit;
	return rc;
}

int domctl_get_sched(struct hv *hv, uint16_t domid, unsigned sched, unsigned *weight, unsigned *cap)
{
	struct domctl_sched_credit p = {0};
	int rc = sched_op(hv, domid, sched, XEN_DOMCTL_SCHEDOP_getinfo, &p);

	*weight = p.weight;
	*cap = p.cap;
	return rc;
}

int domctl_set_sched(struct hv *hv, uint16_t domid, unsigned sched, unsigned weight, unsigned cap)
{
	struct domctl_sched_credit p = {(uint16_t)weight, (uint16_t)cap};

	return sched_op(hv, domid, sched, XEN_DOMCTL_SCHEDOP_putinfo, &p);
}
