/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Timers and softirqs: order, hardware deadlines, other CPUs, random sequences against a model. */
#include <check.h>
#include <hv/cpu.h>
#include <hv/softirq.h>
#include <hv/timer.h>
#include <stdlib.h>
#include <string.h>
#include "host.h"
#include "suite.h"

#define N 200

static int64_t fired_at[N];
static unsigned fired[N], order[4 * N], norder;
static struct timer timers[N];

static void on_fire(void *arg)
{
	unsigned i = (unsigned)(uintptr_t)arg;

	fired[i]++;
	fired_at[i] = time_now();
	order[norder++ % ARRAY_SIZE(order)] = i;
}

static void setup(void)
{
	memset(host_cpus, 0, sizeof(host_cpus));
	memset(fired, 0, sizeof(fired));
	memset(&host_kicks, 0, sizeof(host_kicks));
	norder = 0;
	host_cpu = 0;
	host_clock = 1000;
	host_timer = -1;
	for (unsigned i = 0; i < 4; i++) {
		host_cpus[i].cpu = i;
		timer_cpu_init(i);
	}
	for (unsigned i = 0; i < N; i++)
		timer_init(&timers[i], on_fire, (void *)(uintptr_t)i, 0);
}

START_TEST(in_order)
{
	timer_set(&timers[0], 3000);
	ck_assert_int_eq(host_timer, 3000);
	timer_set(&timers[1], 2000);
	ck_assert_int_eq(host_timer, 2000);
	timer_set(&timers[2], 4000);
	ck_assert_int_eq(host_timer, 2000);
	timer_softirq();
	ck_assert_uint_eq(norder, 0);
	host_clock = 3500;
	timer_softirq();
	ck_assert_uint_eq(norder, 2);
	ck_assert_uint_eq(order[0], 1);
	ck_assert_uint_eq(order[1], 0);
	ck_assert_int_eq(host_timer, 4000);
}
END_TEST

START_TEST(past_fires_at_once)
{
	timer_set(&timers[0], 5);
	ck_assert_int_eq(host_timer, 5);
	timer_softirq();
	ck_assert_uint_eq(fired[0], 1);
}
END_TEST

START_TEST(stop_and_rearm)
{
	timer_set(&timers[0], 2000);
	timer_set(&timers[1], 2500);
	timer_stop(&timers[0]);
	timer_stop(&timers[0]);
	timer_set(&timers[1], 9000);
	host_clock = 5000;
	timer_softirq();
	ck_assert_uint_eq(norder, 0);
	ck_assert_int_eq(host_timer, 9000);
	host_clock = 9000;
	timer_softirq();
	ck_assert_uint_eq(fired[1], 1);
	ck_assert(!timers[1].armed);
}
END_TEST

static void rearm_self(void *arg)
{
	struct timer *t = arg;

	fired[0]++;
	if (fired[0] < 3)
		timer_set(t, time_now() + 10);
	else
		timer_stop(t);
}

START_TEST(function_rearms_itself)
{
	struct timer t;

	timer_init(&t, rearm_self, &t, 0);
	timer_set(&t, 1001);
	for (int i = 0; i < 10; i++) {
		host_clock += 10;
		timer_softirq();
	}
	ck_assert_uint_eq(fired[0], 3);
	ck_assert(!t.armed);
}
END_TEST

/* Arming for another CPU tells that one; its own deadline reaches the hardware there. */
START_TEST(other_cpu)
{
	struct timer t;

	timer_init(&t, on_fire, NULL, 2);
	timer_set(&t, 7000);
	ck_assert_int_eq(host_timer, -1);
	ck_assert(cpumask_test(&host_kicks, 2));
	ck_assert_uint_eq(host_cpus[2].softirqs, 1u << SOFTIRQ_TIMER);
	host_cpu = 2;
	ck_assert(!softirq_run());
	ck_assert_int_eq(host_timer, 7000);
	host_cpu = 0;
	timer_migrate(&t, 0);
	ck_assert_int_eq(host_timer, 7000);
	ck_assert_uint_eq(t.cpu, 0);
	host_cpu = 2;
	host_clock = 8000;
	timer_softirq();
	ck_assert_uint_eq(norder, 0);
	host_cpu = 0;
	timer_softirq();
	ck_assert_uint_eq(norder, 1);
	timer_migrate(&t, 3);
	ck_assert_uint_eq(t.cpu, 3);
}
END_TEST

