// SPDX-License-Identifier: GPL-2.0-or-later
/* sysctl: what the control domain's tools learn of the machine, and the error of each refusal. */
#include <abi/sched.h>
#include <abi/base.h>
#include <check.h>
#include <hv/errno.h>
#include <hv/heap.h>
#include <hv/hypercall.h>
#include <hv/pv_policy.h>
#include <hv/sched.h>
#include <stdlib.h>
#include <string.h>
#include "control_sim.h"
#include "host.h"
#include "suite.h"

#define BAD_POINTER 8

static struct domain *d0;
static struct xen_sysctl op;

static void setup(void)
{
	sim_start(2);
	d0 = sim_domain(0, 1);
	sim_domain(1, 2);
	sim_domain(5, 1);
	sim_enter(d0->vcpu[0]);
	memset(&op, 0, sizeof(op));
	memset(sim_keys, 0, sizeof(sim_keys));
}

static int64_t run(uint32_t cmd)
{
	op.cmd = cmd;
	return sim_sysctl(&op);
}

static int64_t refused(uint32_t cmd)
{
	struct xen_sysctl before;
	int64_t rc;

	op.cmd = cmd;
	op.interface_version = XEN_SYSCTL_INTERFACE_VERSION;
	before = op;
	rc = run(cmd);
	ck_assert_mem_eq(&op, &before, sizeof(op));
	return rc;
}

START_TEST(common_errors)
{
	ck_assert_int_eq(refused(0), -ENOSYS);
	ck_assert_int_eq(refused(XEN_SYSCTL_lockprof_op), -ENOSYS);
	ck_assert_int_eq(refused(UINT32_MAX), -ENOSYS);
	ck_assert_int_eq(hc_sysctl(BAD_POINTER, 0, 0, 0, 0), -EFAULT);
	op.cmd = XEN_SYSCTL_physinfo;
	op.interface_version = XEN_SYSCTL_INTERFACE_VERSION + 1;
	ck_assert_int_eq(hc_sysctl((uint64_t)(uintptr_t)&op, 0, 0, 0, 0), -EACCES);
	ck_assert_uint_eq(op.u.physinfo.nr_cpus, 0);
}
END_TEST

START_TEST(machine)
{
	const struct sysctl_physinfo *pi = &op.u.physinfo;

	memset(&op.u, 0xff, sizeof(op.u));
	ck_assert_int_eq(run(XEN_SYSCTL_physinfo), 0);
	ck_assert_uint_eq(pi->nr_cpus, 2);
	ck_assert_uint_eq(pi->max_cpu_id, 1);
	ck_assert_uint_eq(pi->threads_per_core * pi->cores_per_socket * pi->nr_nodes, pi->nr_cpus);
	ck_assert_uint_eq(pi->nr_nodes, 1);
	ck_assert_uint_eq(pi->max_node_id, 0);
	ck_assert_uint_eq(pi->cpu_khz, 2000000);
	ck_assert_uint_eq(pi->total_pages, heap_total_pages());
	ck_assert_uint_eq(pi->free_pages, heap_free_pages());
	ck_assert_uint_eq(pi->hw_cap[7], 100 * POLICY_HOST + 7);
	ck_assert(pi->capabilities & XEN_SYSCTL_PHYSCAP_pv);
	ck_assert(!(pi->capabilities & XEN_SYSCTL_PHYSCAP_hvm));
	ck_assert_int_eq(run(XEN_SYSCTL_availheap), 0);
	ck_assert_uint_eq(op.u.availheap.avail_bytes, heap_free_pages() * PAGE_SIZE);
	ck_assert_int_eq(run(XEN_SYSCTL_sched_id), 0);
	ck_assert_uint_eq(op.u.sched_id.sched_id, XEN_SCHEDULER_CREDIT2);
}
END_TEST

