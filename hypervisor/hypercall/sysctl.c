/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sysctl: the machine as a whole, for the control domain's tools. */
#include "domctl.h"

#include <abi/sysctl.h>
#include <arch/time.h>
#include <hv/change.h>
#include <hv/console.h>
#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/guest_copy.h>
#include <hv/heap.h>
#include <hv/hypercall.h>
#include <hv/keys.h>
#include <hv/string.h>
#include "sysctl.h"

#define PCI_DEVS_MAX 4096u /* answered by one call */

static int sysctl_readconsole(struct xen_sysctl *op)
{
	struct sysctl_readconsole *rc = &op->u.readconsole;
	uint64_t gva = rc->buffer;
	uint32_t index = rc->incremental ? rc->index : 0, done = 0;
	bool follow = rc->incremental;
	char chunk[256];

	while (done < rc->count) {
		size_t n = console_ring_read(chunk, MIN(sizeof(chunk), rc->count - done), &index,
					     follow, rc->clear);

		if (!n)
			break;
		if (copy_to_guest(gva + done, chunk, n))
			return -EFAULT;
		done += (uint32_t)n;
		follow = true; /* index now says where the next chunk starts */
	}
	rc->index = index;
	rc->count = done;
	return 0;
}

static int sysctl_physinfo(struct xen_sysctl *op)
{
	struct sysctl_physinfo *pi = &op->u.physinfo;

	memset(pi, 0, sizeof(*pi));
	pi->nr_cpus = cpumask_count(&cpus_online);
	pi->threads_per_core = 1;
	pi->cores_per_socket = pi->nr_cpus;
	pi->max_cpu_id = pi->nr_cpus - 1;
	pi->nr_nodes = 1;
	pi->cpu_khz = arch_tsc_khz();
	pi->capabilities = XEN_SYSCTL_PHYSCAP_pv | XEN_SYSCTL_PHYSCAP_gnttab_v1;
	pi->total_pages = heap_total_pages();
	pi->free_pages = heap_free_pages();
	pi->outstanding_pages = heap_claimed_pages();
	pi->max_mfn = frame_table_end - 1;
	cpu_policy_hw_caps(pi->hw_cap);
	return 0;
}

static int sysctl_sched_id(struct xen_sysctl *op)
{
	op->u.sched_id.sched_id = XEN_SCHEDULER_CREDIT2;
	return 0;
}

static int sysctl_getdomaininfolist(struct xen_sysctl *op)
{
	struct sysctl_getdomaininfolist *in = &op->u.getdomaininfolist;
	struct domctl_getdomaininfo info;
	struct domain *d;
	uint32_t n = 0;
	domid_t from = in->first_domain;
	int rc = 0;

	while (n < in->max_domains && !rc && (d = domain_get_from(from))) {
		domctl_describe(d, &info);
		from = d->id + 1;
		domain_put(d);
		rc = copy_elem_to_guest(in->buffer, n, &info) ? -EFAULT : 0;
		n++;
	}
	in->num_domains = n;
	return rc;
}

static uint16_t change_state(domid_t id)
{
	struct domain *d = domain_get(id);
	struct domctl_getdomaininfo info;

	if (!d)
		return 0;
	domctl_describe(d, &info);
	domain_put(d);
	return (uint16_t)(PAVISE_CHANGE_exists |
			  (info.flags & XEN_DOMINF_shutdown ? PAVISE_CHANGE_shutdown : 0) |
			  (info.flags & XEN_DOMINF_dying ? PAVISE_CHANGE_dying : 0));
}

static int sysctl_pavise_changed(struct xen_sysctl *op)
{
	struct sysctl_pavise_changed *in = &op->u.pavise_changed;
	uint32_t n = 0;
	domid_t id = 0;

	while (n < in->nr_changes && (id = change_take(id)) != DOMID_INVALID) {
		struct sysctl_pavise_change c = {.domain = id, .state = change_state(id)};

		if (copy_elem_to_guest(in->changes, n, &c)) {
			change_note(id);
			return -EFAULT;
		}
		n++;
	}
	in->nr_changes = n;
	return 0;
}

static int sysctl_debug_keys(struct xen_sysctl *op)
{
	char key;

	for (uint32_t i = 0; i < MIN(op->u.debug_keys.nr_keys, 32u); i++) {
		if (copy_from_guest(&key, op->u.debug_keys.keys + i, 1))
			return -EFAULT;
		keys_handle(key);
	}
	return 0;
}

