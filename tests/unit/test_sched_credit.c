/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The scheduler under simulated loads: shares, caps, latency, affinity, lazy switching. */
#include <check.h>
#include <hv/counter.h>
#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/softirq.h>
#include <stdlib.h>
#include <string.h>
#include "../../hypervisor/core/sched_credit.h"
#include "host.h"
#include "sched_sim.h"
#include "suite.h"

#define ck_share(s, want, tolerance) ck_assert_double_eq_tol(sim_share(s), (want), (tolerance))

static void sim_end(void)
{
	sim_init(0);
}

START_TEST(equal_on_one_cpu)
{
	struct sim_vcpu *s[3];

	sim_init(1);
	for (int i = 0; i < 3; i++)
		s[i] = sim_add(sim_domain(256, 0), 0, 0);
	sim_mark();
	sim_run(3000 * MS);
	for (int i = 0; i < 3; i++)
		ck_share(s[i], 1.0 / 3, 0.01);
}
END_TEST

/* What no queue per CPU can give alone: three on two CPUs get two thirds each. */
START_TEST(equal_across_cpus)
{
	struct sim_vcpu *s[7];

	sim_init(2);
	for (int i = 0; i < 3; i++)
		s[i] = sim_add(sim_domain(256, 0), 0, 0);
	sim_run(50 * MS);
	sim_mark();
	sim_run(6000 * MS);
	for (int i = 0; i < 3; i++)
		ck_share(s[i], 2.0 / 3, 0.02);

	sim_init(4);
	for (int i = 0; i < 7; i++)
		s[i] = sim_add(sim_domain(256, 0), 0, 0);
	sim_mark();
	sim_run(6000 * MS);
	for (int i = 0; i < 7; i++)
		ck_share(s[i], 4.0 / 7, 0.03);
}
END_TEST

START_TEST(weights)
{
	struct sim_vcpu *a, *b, *c, *d;

	sim_init(1);
	a = sim_add(sim_domain(256, 0), 0, 0);
	b = sim_add(sim_domain(512, 0), 0, 0);
	c = sim_add(sim_domain(1024, 0), 0, 0);
	sim_mark();
	sim_run(7000 * MS);
	ck_share(a, 1.0 / 7, 0.01);
	ck_share(b, 2.0 / 7, 0.01);
	ck_share(c, 4.0 / 7, 0.01);

	sim_init(2);
	a = sim_add(sim_domain(100, 0), 0, 0);
	b = sim_add(sim_domain(100, 0), 0, 0);
	c = sim_add(sim_domain(200, 0), 0, 0);
	d = sim_add(sim_domain(200, 0), 0, 0);
	sim_mark();
	sim_run(12000 * MS);
	ck_share(a, 1.0 / 3, 0.03);
	ck_share(b, 1.0 / 3, 0.03);
	ck_share(c, 2.0 / 3, 0.03);
	ck_share(d, 2.0 / 3, 0.03);
}
END_TEST

START_TEST(extreme_weights)
{
	struct sim_vcpu *light, *heavy;

	sim_init(1);
	light = sim_add(sim_domain(1, 0), 0, 0);
	heavy = sim_add(sim_domain(65535, 0), 0, 0);
	sim_mark();
	sim_run(60000 * MS);
	ck_assert_double_gt(sim_share(heavy), 0.99);
	sim_init(1);
	light = sim_add(sim_domain(16, 0), 0, 0);
	heavy = sim_add(sim_domain(256, 0), 0, 0);
	sim_mark();
	sim_run(17000 * MS);
	ck_share(light, 1.0 / 17, 0.01);
}
END_TEST

/* One vCPU cannot use more than a CPU: its surplus goes to the others by their weights. */
START_TEST(infeasible_weight)
{
	struct sim_vcpu *a, *b, *c;

	sim_init(2);
	a = sim_add(sim_domain(256, 0), 0, 0);
	b = sim_add(sim_domain(256, 0), 0, 0);
	c = sim_add(sim_domain(4096, 0), 0, 0);
	sim_run(100 * MS);
	sim_mark();
	sim_run(4000 * MS);
	ck_share(c, 1.0, 0.03);
	ck_share(a, 0.5, 0.03);
	ck_share(b, 0.5, 0.03);
}
END_TEST

