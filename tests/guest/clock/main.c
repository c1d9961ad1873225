/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Clocks: system time never goes back, on one vCPU or across two, runs at the rate that two
 * readings tell, and the wall clock is today's. A broken hypervisor gives a guest stalls, negative
 * sleeps and wrong dates.
 */
#include <errno.h>

#include "abi/sched.h"
#include "abi/vcpu.h"
#include "guest-abi/guest/event.h"
#include "guest-abi/guest/time.h"
#include "guest-abi/guest/vcpu.h"
#include "tests/guest/lib/test.h"

#define READS     20000
#define YEAR_2020 1577836800ul
#define YEAR_2100 4102444800ul

static volatile uint64_t latest;
static volatile unsigned int backwards, reads_there;
static volatile bool stop;

/* Whoever reads must not be before what anybody has read already. */
static void read_clock(void)
{
	uint64_t before = __atomic_load_n(&latest, __ATOMIC_SEQ_CST), now = time_now();

	if (now < before)
		backwards++;
	while (now > before && !__atomic_compare_exchange_n(&latest, &before, now, false,
							    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		;
}

static void other(void *arg)
{
	(void)arg;
	while (!stop) {
		read_clock();
		reads_there++;
	}
}

static void page(void)
{
	const volatile struct vcpu_time_info *t = &boot_shared->vcpu_info[0].time;
	uint64_t stamp, now;

	test_equal("version even", 0, t->version & 1);
	test_true("scale", t->tsc_to_system_mul);
	stamp = t->tsc_timestamp;
	now = guest_tsc();
	/* Both wrap: what counts is their difference. */
	test_true("timestamp in the past", (int64_t)(now - stamp) >= 0);
}

static void second_page(void)
{
	static struct vcpu_time_info copy __attribute__((aligned(64)));
	struct vcpu_register_time_memory_area area = {.addr.v = (uint64_t)&copy};
	uint64_t a, b;
	int64_t rc =
		hypercall3(HC_VCPU_OP, VCPUOP_register_vcpu_time_memory_area, 0, (uint64_t)&area);

	if (!test_equal("register a copy", 0, rc))
		return;
	time_wait(NULL, NULL, 10 * TIME_MS);
	test_true("copy filled", copy.tsc_to_system_mul);
	a = time_now();
	b = time_from(&copy);
	test_true("copy agrees", b >= a && b - a < 10 * TIME_MS);
	area.addr.v = 0xffff830000000000ul;
	test_equal(
		"copy in the hypervisor's space", -EFAULT,
		hypercall3(HC_VCPU_OP, VCPUOP_register_vcpu_time_memory_area, 0, (uint64_t)&area));
}

void test_main(void)
{
	uint64_t wall = time_wall() / TIME_S, start, slept;
	unsigned int i;
	int64_t rc;

	page();
	test_true("wall clock of this age", wall > YEAR_2020 && wall < YEAR_2100);
	start = time_now();
	time_wait(NULL, NULL, 200 * TIME_MS);
	slept = time_now() - start;
	test_true("a sleep is as long as asked", slept >= 200 * TIME_MS && slept < 5 * TIME_S);
	for (i = 0; i < READS; i++)
		read_clock();
	test_equal("backwards on one vCPU", 0, backwards);
	rc = vcpu_start(1, other, NULL);
	if (rc)
		test_give_up("second vCPU", rc);
	for (i = 0; i < READS || reads_there < 1000; i++) {
		read_clock();
		if (i % 1000 == 999)
			hypercall2(HC_SCHED_OP, SCHEDOP_yield, 0);
	}
	stop = true;
	vcpu_wait_down(1, 5 * TIME_S);
	test_equal("backwards across vCPUs", 0, backwards);
	second_page();
}