START_TEST(cpus_and_nodes)
{
	static uint32_t node_of[4096] = {9, 9, 9};
	struct sysctl_getcpuinfo *ci = &op.u.getcpuinfo;
	struct sysctl_cputopoinfo *ct = &op.u.cputopoinfo;
	struct sysctl_numainfo *ni = &op.u.numainfo;
	struct sysctl_cpuinfo info[4] = {{0}};
	struct sysctl_cputopo topo[4] = {{0}};
	struct sysctl_meminfo mem[2] = {{0}};
	uint32_t distance[2] = {0};

	*ci = (struct sysctl_getcpuinfo){.max_cpus = 4, .info = (uint64_t)(uintptr_t)info};
	info[2].idletime = 7;
	ck_assert_int_eq(run(XEN_SYSCTL_getcpuinfo), 0);
	ck_assert_uint_eq(ci->nr_cpus, 2);
	ck_assert_uint_eq(info[1].idletime, sched_idle_ns(1));
	ck_assert_uint_eq(info[2].idletime, 7);
	ci->info = BAD_POINTER;
	ck_assert_int_eq(refused(XEN_SYSCTL_getcpuinfo), -EFAULT);

	/* NULL asks for the number; with little room the rest stays untouched. */
	*ct = (struct sysctl_cputopoinfo){0};
	ck_assert_int_eq(run(XEN_SYSCTL_cputopoinfo), 0);
	ck_assert_uint_eq(ct->num_cpus, 2);
	ct->cputopo = (uint64_t)(uintptr_t)topo;
	topo[2].socket = 9;
	ck_assert_int_eq(run(XEN_SYSCTL_cputopoinfo), 0);
	ck_assert_uint_eq(topo[1].core, 1);
	ck_assert_uint_eq(topo[1].socket, 0);
	ck_assert_uint_eq(topo[2].socket, 9);
	ct->cputopo = BAD_POINTER;
	ck_assert_int_eq(refused(XEN_SYSCTL_cputopoinfo), -EFAULT);

	*ni = (struct sysctl_numainfo){0};
	ck_assert_int_eq(run(XEN_SYSCTL_numainfo), 0);
	ck_assert_uint_eq(ni->num_nodes, 1);
	ni->meminfo = (uint64_t)(uintptr_t)mem;
	ni->distance = (uint64_t)(uintptr_t)distance;
	ck_assert_int_eq(run(XEN_SYSCTL_numainfo), 0);
	ck_assert_uint_eq(mem[0].memsize, heap_total_pages() * PAGE_SIZE);
	ck_assert_uint_eq(distance[0], 10);
	ck_assert_uint_eq(distance[1], 0);
	ni->distance = BAD_POINTER;
	ck_assert_int_eq(refused(XEN_SYSCTL_numainfo), -EFAULT);
	ni->meminfo = BAD_POINTER;
	ck_assert_int_eq(refused(XEN_SYSCTL_numainfo), -EFAULT);

	op.u.pcitopoinfo =
		(struct sysctl_pcitopoinfo){.num_devs = 2, .nodes = (uint64_t)(uintptr_t)node_of};
	ck_assert_int_eq(run(XEN_SYSCTL_pcitopoinfo), 0);
	ck_assert_uint_eq(node_of[0] | node_of[1], 0);
	ck_assert_uint_eq(node_of[2], 9);
	op.u.pcitopoinfo.nodes = 16;
	ck_assert_int_eq(refused(XEN_SYSCTL_pcitopoinfo), -EFAULT);
	op.u.pcitopoinfo = (struct sysctl_pcitopoinfo){.num_devs = 5000,
						       .nodes = (uint64_t)(uintptr_t)node_of};
	ck_assert_int_eq(refused(XEN_SYSCTL_pcitopoinfo), -E2BIG);
}
END_TEST