/* Any sequence fires exactly what a plain array says, at the right time and in order. */
START_TEST(random_sequences)
{
	int64_t want[N];

	srand(1);
	for (unsigned i = 0; i < N; i++)
		want[i] = INT64_MAX;
	for (int step = 0; step < 2000; step++) {
		unsigned i = (unsigned)rand() % N;
		int64_t last = 0;

		switch (rand() % 4) {
		case 0:
		case 1:
			want[i] = host_clock + 1 + rand() % 5000;
			timer_set(&timers[i], want[i]);
			break;
		case 2:
			want[i] = INT64_MAX;
			timer_stop(&timers[i]);
			break;
		default:
			memset(fired, 0, sizeof(fired));
			norder = 0;
			host_clock += rand() % 500;
			timer_softirq();
			for (unsigned j = 0; j < N; j++) {
				ck_assert_uint_eq(fired[j], want[j] <= host_clock);
				ck_assert_int_eq(timers[j].armed,
						 want[j] > host_clock && want[j] != INT64_MAX);
			}
			for (unsigned j = 0; j < norder; j++) {
				ck_assert_int_ge(want[order[j]], last);
				last = want[order[j]];
				want[order[j]] = INT64_MAX;
			}
			last = INT64_MAX;
			for (unsigned j = 0; j < N; j++)
				last = MIN(last, want[j]);
			if (last != INT64_MAX)
				ck_assert_int_eq(host_timer, last);
		}
	}
}
END_TEST

static unsigned ran;

static void count(void *arg)
{
	ran += *(unsigned *)arg;
}

static void again(void *arg)
{
	if (ran++ < 3)
		tasklet_schedule(arg);
}

START_TEST(tasklets)
{
	unsigned one = 1, ten = 10;
	struct tasklet a = TASKLET_INIT(count, &one), b = TASKLET_INIT(count, &ten);
	struct tasklet c = TASKLET_INIT(again, &c);

	ran = 0;
	tasklet_schedule(&a);
	tasklet_schedule(&a);
	tasklet_schedule(&b);
	softirq_raise(SOFTIRQ_SCHEDULE);
	ck_assert(softirq_run());
	ck_assert_uint_eq(ran, 11);
	ck_assert_uint_eq(cpu_info()->softirqs, 1u << SOFTIRQ_SCHEDULE);
	cpu_info()->softirqs = 0;
	ck_assert(!softirq_run());
	ran = 0;
	tasklet_schedule(&c);
	softirq_run();
	ck_assert_uint_eq(ran, 4);
}
END_TEST

START_TEST(raise_on)
{
	softirq_raise_on(0, SOFTIRQ_SCHEDULE);
	ck_assert(cpumask_empty(&host_kicks));
	softirq_raise_on(3, SOFTIRQ_SCHEDULE);
	ck_assert(cpumask_test(&host_kicks, 3));
	memset(&host_kicks, 0, sizeof(host_kicks));
	/* It has the bit already, so it is on its way. */
	softirq_raise_on(3, SOFTIRQ_SCHEDULE);
	ck_assert(cpumask_empty(&host_kicks));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("timer");
	TCase *tc = tcase_create("timer");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, in_order);
	tcase_add_test(tc, past_fires_at_once);
	tcase_add_test(tc, stop_and_rearm);
	tcase_add_test(tc, function_rearms_itself);
	tcase_add_test(tc, other_cpu);
	tcase_add_test(tc, random_sequences);
	tcase_add_test(tc, tasklets);
	tcase_add_test(tc, raise_on);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