static int sysctl_getcpuinfo(struct xen_sysctl *op)
{
	struct sysctl_getcpuinfo *in = &op->u.getcpuinfo;
	uint32_t n = MIN(in->max_cpus, cpumask_count(&cpus_online));

	for (uint32_t i = 0; i < n; i++) {
		struct sysctl_cpuinfo ci = {.idletime = sched_idle_ns(i)};

		if (copy_elem_to_guest(in->info, i, &ci))
			return -EFAULT;
	}
	in->nr_cpus = n;
	return 0;
}

static int sysctl_availheap(struct xen_sysctl *op)
{
	op->u.availheap.avail_bytes = heap_free_pages() << PAGE_SHIFT;
	return 0;
}

/*
 * All CPUs are cores of one socket: PV guests are not told the topology, so nobody relies on more.
 * Tools take the product of node, socket, core and thread for the number of CPUs.
 */
static int sysctl_cputopoinfo(struct xen_sysctl *op)
{
	struct sysctl_cputopoinfo *in = &op->u.cputopoinfo;
	uint32_t have = cpumask_count(&cpus_online);

	if (in->cputopo) {
		for (uint32_t i = 0; i < MIN(in->num_cpus, have); i++) {
			struct sysctl_cputopo t = {.core = i, .socket = 0, .node = 0};

			if (copy_elem_to_guest(in->cputopo, i, &t))
				return -EFAULT;
		}
	}
	in->num_cpus = have;
	return 0;
}

/* All devices are at the one node. */
static int sysctl_pcitopoinfo(struct xen_sysctl *op)
{
	const struct sysctl_pcitopoinfo *in = &op->u.pcitopoinfo;
	const uint32_t node = 0;

	for (uint32_t i = 0; i < MIN(in->num_devs, PCI_DEVS_MAX); i++)
		if (copy_elem_to_guest(in->nodes, i, &node))
			return -EFAULT;
	return in->num_devs > PCI_DEVS_MAX ? -E2BIG : 0;
}

static int sysctl_numainfo(struct xen_sysctl *op)
{
	struct sysctl_numainfo *in = &op->u.numainfo;
	struct sysctl_meminfo mem = {
		.memsize = heap_total_pages() << PAGE_SHIFT,
		.memfree = heap_free_pages() << PAGE_SHIFT,
	};
	uint32_t distance = 10;

	if (in->num_nodes && in->meminfo && copy_to_guest(in->meminfo, &mem, sizeof(mem)))
		return -EFAULT;
	if (in->num_nodes && in->distance &&
	    copy_to_guest(in->distance, &distance, sizeof(distance)))
		return -EFAULT;
	in->num_nodes = 1;
	return 0;
}

static int sysctl_scheduler_op(struct xen_sysctl *op)
{
	struct sysctl_scheduler_op *in = &op->u.scheduler_op;

	if (cpupool_usable(in->cpupool_id) == -ESRCH)
		return -ESRCH;
	if (in->sched_id != XEN_SCHEDULER_CREDIT2)
		return -EINVAL;
	if (in->cmd != XEN_SYSCTL_SCHEDOP_getinfo)
		return -EOPNOTSUPP;
	in->u.credit2.ratelimit_us = 0;
	return 0;
}

typedef int sysctl_fn(struct xen_sysctl *op);

#define ROW(nr, name, privilege) [nr] = sysctl_##name,
static sysctl_fn *const sysctl_ops[] = {ABI_OPS_sysctl(ROW)};

HYPERCALL_HANDLER(sysctl)
{
	struct xen_sysctl op;
	int rc;

	if (copy_from_guest(&op, a1, sizeof(op)))
		return -EFAULT;
	if (op.interface_version != XEN_SYSCTL_INTERFACE_VERSION)
		return -EACCES;
	if (op.cmd >= ARRAY_SIZE(sysctl_ops) || !sysctl_ops[op.cmd])
		return -ENOSYS;
	if (!spin_trylock(&control_lock))
		return hypercall_restart(HC_SYSCTL, a1, a2, a3, a4, a5);
	rc = sysctl_ops[op.cmd](&op);
	spin_unlock(&control_lock);
	/* Sizes that were too small are told along with the error. */
	if ((!rc || rc == -ENOBUFS) && copy_to_guest(a1, &op, sizeof(op)))
		rc = -EFAULT;
	return rc;
}