START_TEST(list_of_domains)
{
	struct sysctl_getdomaininfolist *in = &op.u.getdomaininfolist;
	struct domctl_getdomaininfo info[4];

	*in = (struct sysctl_getdomaininfolist){.max_domains = 4,
						.buffer = (uint64_t)(uintptr_t)info};
	ck_assert_int_eq(run(XEN_SYSCTL_getdomaininfolist), 0);
	ck_assert_uint_eq(in->num_domains, 3);
	ck_assert_uint_eq(info[0].domain, 0);
	ck_assert_uint_eq(info[2].domain, 5);
	ck_assert_uint_eq(info[1].max_vcpu_id, 1);
	in->first_domain = 1;
	in->max_domains = 1;
	ck_assert_int_eq(run(XEN_SYSCTL_getdomaininfolist), 0);
	ck_assert_uint_eq(in->num_domains, 1);
	ck_assert_uint_eq(info[0].domain, 1);
	in->first_domain = 6;
	ck_assert_int_eq(run(XEN_SYSCTL_getdomaininfolist), 0);
	ck_assert_uint_eq(in->num_domains, 0);
	in->first_domain = 0;
	in->buffer = BAD_POINTER;
	ck_assert_int_eq(refused(XEN_SYSCTL_getdomaininfolist), -EFAULT);
}
END_TEST

static struct sysctl_pavise_change change[4];

/* How many have changed; which, is in change[]. */
static unsigned changed(uint32_t room)
{
	op.u.pavise_changed = (struct sysctl_pavise_changed){
		.nr_changes = room, .changes = (uint64_t)(uintptr_t)change};
	ck_assert_int_eq(run(XEN_SYSCTL_pavise_changed), 0);
	return op.u.pavise_changed.nr_changes;
}

START_TEST(changes)
{
	struct domain *d1 = domain_get(1), *d5 = domain_get(5);

	ck_assert_uint_eq(changed(4), 0);
	domain_shutdown(d5, SHUTDOWN_poweroff);
	sim_kill(d1);
	ck_assert_uint_eq(changed(0), 0);
	op.u.pavise_changed =
		(struct sysctl_pavise_changed){.nr_changes = 4, .changes = BAD_POINTER};
	ck_assert_int_eq(refused(XEN_SYSCTL_pavise_changed), -EFAULT);
	/* Nothing is lost by that, nor for want of room. */
	ck_assert_uint_eq(changed(1), 1);
	ck_assert_uint_eq(change[0].domain, 1);
	ck_assert_uint_eq(change[0].state, PAVISE_CHANGE_exists | PAVISE_CHANGE_dying);
	ck_assert_uint_eq(changed(4), 1);
	ck_assert_uint_eq(change[0].domain, 5);
	ck_assert_uint_eq(change[0].state, PAVISE_CHANGE_exists | PAVISE_CHANGE_shutdown);
	ck_assert_uint_eq(changed(4), 0);
	domain_put(d1);
	softirq_run();
	ck_assert_uint_eq(changed(4), 1);
	ck_assert_uint_eq(change[0].domain, 1);
	ck_assert_uint_eq(change[0].state, 0);
	domain_put(d5);
}
END_TEST

START_TEST(console)
{
	static char text[1001], got[2000];
	struct sysctl_readconsole *rc = &op.u.readconsole;

	for (unsigned i = 0; i < 1000; i++)
		text[i] = (char)('a' + i % 26);
	sim_console = text;
	*rc = (struct sysctl_readconsole){.buffer = (uint64_t)(uintptr_t)got, .count = sizeof(got)};
	ck_assert_int_eq(run(XEN_SYSCTL_readconsole), 0);
	ck_assert_uint_eq(rc->count, 1000);
	ck_assert_uint_eq(rc->index, 1000);
	ck_assert_str_eq(got, text);
	/* From where we were: nothing yet. From a place of ours: the rest, as far as it fits. */
	rc->incremental = 1;
	rc->count = sizeof(got);
	ck_assert_int_eq(run(XEN_SYSCTL_readconsole), 0);
	ck_assert_uint_eq(rc->count, 0);
	rc->index = 400;
	rc->count = 300;
	memset(got, 0, sizeof(got));
	ck_assert_int_eq(run(XEN_SYSCTL_readconsole), 0);
	ck_assert_uint_eq(rc->index, 700);
	ck_assert_mem_eq(got, text + 400, 300);
	ck_assert_int_eq(got[300], 0);
	rc->buffer = BAD_POINTER;
	ck_assert_int_eq(refused(XEN_SYSCTL_readconsole), -EFAULT);
}
END_TEST