START_TEST(caps)
{
	struct sim_vcpu *a, *b, *c;
	struct domain *d;

	sim_init(1);
	a = sim_add(sim_domain(256, 30), 0, 0);
	sim_mark();
	sim_run(2000 * MS);
	ck_share(a, 0.30, 0.01);

	sim_init(2);
	d = sim_domain(256, 120);
	a = sim_add(d, 0, 0);
	b = sim_add(d, 0, 0);
	c = sim_add(sim_domain(256, 0), 0, 0);
	sim_mark();
	sim_run(4000 * MS);
	ck_assert_double_eq_tol(sim_share(a) + sim_share(b), 1.2, 0.03);
	ck_assert_double_gt(sim_share(c), 0.6);
	/* Raised while it waits. */
	ck_assert_int_eq(sched_set_params(d, 256, 0), 0);
	sim_run(100 * MS);
	sim_mark();
	sim_run(2000 * MS);
	ck_assert_double_gt(sim_share(a) + sim_share(b), 1.2);
}
END_TEST

START_TEST(params_checked)
{
	struct domain *d;

	sim_init(1);
	d = sim_domain(256, 0);
	ck_assert_int_eq(sched_set_params(d, 0, 0), -EINVAL);
	ck_assert_int_eq(sched_set_params(d, 65536, 0), -EINVAL);
	ck_assert_int_eq(sched_set_params(d, 1, 65536), -EINVAL);
	ck_assert_uint_eq(d->weight, 256);
}
END_TEST

/* Who waits for I/O gets the CPU at once, though others compute. */
START_TEST(wake_latency)
{
	struct sim_vcpu *io;

	sim_init(1);
	sim_add(sim_domain(256, 0), 0, 0);
	sim_add(sim_domain(256, 0), 0, 0);
	io = sim_add(sim_domain(256, 0), 50 * US, 950 * US);
	sim_run(20 * MS);
	io->latency_max = io->latency_sum = 0;
	io->wakes = 0;
	sim_run(5000 * MS);
	ck_assert_int_gt(io->wakes, 4500);
	ck_assert_int_eq(io->latency_max, 0);

	sim_init(4);
	for (int i = 0; i < 4; i++)
		sim_add(sim_domain(256, 0), 0, 0);
	for (int i = 0; i < 8; i++)
		io = sim_add(sim_domain(256, 0), 50 * US, 450 * US + i * 7 * US);
	sim_run(3000 * MS);
	for (unsigned i = 4; i < sim_nvcpus; i++)
		ck_assert_int_le(sim_vcpus[i]->latency_max, 1500 * US);
}
END_TEST

/* Who has just run lets others go on a little, if they want to: one switch for several requests. */
START_TEST(rest_before_boost)
{
	struct sim_vcpu *io;

	sim_init(1);
	sim_add(sim_domain(256, 0), 0, 0);
	io = sim_add(sim_domain(256, 0), 5 * US, 20 * US);
	sim_run(20 * MS);
	io->latency_max = 0;
	io->wakes = 0;
	sim_run(1000 * MS);
	ck_assert_int_eq(io->latency_max, CREDIT_REST_NS - 20 * US);
	ck_assert_int_ge(io->wakes, 1000 * MS / (CREDIT_REST_NS + 5 * US) - 200);
	ck_assert_int_le(io->wakes, 1000 * MS / (CREDIT_REST_NS + 5 * US) + 10);

	/* Beside others that block, nobody waits so long. */
	sim_init(1);
	sim_add(sim_domain(256, 0), 10 * US, 7 * US);
	io = sim_add(sim_domain(256, 0), 5 * US, 20 * US);
	sim_run(1000 * MS);
	ck_assert_int_le(io->latency_max, 10 * US);
}
END_TEST

