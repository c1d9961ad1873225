// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cpumap.h"
#include "lib/opt.h"
#include "lib/sysctl.h"
#include "life/pool.h"
#include "life/record.h"

enum { CPUS = CPUMAP_BYTES * 8, CPU_TEXT = 128 };

bool pool_name_valid(const char *name)
{
	unsigned long long n;
	const char *p;

	for (p = name; *p; p++)
		if (!isgraph((unsigned char)*p) || *p == '/')
			return false;
	return *name && strlen(name) < POOL_NAME && opt_uint(name, ~0ull, &n);
}

static int op(struct host *h, unsigned what, uint32_t id, uint32_t cpu)
{
	struct sysctl_cpupool_op o = {.op = what, .cpupool_id = id, .cpu = cpu};

	return sysctl_cpupool(&h->hv, &o, NULL);
}

int pool_next(struct host *h, uint32_t from, struct pool *p)
{
	struct sysctl_cpupool_op o = {.op = XEN_SYSCTL_CPUPOOL_OP_INFO, .cpupool_id = from};
	int rc = sysctl_cpupool(&h->hv, &o, p->cpus);

	if (rc)
		return rc;
	p->id = o.cpupool_id;
	p->domains = o.n_dom;
	if (store_get(h->store, 0, p->name, sizeof(p->name), "/local/pool/%u/name", p->id) <= 0)
		snprintf(p->name, sizeof(p->name), "Pool-%u", p->id);
	return 0;
}

static int failed(struct diag *d, int rc, const char *what)
{
	diag_set(d, rc, "cannot %s: %s", what, strerror(-rc));
	return rc == -ENOSYS ? diag_hint(d, rc, "this hypervisor has no pools of CPUs") : rc;
}

int pool_find(struct host *h, const char *what, struct pool *p, struct diag *d)
{
	unsigned long long id = ~0ull;
	uint32_t from = 0;
	int rc;

	opt_uint(what, UINT32_MAX, &id);
	while (!(rc = pool_next(h, from, p))) {
		if (p->id == id || !strcmp(p->name, what))
			return 0;
		from = p->id + 1;
	}
	if (rc != -ENOENT)
		return failed(d, rc, "read the pools of CPUs");
	diag_set(d, rc, "no CPU pool '%s'", what);
	return diag_hint(d, rc, "pav cpupool-list shows those there are");
}

int pool_free_cpus(struct host *h, uint8_t cpus[CPUMAP_BYTES], struct diag *d)
{
	struct sysctl_cpupool_op o = {.op = XEN_SYSCTL_CPUPOOL_OP_FREEINFO};
	int rc = sysctl_cpupool(&h->hv, &o, cpus);

	return rc ? failed(d, rc, "read which CPUs are in no pool") : 0;
}

static bool has(const uint8_t *cpus, unsigned cpu)
{
	return cpus[cpu / 8] >> cpu % 8 & 1;
}

static int wrong_cpu(struct diag *d, int rc, const struct pool *p, unsigned cpu, bool add)
{
	if (rc == -EADDRNOTAVAIL)
		return diag_set(d, rc, "CPU %u is not in pool %s", cpu, p->name);
	if (rc == -EBUSY) {
		diag_set(d, rc, "CPU %u is the last one of pool %s, which domains use", cpu,
			 p->name);
		return diag_hint(d, rc, "move them first: pav cpupool-migrate GUEST POOL");
	}
	if (rc != -ENODEV && rc != -EINVAL)
		return diag_set(d, rc, "cannot %s CPU %u %s pool %s: %s", add ? "add" : "take", cpu,
				add ? "to" : "from", p->name, strerror(-rc));
	diag_set(d, rc, "CPU %u is not free to be added to pool %s", cpu, p->name);
	return diag_hint(d, rc,
			 "take it from its pool first: pav cpupool-cpu-remove POOL %u (pav "
			 "cpupool-list --cpus shows who has it)",
			 cpu);
}

int pool_change_cpus(struct host *h, const struct pool *p, const uint8_t cpus[CPUMAP_BYTES],
		     bool add, struct diag *d)
{
	unsigned what = add ? XEN_SYSCTL_CPUPOOL_OP_ADDCPU : XEN_SYSCTL_CPUPOOL_OP_RMCPU, cpu;
	int rc;

	for (cpu = 0; cpu < CPUS; cpu++) {
		rc = has(cpus, cpu) ? op(h, what, p->id, cpu) : 0;
		if (rc)
			return wrong_cpu(d, rc, p, cpu, add);
	}
	return 0;
}

static int write_name(struct host *h, uint32_t id, const char *name, struct diag *d)
{
	char dir[32];
	int rc;

	snprintf(dir, sizeof(dir), "/local/pool/%u", id);
	rc = store_put(h->store, 0, dir, "name", name);
	return rc ? diag_set(d, rc, "store: %s/name: %s", dir, strerror(-rc)) : 0;
}