START_TEST(debug_keys)
{
	static const char keys[] = "hq";

	op.u.debug_keys.keys = (uint64_t)(uintptr_t)keys;
	op.u.debug_keys.nr_keys = 2;
	ck_assert_int_eq(run(XEN_SYSCTL_debug_keys), 0);
	ck_assert_str_eq(sim_keys, "hq");
	op.u.debug_keys.keys = BAD_POINTER;
	ck_assert_int_eq(refused(XEN_SYSCTL_debug_keys), -EFAULT);
	ck_assert_str_eq(sim_keys, "hq");
}
END_TEST

static struct sysctl_cpupool_op *const pool = &op.u.cpupool_op;

static int64_t pool_op(uint32_t cmd, uint32_t id, uint32_t x)
{
	*pool = (struct sysctl_cpupool_op){.op = cmd,
					   .cpupool_id = id,
					   .cpu = x,
					   .domid = x,
					   .sched_id = XEN_SCHEDULER_CREDIT2};
	return run(XEN_SYSCTL_cpupool_op);
}

/* Of the first pool from @id on; its number comes back in the structure. */
static uint64_t pool_cpus(uint32_t cmd, uint32_t id)
{
	uint64_t map = ~0ull;

	*pool = (struct sysctl_cpupool_op){
		.op = cmd,
		.cpupool_id = id,
		.cpumap = {.bitmap = (uint64_t)(uintptr_t)&map, .nr_bits = 64},
	};
	ck_assert_int_eq(run(XEN_SYSCTL_cpupool_op), 0);
	return map;
}

#define POOL(name) XEN_SYSCTL_CPUPOOL_OP_##name
#define ANY        XEN_SYSCTL_CPUPOOL_PAR_ANY