/* Boosts must not let sleepers take more than they are due. */
START_TEST(greedy_sleeper)
{
	struct sim_vcpu *hog, *io;

	sim_init(1);
	hog = sim_add(sim_domain(256, 0), 0, 0);
	io = sim_add(sim_domain(256, 0), 9 * MS, 100 * US);
	sim_mark();
	sim_run(5000 * MS);
	ck_assert_double_gt(sim_share(hog), 0.45);
	ck_assert_double_gt(sim_share(io), 0.40);
}
END_TEST

START_TEST(nobody_starves)
{
	struct sim_vcpu *hog;

	sim_init(1);
	hog = sim_add(sim_domain(16, 0), 0, 0);
	for (int i = 0; i < 20; i++)
		sim_add(sim_domain(256, 0), 700 * US, 300 * US);
	sim_run(100 * MS);
	for (int i = 0; i < 10; i++) {
		sim_mark();
		sim_run(4000 * MS);
		ck_assert_double_gt(sim_share(hog), 0.001);
	}
}
END_TEST

START_TEST(work_conserving)
{
	double sum = 0;

	sim_init(256);
	for (int i = 0; i < 300; i++)
		sim_add(sim_domain(256, 0), 0, 0);
	sim_run(20 * MS);
	sim_mark();
	sim_run(500 * MS);
	for (unsigned i = 0; i < sim_nvcpus; i++) {
		sum += sim_share(sim_vcpus[i]);
		ck_assert_double_gt(sim_share(sim_vcpus[i]), 0.7);
	}
	ck_assert_double_gt(sum, 255.5);
	for (unsigned i = 0; i < 256; i++)
		ck_assert_int_lt(sim_idle(i), 2 * MS);
}
END_TEST

/* Blocking and waking on an otherwise idle CPU loads nothing. */
START_TEST(lazy_switch)
{
	struct sim_vcpu *s;

	sim_init(2);
	s = sim_add(sim_domain(256, 0), 100 * US, 900 * US);
	sim_run(5 * MS);
	host_switches = (struct host_switches){0};
	sim_mark();
	sim_run(1000 * MS);
	ck_assert_uint_gt(s->wakes, 900);
	ck_assert_uint_eq(host_switches.loads, 0);
	ck_assert_uint_eq(host_switches.unloads, 0);
	ck_assert_int_eq(s->latency_max, 0);
	ck_assert_int_gt(sim_idle(0) + sim_idle(1), 1800 * MS);
}
END_TEST

/* Each wake-up, switch and load is counted, for whom it was. */
START_TEST(counted)
{
	uint64_t switches = 0, loads = 0;

	sim_init(2);
	host_switches = (struct host_switches){0};
	sim_add(sim_domain(256, 0), 0, 0);
	for (int i = 0; i < 3; i++)
		sim_add(sim_domain(256, 0), 100 * US, (300 + 100 * i) * US);
	sim_run(500 * MS);
	for (unsigned i = 0; i < sim_nvcpus; i++) {
		struct vcpu *v = &sim_vcpus[i]->v;

		ck_assert_uint_eq(v->counters[PAVISE_COUNTER_wakes], sim_vcpus[i]->wakes);
		ck_assert_uint_ge(v->counters[PAVISE_COUNTER_switches], sim_vcpus[i]->wakes);
		switches += v->counters[PAVISE_COUNTER_switches];
		loads += v->counters[PAVISE_COUNTER_state_loads];
	}
	ck_assert_uint_eq(switches, host_switches.to);
	ck_assert_uint_eq(loads, host_switches.loads);
	ck_assert_uint_gt(switches, 1000);
	ck_assert_uint_lt(loads, switches);
}
END_TEST

