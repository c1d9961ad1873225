/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The scheduler on real threads, one a CPU: vCPUs block, give way, wake and pause each other and
 * change affinities at random. Wrong would be: a vCPU on two CPUs, registers that are not its own,
 * one that runs while it is paused, or one that nobody runs though it could.
 */
#include <arch/smp.h>
#include <check.h>
#include <hv/cpu.h>
#include <hv/domain.h>
#include <hv/pv.h>
#include <hv/softirq.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "../../hypervisor/core/sched_credit.h"
#include "host.h"
#include "suite.h"

#define CPUS    4
#define VCPUS   11
#define SECONDS 3

static struct domain dom;
static struct vcpu vcpus[VCPUS];
static struct vcpu_info infos[VCPUS];
static int on_cpu[VCPUS];        /* atomic */
static uint64_t progress[VCPUS]; /* by the CPU that runs it; mirrored in its rbx */
static bool stopping, calm;      /* atomic */
static int64_t hw_timer[CPUS];
static pthread_mutex_t control = PTHREAD_MUTEX_INITIALIZER;
static __thread jmp_buf idle_exit;
static __thread unsigned seed;

int64_t time_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ll + ts.tv_nsec;
}

void arch_timer_arm(int64_t deadline)
{
	hw_timer[this_cpu()] = deadline;
}

void arch_kick_cpu(unsigned cpu)
{
	ck_assert_uint_lt(cpu, CPUS);
}

void pv_time_update(struct vcpu *v)
{
	ck_assert_ptr_eq(v, current_vcpu());
}

void pv_runstate_update(struct vcpu *v)
{
	(void)v;
}

bool evtchn_upcall_ready(const struct vcpu *v)
{
	return __atomic_load_n(&v->info->evtchn_upcall_pending, __ATOMIC_SEQ_CST);
}

void domain_ref(struct domain *d)
{
	__atomic_fetch_add(&d->refcount, 1, __ATOMIC_RELAXED);
}

void domain_put(struct domain *d)
{
	__atomic_fetch_sub(&d->refcount, 1, __ATOMIC_RELAXED);
}

static void poll_hardware(void)
{
	if (hw_timer[this_cpu()] <= time_now()) {
		hw_timer[this_cpu()] = INT64_MAX;
		softirq_raise(SOFTIRQ_TIMER);
	}
}

static void idle_hook(void)
{
	if (__atomic_load_n(&stopping, __ATOMIC_SEQ_CST))
		longjmp(idle_exit, 1);
	poll_hardware();
	sched_yield();
}

static unsigned rnd(unsigned n)
{
	return (unsigned)rand_r(&seed) % n;
}

/* What an event does: pending first, then the wake-up. */
static void notify(struct vcpu *v)
{
	__atomic_store_n(&v->info->evtchn_upcall_pending, 1, __ATOMIC_SEQ_CST);
	sched_event(v);
}

static void pause_other(const struct vcpu *self)
{
	struct vcpu *v = &vcpus[rnd(VCPUS)];

	/* As for control operations: one at a time, and who does not get the lock tries later. */
	if (v == self || pthread_mutex_trylock(&control))
		return;
	__atomic_fetch_add(&v->pause_count, 1, __ATOMIC_SEQ_CST);
	vcpu_sleep_sync(v);
	for (int i = 0; i < 20; i++) {
		ck_assert_int_eq(__atomic_load_n(&on_cpu[v - vcpus], __ATOMIC_SEQ_CST), -1);
		ck_assert_int_eq(v->sched.loaded, SCHED_NOT_LOADED);
		ck_assert_uint_eq(v->regs.rbx, progress[v - vcpus]);
	}
	__atomic_fetch_sub(&v->pause_count, 1, __ATOMIC_SEQ_CST);
	vcpu_wake(v);
	pthread_mutex_unlock(&control);
}

static void change_affinity(void)
{
	struct cpumask hard = {{rnd(1u << CPUS)}}, all;

	memset(&all, 0xff, sizeof(all));
	if (!hard.bits[0])
		hard = all;
	ck_assert_int_eq(sched_set_affinity(&vcpus[rnd(VCPUS)], &hard, &all), 0);
}

