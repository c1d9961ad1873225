/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Timers: a single shot comes once, not early, also when its time has passed already; a stopped one
 * does not come; a periodic one keeps coming; a sleeping vCPU is woken. A broken hypervisor hangs a
 * guest's kernel in its first sleep.
 */
#include <errno.h>

#include "abi/evtchn.h"
#include "abi/vcpu.h"
#include "guest-abi/guest/event.h"
#include "guest-abi/guest/time.h"
#include "guest-abi/guest/vcpu.h"
#include "tests/guest/lib/test.h"

static unsigned int rung;
static uint64_t rung_at;

static void ring(void *arg)
{
	(void)arg;
	rung++;
	rung_at = time_now();
}

static int64_t op(unsigned int cmd, uint32_t vcpu, void *arg)
{
	return hypercall3(HC_VCPU_OP, cmd, vcpu, (uint64_t)arg);
}

static bool has_rung(void *arg)
{
	return rung >= *(unsigned int *)arg;
}

/* Blocks without the library's own alarm. */
static void block_until(unsigned int n)
{
	while (!has_rung(&n)) {
		event_disable();
		if (has_rung(&n)) {
			event_enable();
			return;
		}
		hypercall2(HC_SCHED_OP, 1, 0);
	}
}

static void single_shot(void)
{
	struct vcpu_set_singleshot_timer s = {.timeout_abs_ns = 0};
	uint64_t at = time_now() + 50 * TIME_MS;

	time_alarm(at, ring, NULL);
	block_until(1);
	test_equal("came once", 1, rung);
	/*
	 * Xen gathers timers within 50 us, and CPUs' clocks differ by more where they are emulated.
	 */
	test_true("not early", rung_at + TIME_MS >= at);
	at = time_now() - 50 * TIME_MS;
	time_alarm(at, ring, NULL);
	block_until(2);
	test_true("in the past: at once", rung_at - at < 5 * TIME_S);
	s.timeout_abs_ns = time_now() - TIME_S;
	test_equal("past is no error", 0, op(VCPUOP_set_singleshot_timer, 0, &s));
	s.flags = VCPU_SSHOTTMR_future;
	test_equal("past with the flag is one", -ETIME, op(VCPUOP_set_singleshot_timer, 0, &s));
	test_equal("for another vCPU", -EINVAL, op(VCPUOP_set_singleshot_timer, 1, &s));
	test_equal("for no vCPU", -ENOENT, op(VCPUOP_set_singleshot_timer, 500, &s));
	test_equal("stop", 0, op(VCPUOP_stop_singleshot_timer, 0, NULL));
	test_equal("stop again", 0, op(VCPUOP_stop_singleshot_timer, 0, NULL));
	rung = 0;
	time_alarm(time_now() + 20 * TIME_MS, ring, NULL);
	op(VCPUOP_stop_singleshot_timer, 0, NULL);
	at = time_now() + 60 * TIME_MS;
	while (time_now() < at)
		;
	test_equal("stopped does not come", 0, rung);
}

static void on_tick(uint32_t port, void *arg)
{
	(void)port;
	(void)arg;
	rung++;
}

static void periodic(void)
{
	struct vcpu_set_periodic_timer p = {.period_ns = 50 * TIME_MS};
	struct evtchn_status s = {.dom = DOMID_SELF};
	uint64_t started = time_now(), at = started + 5 * TIME_S;

	/* The library's port of the timer: the first virq of that number. */
	for (s.port = 1; s.port < 64; s.port++) {
		if (!hypercall2(HC_EVENT_CHANNEL_OP, EVTCHNOP_status, (uint64_t)&s) &&
		    s.status == EVTCHNSTAT_virq && s.u.virq == VIRQ_TIMER)
			break;
	}
	event_handle(s.port, on_tick, NULL);
	rung = 0;
	test_equal("start", 0, op(VCPUOP_set_periodic_timer, 0, &p));
	while (time_now() < at && rung < 3)
		;
	test_true("keeps coming", rung >= 3);
	test_true("not too often", time_now() - started >= 2 * p.period_ns - 20 * TIME_MS);
	test_equal("stop", 0, op(VCPUOP_stop_periodic_timer, 0, NULL));
	rung = 0;
	at = time_now() + 50 * TIME_MS;
	while (time_now() < at)
		;
	test_true("stopped", rung <= 1);
	p.period_ns = 10;
	test_equal("too fast", -EINVAL, op(VCPUOP_set_periodic_timer, 0, &p));
	test_equal("stop on another vCPU", 0, op(VCPUOP_stop_periodic_timer, 1, NULL));
}

static void timer_op(void)
{
	rung = 0;
	test_equal("set_timer_op", 0, hypercall2(HC_SET_TIMER_OP, time_now() + 20 * TIME_MS, 0));
	block_until(1);
	test_equal("came", 1, rung);
	test_equal("cancel", 0, hypercall2(HC_SET_TIMER_OP, 0, 0));
}

void test_main(void)
{
	single_shot();
	periodic();
	timer_op();
}