START_TEST(pools)
{
	struct vcpu *v = domain_get(1)->vcpu[0];
	struct cpumask one = {{2}}, all = {{3}};

	ck_assert_uint_eq(pool_cpus(POOL(INFO), 0), 3);
	ck_assert_uint_eq(pool->n_dom, 3);
	ck_assert_uint_eq(pool->sched_id, XEN_SCHEDULER_CREDIT2);
	ck_assert_uint_eq(pool_cpus(POOL(FREEINFO), 0), 0);
	ck_assert_int_eq(pool_op(POOL(CREATE), 0, 0), -EEXIST);
	ck_assert_int_eq(pool_op(POOL(CREATE), 32, 0), -ENOSPC);
	*pool = (struct sysctl_cpupool_op){.op = POOL(CREATE), .cpupool_id = ANY, .sched_id = 5};
	ck_assert_int_eq(refused(XEN_SYSCTL_cpupool_op), -ENOENT);
	ck_assert_int_eq(pool_op(POOL(CREATE), ANY, 0), 0);
	ck_assert_uint_eq(pool->cpupool_id, 1);
	ck_assert_int_eq(pool_op(POOL(CREATE), 7, 0), 0);
	ck_assert_uint_eq(pool_cpus(POOL(INFO), 2), 0);
	ck_assert_uint_eq(pool->cpupool_id, 7);
	ck_assert_int_eq(pool_op(POOL(INFO), 8, 0), -ENOENT);
	ck_assert_int_eq(pool_op(9, 0, 0), -ENOSYS);

	/* CPU 1 changes over. A vCPU that may only use CPU 1 loses that bond. */
	ck_assert_int_eq(sched_set_affinity(v, &one, &all), 0);
	ck_assert_int_eq(pool_op(POOL(ADDCPU), 1, 1), -ENODEV);
	ck_assert_int_eq(pool_op(POOL(ADDCPU), 1, ANY), -ENODEV);
	ck_assert_int_eq(pool_op(POOL(ADDCPU), 1, 1u << 20), -EINVAL);
	ck_assert_int_eq(pool_op(POOL(MOVEDOMAIN), 1, 1), -ENOENT);
	ck_assert_int_eq(pool_op(POOL(RMCPU), 0, ANY), 0);
	ck_assert_uint_eq(pool_cpus(POOL(FREEINFO), 0), 2);
	ck_assert_uint_eq(v->sched.allowed.bits[0], 1);
	ck_assert_int_eq(pool_op(POOL(RMCPU), 0, 1), -EADDRNOTAVAIL);
	ck_assert_int_eq(pool_op(POOL(RMCPU), 0, 1u << 20), -EINVAL);
	ck_assert_int_eq(pool_op(POOL(RMCPU), 0, 0), -EBUSY);
	ck_assert_int_eq(pool_op(POOL(ADDCPU), 9, 1), -ENOENT);
	ck_assert_int_eq(pool_op(POOL(ADDCPU), 1, ANY), 0);
	ck_assert_uint_eq(pool_cpus(POOL(INFO), 1), 2);

	ck_assert_int_eq(pool_op(POOL(MOVEDOMAIN), 1, 0), -EPERM);
	ck_assert_int_eq(pool_op(POOL(MOVEDOMAIN), 1, 70), -ESRCH);
	ck_assert_int_eq(pool_op(POOL(MOVEDOMAIN), 7, 1), -ENOENT);
	ck_assert_int_eq(pool_op(POOL(MOVEDOMAIN), 1, 1), 0);
	ck_assert_uint_eq(v->sched.allowed.bits[0], 2);
	ck_assert_int_eq(sched_set_affinity(v, &(struct cpumask){{1}}, &all), -EINVAL);
	ck_assert_int_eq(sched_pin(v, 0), -EINVAL);
	ck_assert_int_eq(pool_op(POOL(RMCPU), 1, 1), -EBUSY);
	ck_assert_int_eq(pool_op(POOL(DESTROY), 1, 0), -EBUSY);
	pool_cpus(POOL(INFO), 1);
	ck_assert_uint_eq(pool->n_dom, 1);

	ck_assert_int_eq(pool_op(POOL(MOVEDOMAIN), 0, 1), 0);
	ck_assert_int_eq(pool_op(POOL(DESTROY), 1, 0), -EBUSY);
	ck_assert_int_eq(pool_op(POOL(RMCPU), 1, 1), 0);
	ck_assert_int_eq(pool_op(POOL(DESTROY), 1, 0), 0);
	ck_assert_int_eq(pool_op(POOL(DESTROY), 1, 0), -ENOENT);
	ck_assert_int_eq(pool_op(POOL(DESTROY), 7, 0), 0);
	ck_assert_int_eq(pool_op(POOL(ADDCPU), 0, 1), 0);
	ck_assert_uint_eq(pool_cpus(POOL(INFO), 0), 3);
	domain_put(v->domain);
}
END_TEST

START_TEST(scheduler)
{
	struct sysctl_scheduler_op *so = &op.u.scheduler_op;

	*so = (struct sysctl_scheduler_op){.sched_id = XEN_SCHEDULER_CREDIT2,
					   .cmd = XEN_SYSCTL_SCHEDOP_getinfo};
	ck_assert_int_eq(run(XEN_SYSCTL_scheduler_op), 0);
	so->cmd = XEN_SYSCTL_SCHEDOP_putinfo;
	ck_assert_int_eq(refused(XEN_SYSCTL_scheduler_op), -EOPNOTSUPP);
	so->sched_id = XEN_SCHEDULER_CREDIT;
	ck_assert_int_eq(refused(XEN_SYSCTL_scheduler_op), -EINVAL);
	so->cpupool_id = 3;
	ck_assert_int_eq(refused(XEN_SYSCTL_scheduler_op), -ESRCH);
}
END_TEST

