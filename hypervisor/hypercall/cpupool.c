/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sysctl cpupool_op. A pool is a set of CPUs under the one scheduler; domains of different pools
 * share none. Number 0 exists always, and has the control domain and so at least one CPU.
 */
#include "domctl.h"
#include "sysctl.h"

#include <hv/cpu.h>
#include <hv/errno.h>

static bool in_use[SCHED_POOLS_MAX] = {true};

static bool exists(uint32_t id)
{
	return id < SCHED_POOLS_MAX && in_use[id];
}

int cpupool_usable(uint32_t id)
{
	if (!exists(id))
		return -ESRCH;
	return cpumask_empty(&sched_pools[id]) ? -ENODEV : 0;
}

static struct cpumask cpus_free(void)
{
	struct cpumask free = cpus_online;

	for (uint32_t id = 0; id < SCHED_POOLS_MAX; id++)
		for (unsigned i = 0; i < ARRAY_SIZE(free.bits); i++)
			free.bits[i] &= ~sched_pools[id].bits[i];
	return free;
}

/* How many domains are in pool @id; @alive counts those only that are not ending. */
static uint32_t domains_count(uint32_t id, bool alive)
{
	struct domain *d;
	uint32_t n = 0;

	for (domid_t from = 0; (d = domain_get_from(from)); from = d->id + 1) {
		n += d->sched.pool == id && !(alive && d->state != DOMAIN_ALIVE);
		domain_put(d);
	}
	return n;
}

/* All domains of pool @from are in @to, whose CPUs may have changed. */
static void domains_move(uint32_t from, uint32_t to)
{
	struct domain *d;

	for (domid_t id = 0; (d = domain_get_from(id)); id = d->id + 1) {
		if (d->sched.pool == from)
			sched_domain_pool(d, to);
		domain_put(d);
	}
}

static int op_create(struct sysctl_cpupool_op *op)
{
	uint32_t id = op->cpupool_id;

	if (op->sched_id != XEN_SCHEDULER_CREDIT2)
		return -ENOENT;
	for (id = id == XEN_SYSCTL_CPUPOOL_PAR_ANY ? 0 : id; exists(id); id++)
		if (op->cpupool_id != XEN_SYSCTL_CPUPOOL_PAR_ANY)
			return -EEXIST;
	if (id >= SCHED_POOLS_MAX)
		return -ENOSPC;
	in_use[id] = true;
	op->cpupool_id = id;
	return 0;
}

static int op_destroy(uint32_t id)
{
	if (!exists(id))
		return -ENOENT;
	if (domains_count(id, false) || !cpumask_empty(&sched_pools[id]))
		return -EBUSY;
	in_use[id] = false;
	return 0;
}

/* That pool, or the next one there is. */
static int op_info(struct sysctl_cpupool_op *op)
{
	uint32_t id = op->cpupool_id;

	while (id < SCHED_POOLS_MAX && !in_use[id])
		id++;
	if (id >= SCHED_POOLS_MAX)
		return -ENOENT;
	op->cpupool_id = id;
	op->sched_id = XEN_SCHEDULER_CREDIT2;
	op->n_dom = domains_count(id, false);
	return xenctl_bitmap_from_mask(&op->cpumap, &sched_pools[id], HV_MAX_CPUS);
}

static int op_addcpu(uint32_t id, uint32_t cpu)
{
	struct cpumask free = cpus_free();

	if (!exists(id))
		return -ENOENT;
	if (cpu == XEN_SYSCTL_CPUPOOL_PAR_ANY)
		cpu = MIN(cpumask_next(&free, 0), (unsigned)HV_MAX_CPUS - 1);
	if (cpu >= HV_MAX_CPUS)
		return -EINVAL;
	if (!cpumask_test(&free, cpu))
		return -ENODEV;
	cpumask_set(&sched_pools[id], cpu);
	domains_move(id, id);
	return 0;
}

static int op_rmcpu(uint32_t id, uint32_t cpu)
{
	unsigned last = 0, i;

	if (!exists(id))
		return -ENOENT;
	cpumask_for_each(i, &sched_pools[id])
		last = i;
	if (cpu == XEN_SYSCTL_CPUPOOL_PAR_ANY)
		cpu = last;
	if (cpu >= HV_MAX_CPUS)
		return -EINVAL;
	if (!cpumask_test(&sched_pools[id], cpu))
		return -EADDRNOTAVAIL;
	if (cpumask_count(&sched_pools[id]) == 1) {
		if (domains_count(id, true))
			return -EBUSY;
		domains_move(id, 0);
	}
	cpumask_clear(&sched_pools[id], cpu);
	domains_move(id, id);
	return 0;
}

static int op_movedomain(uint32_t id, uint32_t domid)
{
	struct domain *d = domid < DOMID_FIRST_RESERVED ? domain_get((domid_t)domid) : NULL;
	int rc = 0;

	if (!d)
		return -ESRCH;
	if (d == current_domain())
		rc = -EPERM;
	else if (id != d->sched.pool && cpupool_usable(id))
		rc = -ENOENT;
	else
		sched_domain_pool(d, id);
	domain_put(d);
	return rc;
}

int sysctl_cpupool_op(struct xen_sysctl *op)
{
	struct sysctl_cpupool_op *in = &op->u.cpupool_op;
	struct cpumask free;

	switch (in->op) {
	case XEN_SYSCTL_CPUPOOL_OP_CREATE:
		return op_create(in);
	case XEN_SYSCTL_CPUPOOL_OP_DESTROY:
		return op_destroy(in->cpupool_id);
	case XEN_SYSCTL_CPUPOOL_OP_INFO:
		return op_info(in);
	case XEN_SYSCTL_CPUPOOL_OP_ADDCPU:
		return op_addcpu(in->cpupool_id, in->cpu);
	case XEN_SYSCTL_CPUPOOL_OP_RMCPU:
		return op_rmcpu(in->cpupool_id, in->cpu);
	case XEN_SYSCTL_CPUPOOL_OP_MOVEDOMAIN:
		return op_movedomain(in->cpupool_id, in->domid);
	case XEN_SYSCTL_CPUPOOL_OP_FREEINFO:
		free = cpus_free();
		return xenctl_bitmap_from_mask(&in->cpumap, &free, HV_MAX_CPUS);
	default:
		return -ENOSYS;
	}
}