static void drop_name(struct host *h, uint32_t id)
{
	char dir[32];

	snprintf(dir, sizeof(dir), "/local/pool/%u", id);
	store_rm(h->store, 0, dir);
}

/* Is the name one, and free? */
static int check_name(struct host *h, const char *name, struct diag *d)
{
	struct diag ignored = DIAG_INIT;
	struct pool p;

	if (!pool_name_valid(name)) {
		diag_set(d, -EINVAL, "'%s' cannot be the name of a CPU pool", name);
		return diag_hint(
			d, -EINVAL,
			"1 to 63 printable characters without blank and '/', and no number");
	}
	return pool_find(h, name, &p, &ignored)
		       ? 0
		       : diag_set(d, -EEXIST, "there is a CPU pool '%s' already", name);
}

static int fill(struct host *h, const struct pool *p, const uint8_t *cpus, struct diag *d)
{
	int rc = cpus ? pool_change_cpus(h, p, cpus, true, d)
		      : op(h, XEN_SYSCTL_CPUPOOL_OP_ADDCPU, p->id, XEN_SYSCTL_CPUPOOL_PAR_ANY);

	if (!rc || cpus)
		return rc;
	diag_set(d, rc, "no CPU is free for pool %s", p->name);
	return diag_hint(d, rc, "take one from a pool first: pav cpupool-cpu-remove Pool-0 CPU");
}

int pool_create(struct host *h, const char *name, const uint8_t *cpus, uint32_t *id, struct diag *d)
{
	int sched = sysctl_sched_id(&h->hv), rc = check_name(h, name, d);
	struct sysctl_cpupool_op o = {.op = XEN_SYSCTL_CPUPOOL_OP_CREATE,
				      .cpupool_id = XEN_SYSCTL_CPUPOOL_PAR_ANY,
				      .sched_id = (uint32_t)sched};
	struct diag ignored = DIAG_INIT;
	struct pool p = {0};

	if (rc)
		return rc;
	rc = sched < 0 ? sched : sysctl_cpupool(&h->hv, &o, NULL);
	if (rc)
		return failed(d, rc, "make a pool of CPUs");
	*id = p.id = o.cpupool_id;
	snprintf(p.name, sizeof(p.name), "%s", name);
	rc = fill(h, &p, cpus, d);
	if (!rc)
		rc = write_name(h, p.id, name, d);
	if (rc && !pool_next(h, p.id, &p) && p.id == *id)
		pool_destroy(h, &p, &ignored);
	return rc;
}

int pool_destroy(struct host *h, const struct pool *p, struct diag *d)
{
	int rc;

	if (!p->id)
		return diag_set(d, -EINVAL, "pool %s has the control domain: it stays", p->name);
	if (p->domains) {
		diag_set(d, -EBUSY, "pool %s has %u domain%s", p->name, p->domains,
			 p->domains > 1 ? "s" : "");
		return diag_hint(d, -EBUSY, "move them first: pav cpupool-migrate GUEST POOL");
	}
	rc = pool_change_cpus(h, p, p->cpus, false, d);
	if (rc)
		return rc;
	rc = op(h, XEN_SYSCTL_CPUPOOL_OP_DESTROY, p->id, 0);
	if (rc)
		return diag_set(d, rc, "cannot destroy pool %s: %s", p->name, strerror(-rc));
	drop_name(h, p->id);
	return 0;
}

static void edit(struct domconf *c, const void *name)
{
	char *pool = strdup(name);

	if (!pool)
		return;
	free(c->pool);
	c->pool = pool;
}

int pool_move(struct host *h, uint16_t domid, const struct pool *p, struct diag *d)
{
	struct sysctl_cpupool_op o = {
		.op = XEN_SYSCTL_CPUPOOL_OP_MOVEDOMAIN, .cpupool_id = p->id, .domid = domid};
	int rc = sysctl_cpupool(&h->hv, &o, NULL);

	if (!rc) {
		record_edit(h, domid, edit, p->name);
		return 0;
	}
	if (rc == -EPERM)
		return diag_set(d, rc, "the control domain stays in its pool");
	diag_set(d, rc, "cannot move domain %u to pool %s: %s", domid, p->name, strerror(-rc));
	return rc == -ENOENT ? diag_hint(d, rc, "the pool needs a CPU: pav cpupool-cpu-add %s CPU",
					 p->name)
			     : rc;
}

int pool_rename(struct host *h, const struct pool *p, const char *name, struct diag *d)
{
	struct domctl_getdomaininfo *all;
	int rc = check_name(h, name, d), n, i;

	if (!rc)
		rc = write_name(h, p->id, name, d);
	n = rc ? -1 : sysctl_domains(&h->hv, &all);
	for (i = 0; i < n; i++)
		if (all[i].domain && all[i].cpupool == p->id)
			record_edit(h, all[i].domain, edit, name);
	if (n >= 0)
		free(all);
	return rc;
}