START_TEST(hard_affinity)
{
	struct cpumask one = {0}, none = {0}, all;
	struct sim_vcpu *s[3];

	sim_init(3);
	memset(&all, 0xff, sizeof(all));
	for (int i = 0; i < 3; i++)
		s[i] = sim_add(sim_domain(256, 0), 0, 0);
	cpumask_set(&one, 1);
	ck_assert_int_eq(sched_set_affinity(&s[0]->v, &none, &all), -EINVAL);
	cpumask_set(&none, 77);
	ck_assert_int_eq(sched_set_affinity(&s[0]->v, &none, &all), -EINVAL);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(sched_set_affinity(&s[i]->v, &one, &all), 0);
	sim_settle();
	sim_run(20 * MS);
	sim_mark();
	sim_run(3000 * MS);
	for (int i = 0; i < 3; i++) {
		ck_assert_uint_eq(s[i]->v.sched.cpu, 1);
		ck_share(s[i], 1.0 / 3, 0.02);
	}
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(sched_set_affinity(&s[i]->v, &all, &all), 0);
	sim_run(30 * MS);
	sim_mark();
	sim_run(300 * MS);
	for (int i = 0; i < 3; i++)
		ck_share(s[i], 1.0, 0.01);
}
END_TEST

/* Each pool shares out its CPUs by weight, whatever goes on in the other. */
START_TEST(pools)
{
	static const uint32_t weight[] = {256, 512, 256, 768};
	struct sim_vcpu *s[4];

	sim_init(3);
	sched_pools[0] = (struct cpumask){{1}};
	sched_pools[1] = (struct cpumask){{4}};
	for (int i = 0; i < 4; i++) {
		struct domain *d = sim_domain(weight[i], 0);

		d->sched.pool = i / 2;
		s[i] = sim_add(d, 0, 0);
	}
	sim_run(100 * MS);
	sim_mark();
	sim_run(3000 * MS);
	ck_assert_int_eq(sim_idle(1), 3000 * MS);
	for (int i = 0; i < 4; i++)
		ck_assert_uint_eq(s[i]->v.sched.cpu, i / 2 * 2u);
	ck_share(s[0], 1.0 / 3, 0.02);
	ck_share(s[1], 2.0 / 3, 0.02);
	ck_share(s[2], 1.0 / 4, 0.02);
	ck_share(s[3], 3.0 / 4, 0.02);
}
END_TEST

/* A blocked vCPU that is still loaded where it may not run any more wakes elsewhere. */
START_TEST(affinity_while_loaded)
{
	struct cpumask other = {0}, all;
	struct sim_vcpu *s;
	unsigned was;

	sim_init(2);
	memset(&all, 0xff, sizeof(all));
	s = sim_add(sim_domain(256, 0), 100 * US, 900 * US);
	sim_run(10 * MS + 500 * US);
	ck_assert(s->v.blocked);
	was = s->v.sched.cpu;
	ck_assert_int_eq(s->v.sched.loaded, (int)was);
	cpumask_set(&other, !was);
	ck_assert_int_eq(sched_set_affinity(&s->v, &other, &all), 0);
	/* It wakes before that CPU gets round to unloading it. */
	sim_on(!was);
	s->wake_at = 0;
	sched_event(&s->v);
	sim_settle();
	ck_assert_uint_eq(s->v.sched.cpu, !was);
	ck_assert(s->v.sched.running);
}
END_TEST

START_TEST(pinning)
{
	struct sim_vcpu *s;

	sim_init(2);
	s = sim_add(sim_domain(256, 0), 0, 0);
	ck_assert_int_eq(sched_pin(&s->v, 5), -EINVAL);
	ck_assert_int_eq(sched_pin(&s->v, 1), 0);
	sim_settle();
	ck_assert_uint_eq(s->v.sched.cpu, 1);
	ck_assert(s->v.sched.running);
	ck_assert_int_eq(sched_pin(&s->v, 0), -EBUSY);
	ck_assert_int_eq(sched_pin(&s->v, 1), 0);
	ck_assert_int_eq(sched_pin(&s->v, -1), 0);
	ck_assert_int_eq(sched_pin(&s->v, 0), 0);
	sim_settle();
	ck_assert_uint_eq(s->v.sched.cpu, 0);
}
END_TEST

START_TEST(yielding)
{
	struct sim_vcpu *a, *b;
	struct vcpu *first;

	sim_init(1);
	a = sim_add(sim_domain(256, 0), 0, 0);
	/* Alone: not even a softirq. */
	sched_give_way();
	ck_assert_uint_eq(host_cpus[0].softirqs, 0);
	b = sim_add(sim_domain(256, 0), 0, 0);
	for (int i = 0; i < 10; i++) {
		first = current_vcpu();
		sched_give_way();
		sim_settle();
		ck_assert_ptr_eq(current_vcpu(), first == &a->v ? &b->v : &a->v);
	}
}
END_TEST

