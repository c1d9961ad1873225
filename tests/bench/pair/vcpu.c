/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two vCPUs of the meter on one CPU: an event of one wakes the other, which answers by one. */
#include "pair.h"

#include <errno.h>

#include "abi/sched.h"
#include "guest-abi/guest/event.h"
#include "guest-abi/guest/guest.h"
#include "guest-abi/guest/time.h"
#include "guest-abi/guest/vcpu.h"

static uint32_t to_other, to_first;
static struct bell back;
static volatile uint64_t there; /* when the other vCPU's handler began */
static volatile bool ready, stop;

static void on_other(uint32_t port, void *arg)
{
	there = guest_tsc();
	(void)port;
	(void)arg;
	event_notify(to_first);
}

static void other(void *arg)
{
	(void)arg;
	ready = true;
	while (event_disable(), !stop)
		hypercall2(HC_SCHED_OP, SCHEDOP_block, 0);
}

static void other_start(void)
{
	ready = stop = false;
	must("second vCPU", vcpu_start(1, other, NULL));
	while (!ready)
		hypercall2(HC_SCHED_OP, SCHEDOP_yield, 0);
	if (to_other)
		return;
	to_other = (uint32_t)must("event of a vCPU", event_bind_ipi(1, on_other, NULL));
	to_first = (uint32_t)must("event of a vCPU", event_bind_ipi(0, bell_ring, &back));
}

static void round_trip(void)
{
	must("event of a vCPU", event_notify(to_other));
	bell_wait(&back);
}

static void other_stop(void)
{
	stop = true;
	round_trip();
	must("end of the second vCPU", vcpu_wait_down(1, 5 * TIME_S) ? 0 : -ETIMEDOUT);
}

static uint64_t ipi_round_trip(unsigned int n)
{
	uint64_t t;

	other_start();
	round_trip();
	t = row_begin();
	while (n--)
		round_trip();
	t = row_end(t);
	other_stop();
	return t;
}

static uint64_t vcpu_wake(unsigned int n)
{
	uint64_t sum = 0, sent, t;

	other_start();
	round_trip();
	t = row_begin();
	while (n--) {
		sent = guest_tsc();
		round_trip();
		sum += there - sent;
	}
	row_end(t);
	other_stop();
	return sum;
}

const struct row rows_vcpu[] = {
	{"ipi_round_trip", ipi_round_trip, 200},
	{"vcpu_wake", vcpu_wake, 200},
	{NULL, NULL, 0},
};
