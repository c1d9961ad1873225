/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events between vCPUs: an IPI reaches the vCPU that it is bound to and no other, wakes it when it
 * sleeps, and comes back. 500 round trips, so that a wake-up that gets lost once in a while is
 * found.
 */
#include <errno.h>

#include "abi/sched.h"
#include "guest-abi/guest/event.h"
#include "guest-abi/guest/time.h"
#include "guest-abi/guest/vcpu.h"
#include "tests/guest/lib/test.h"

#define ROUNDS 500

static uint32_t to_other, to_first;
static volatile unsigned int there, here, wrong_vcpu;
static volatile bool ready, stop, stopped;

static void on_other(uint32_t port, void *arg)
{
	(void)port;
	(void)arg;
	wrong_vcpu += vcpu_self()->id != 1;
	there++;
	event_notify(to_first);
}

static void on_first(uint32_t port, void *arg)
{
	(void)port;
	(void)arg;
	wrong_vcpu += vcpu_self()->id != 0;
	here++;
}

static void other(void *arg)
{
	(void)arg;
	ready = true;
	event_enable();
	while (!stop)
		time_wait(NULL, NULL, 20 * TIME_MS);
	stopped = true;
}

static bool is_ready(void *arg)
{
	(void)arg;
	return ready;
}

static bool came_back(void *arg)
{
	return here >= *(unsigned int *)arg;
}

void test_main(void)
{
	unsigned int i, lost = 0;
	int64_t rc = vcpu_start(1, other, NULL);

	if (rc)
		test_give_up("second vCPU", rc);
	to_other = (uint32_t)event_bind_ipi(1, on_other, NULL);
	to_first = (uint32_t)event_bind_ipi(0, on_first, NULL);
	test_equal("IPI port cannot move", -EINVAL, event_move(to_other, 0));
	while (!is_ready(NULL))
		hypercall2(HC_SCHED_OP, SCHEDOP_yield, 0);
	for (i = 1; i <= ROUNDS && !lost; i++) {
		event_notify(to_other);
		lost += !time_wait(came_back, &i, 5 * TIME_S);
	}
	test_equal("lost", 0, lost);
	test_equal("arrived there", ROUNDS, there);
	test_equal("on a wrong vCPU", 0, wrong_vcpu);
	stop = true;
	test_true("second vCPU went down", vcpu_wait_down(1, 5 * TIME_S));
	test_true("by itself", stopped);
}