START_TEST(features)
{
	struct sysctl_cpu_featureset *in = &op.u.cpu_featureset;
	uint32_t words[POLICY_WORDS] = {0};

	*in = (struct sysctl_cpu_featureset){.index = XEN_SYSCTL_cpu_featureset_pv};
	ck_assert_int_eq(run(XEN_SYSCTL_get_cpu_featureset), 0);
	ck_assert_uint_eq(in->nr_features, POLICY_WORDS);
	in->features = (uint64_t)(uintptr_t)words;
	ck_assert_int_eq(run(XEN_SYSCTL_get_cpu_featureset), 0);
	ck_assert_uint_eq(words[3], 100 * POLICY_PV_DEFAULT + 3);
	in->index = XEN_SYSCTL_cpu_featureset_pv_max;
	in->nr_features = 2;
	/* Too little room: what fits is there, and the number told. */
	ck_assert_int_eq(run(XEN_SYSCTL_get_cpu_featureset), -ENOBUFS);
	ck_assert_uint_eq(in->nr_features, POLICY_WORDS);
	ck_assert_uint_eq(words[1], 100 * POLICY_PV_MAX + 1);
	ck_assert_uint_eq(words[2], 100 * POLICY_PV_DEFAULT + 2);
	in->index = XEN_SYSCTL_cpu_featureset_raw;
	ck_assert_int_eq(run(XEN_SYSCTL_get_cpu_featureset), 0);
	ck_assert_uint_eq(words[3], 100 * POLICY_HOST + 3);
	in->index = XEN_SYSCTL_cpu_featureset_hvm;
	ck_assert_int_eq(run(XEN_SYSCTL_get_cpu_featureset), 0);
	ck_assert_uint_eq(words[3], 0);
	in->features = BAD_POINTER;
	ck_assert_int_eq(refused(XEN_SYSCTL_get_cpu_featureset), -EFAULT);
	in->index = 6;
	ck_assert_int_eq(refused(XEN_SYSCTL_get_cpu_featureset), -EINVAL);
}
END_TEST

START_TEST(policies)
{
	static const struct {
		uint32_t index, kind;
	} good[] = {
		{XEN_SYSCTL_cpu_policy_raw, POLICY_HOST},
		{XEN_SYSCTL_cpu_policy_host, POLICY_HOST},
		{XEN_SYSCTL_cpu_policy_pv_max, POLICY_PV_MAX},
		{XEN_SYSCTL_cpu_policy_pv_default, POLICY_PV_DEFAULT},
	};
	struct sysctl_cpu_policy *in = &op.u.cpu_policy;
	struct domctl_cpuid_leaf leaf[2];
	struct domctl_msr_entry msr[1];

	for (unsigned i = 0; i < ARRAY_SIZE(good); i++) {
		*in = (struct sysctl_cpu_policy){.index = good[i].index};
		ck_assert_int_eq(run(XEN_SYSCTL_get_cpu_policy), 0);
		ck_assert_uint_eq(in->nr_leaves, 120);
		ck_assert_uint_eq(in->nr_msrs, 2);
		in->leaves = (uint64_t)(uintptr_t)leaf;
		in->msrs = (uint64_t)(uintptr_t)msr;
		ck_assert_int_eq(run(XEN_SYSCTL_get_cpu_policy), 0);
		ck_assert_uint_eq(leaf[1].a, good[i].kind);
		ck_assert_uint_eq(msr[0].val, good[i].kind);
	}
	in->nr_msrs = 0;
	ck_assert_int_eq(run(XEN_SYSCTL_get_cpu_policy), -ENOBUFS);
	ck_assert_uint_eq(in->nr_msrs, 1);
	in->index = XEN_SYSCTL_cpu_policy_hvm_max;
	ck_assert_int_eq(refused(XEN_SYSCTL_get_cpu_policy), -EOPNOTSUPP);
	in->index = 6;
	ck_assert_int_eq(refused(XEN_SYSCTL_get_cpu_policy), -EINVAL);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sysctl");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, sim_stop);
	tcase_add_test(t, common_errors);
	tcase_add_test(t, machine);
	tcase_add_test(t, cpus_and_nodes);
	tcase_add_test(t, list_of_domains);
	tcase_add_test(t, changes);
	tcase_add_test(t, console);
	tcase_add_test(t, debug_keys);
	tcase_add_test(t, pools);
	tcase_add_test(t, scheduler);
	tcase_add_test(t, features);
	tcase_add_test(t, policies);
	suite_add_tcase(s, t);
	return suite_run(s);
}