START_TEST(pausing)
{
	struct vcpu_runstate_info r;
	struct sim_vcpu *s, *t;
	int64_t start;

	sim_init(1);
	start = time_now();
	s = sim_add(sim_domain(256, 0), 0, 0);
	t = sim_add(sim_domain(256, 0), 0, 0);
	sim_run(100 * MS);
	__atomic_fetch_add(&s->v.pause_count, 1, __ATOMIC_SEQ_CST);
	vcpu_sleep_nosync(&s->v);
	sim_settle();
	ck_assert(!s->v.sched.running && !s->v.sched.queued);
	sim_mark();
	sim_run(100 * MS);
	ck_assert(sim_share(s) == 0);
	ck_share(t, 1.0, 0.001);
	vcpu_runstate_get(&s->v, &r);
	ck_assert_int_eq(r.state, RUNSTATE_offline);
	ck_assert_uint_ge(r.time[RUNSTATE_offline], 100 * MS);
	/* Off, but in the CPU perhaps; afterwards certainly not. */
	vcpu_sleep_sync(&s->v);
	ck_assert_int_eq(s->v.sched.loaded, SCHED_NOT_LOADED);
	s->v.pause_count = 0;
	vcpu_wake(&s->v);
	sim_settle();
	sim_mark();
	sim_run(1000 * MS);
	ck_share(s, 0.5, 0.02);
	vcpu_runstate_get(&s->v, &r);
	ck_assert_uint_eq(r.time[0] + r.time[1] + r.time[2] + r.time[3],
			  (uint64_t)(time_now() - start));
}
END_TEST

/* An event between "block" and the switch keeps the vCPU running. */
START_TEST(block_races)
{
	struct sim_vcpu *s;

	sim_init(1);
	s = sim_add(sim_domain(256, 0), 0, 0);
	s->info.evtchn_upcall_mask = 1;
	s->info.evtchn_upcall_pending = 1;
	sched_block();
	ck_assert(!s->v.blocked);
	ck_assert_uint_eq(s->info.evtchn_upcall_mask, 0);
	s->info.evtchn_upcall_pending = 0;
	sched_block();
	ck_assert(s->v.blocked);
	sched_event(&s->v);
	sim_settle();
	ck_assert_ptr_eq(current_vcpu(), &s->v);
	sched_block();
	sim_settle();
	ck_assert_ptr_null(current_vcpu());
	ck_assert_ptr_eq(cpu_info()->loaded, &s->v);
	sched_event(&s->v);
	sim_settle();
	ck_assert_ptr_eq(current_vcpu(), &s->v);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sched");
	TCase *tc = tcase_create("credit");

	tcase_set_timeout(tc, 20);
	tcase_add_checked_fixture(tc, NULL, sim_end);
	tcase_add_test(tc, equal_on_one_cpu);
	tcase_add_test(tc, equal_across_cpus);
	tcase_add_test(tc, weights);
	tcase_add_test(tc, extreme_weights);
	tcase_add_test(tc, infeasible_weight);
	tcase_add_test(tc, caps);
	tcase_add_test(tc, params_checked);
	tcase_add_test(tc, wake_latency);
	tcase_add_test(tc, rest_before_boost);
	tcase_add_test(tc, greedy_sleeper);
	tcase_add_test(tc, nobody_starves);
	tcase_add_test(tc, work_conserving);
	tcase_add_test(tc, lazy_switch);
	tcase_add_test(tc, counted);
	tcase_add_test(tc, hard_affinity);
	tcase_add_test(tc, pools);
	tcase_add_test(tc, affinity_while_loaded);
	tcase_add_test(tc, pinning);
	tcase_add_test(tc, yielding);
	tcase_add_test(tc, pausing);
	tcase_add_test(tc, block_races);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