/* The guest runs for a moment, then does something. */
static void guest(struct vcpu *v)
{
	unsigned i = (unsigned)(v - vcpus);
	struct cpu_info *ci = cpu_info();
	int nobody = -1;

	ck_assert(__atomic_compare_exchange_n(&on_cpu[i], &nobody, (int)this_cpu(), false,
					      __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
	ck_assert_uint_eq(ci->guest_regs.rbx, progress[i]);
	ci->guest_regs.rbx = ++progress[i];
	__atomic_store_n(&v->info->evtchn_upcall_pending, 0, __ATOMIC_SEQ_CST);
	for (volatile unsigned spin = rnd(2000); spin; spin--)
		;
	__atomic_store_n(&on_cpu[i], -1, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(&calm, __ATOMIC_SEQ_CST)) {
		sched_give_way();
		return;
	}
	switch (rnd(20)) {
	case 0 ... 4:
		sched_block();
		break;
	case 5 ... 13:
		notify(&vcpus[rnd(VCPUS)]);
		break;
	case 14:
		sched_give_way();
		break;
	case 15:
		pause_other(v);
		break;
	case 16:
		if (!rnd(20))
			change_affinity();
		break;
	case 17:
		timer_set(&v->singleshot, time_now() + rnd(200000));
		sched_block();
		break;
	default:
		break;
	}
}

static void on_timer(void *arg)
{
	notify(arg);
}

static void *cpu_main(void *arg)
{
	host_cpu = (unsigned)(uintptr_t)arg;
	seed = host_cpu + 1;
	if (setjmp(idle_exit))
		return NULL;
	while (!__atomic_load_n(&stopping, __ATOMIC_SEQ_CST)) {
		poll_hardware();
		while (cpu_info()->softirqs || !cpu_info()->current)
			if (softirq_run() || !cpu_info()->current)
				schedule();
		guest(current_vcpu());
	}
	return NULL;
}

static void sleep_ms(long ms)
{
	struct timespec ts = {ms / 1000, ms % 1000 * 1000000};

	nanosleep(&ts, NULL);
}

static void build(void)
{
	dom.weight = SCHED_WEIGHT_DEFAULT;
	dom.max_vcpus = VCPUS;
	host_idle_hook = idle_hook;
	sched_init();
	for (unsigned i = 0; i < CPUS; i++) {
		host_cpus[i].cpu = host_cpu = i;
		hw_timer[i] = INT64_MAX;
		timer_cpu_init(i);
		sched_cpu_init(i);
	}
	/* Acts as a CPU that is not one of them, but only wakes. */
	host_cpu = CPUS;
	host_cpus[CPUS].cpu = CPUS;
	for (unsigned i = 0; i < VCPUS; i++) {
		struct vcpu *v = dom.vcpu[i] = &vcpus[i];

		v->domain = &dom;
		v->id = i;
		v->info = &infos[i];
		v->runstate.state = RUNSTATE_offline;
		v->runstate.state_entry_time = (uint64_t)time_now();
		on_cpu[i] = -1;
		ck_assert_int_eq(sched_vcpu_add(v), 0);
		timer_init(&v->singleshot, on_timer, v, i % CPUS);
		vcpu_wake(v);
	}
}

START_TEST(random_life)
{
	uint64_t before[VCPUS];
	pthread_t threads[CPUS];
	struct cpumask all;

	build();
	for (unsigned i = 0; i < CPUS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, cpu_main, (void *)(uintptr_t)i),
				 0);
	for (int i = 0; i < SECONDS * 100; i++) {
		sleep_ms(10);
		notify(&vcpus[(unsigned)i % VCPUS]);
	}
	/* Everybody is woken and only gives way from now on: all must run. */
	__atomic_store_n(&calm, true, __ATOMIC_SEQ_CST);
	memset(&all, 0xff, sizeof(all));
	sleep_ms(50);
	for (unsigned i = 0; i < VCPUS; i++) {
		ck_assert_int_eq(sched_set_affinity(&vcpus[i], &all, &all), 0);
		notify(&vcpus[i]);
	}
	sleep_ms(200);
	for (unsigned i = 0; i < VCPUS; i++)
		before[i] = __atomic_load_n(&progress[i], __ATOMIC_SEQ_CST);
	for (unsigned i = 0; i < VCPUS; i++)
		for (int tries = 0; __atomic_load_n(&progress[i], __ATOMIC_SEQ_CST) == before[i];
		     tries++) {
			ck_assert_int_lt(tries, 3000);
			sleep_ms(1);
		}
	__atomic_store_n(&stopping, true, __ATOMIC_SEQ_CST);
	for (unsigned i = 0; i < CPUS; i++)
		pthread_join(threads[i], NULL);
	ck_assert_uint_eq(dom.refcount, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sched");
	TCase *tc = tcase_create("smp");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, random_life);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
