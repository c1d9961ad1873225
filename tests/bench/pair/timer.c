/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one-shot timer: to set it, and how late it rings for a vCPU that runs and one that sleeps. */
#include "pair.h"

#include "abi/vcpu.h"
#include "guest-abi/guest/guest.h"
#include "guest-abi/guest/time.h"
#include "guest-abi/guest/vcpu.h"

#define AHEAD (200 * TIME_US)

static uint64_t timer_set(unsigned int n)
{
	struct vcpu_set_singleshot_timer op = {.timeout_abs_ns = time_now() + TIME_S};
	uint64_t t = row_begin();

	while (n--)
		hypercall3(HC_VCPU_OP, VCPUOP_set_singleshot_timer, 0, (uint64_t)&op);
	t = row_end(t);
	time_alarm_cancel();
	return t;
}

static struct bell alarm;
static uint64_t rang; /* system time */

static void ring(void *arg)
{
	rang = time_now();
	bell_ring(0, arg);
}

static void spin(struct bell *bell)
{
	while (!bell->rung)
		;
	bell->rung = false;
}

static uint64_t ticks(uint64_t ns)
{
	const volatile struct vcpu_time_info *t = &vcpu_self()->info->time;
	uint64_t scaled = (ns << 32) / t->tsc_to_system_mul;

	return t->tsc_shift < 0 ? scaled << -t->tsc_shift : scaled >> t->tsc_shift;
}

static uint64_t lateness(unsigned int n, void (*wait)(struct bell *bell))
{
	uint64_t late = 0, t = row_begin();

	while (n--) {
		uint64_t at = time_now() + AHEAD;

		time_alarm(at, ring, &alarm);
		wait(&alarm);
		late += rang > at ? rang - at : 0;
	}
	row_end(t);
	return ticks(late);
}

static uint64_t timer_late(unsigned int n)
{
	return lateness(n, spin);
}

static uint64_t timer_wake(unsigned int n)
{
	return lateness(n, bell_wait);
}

const struct row rows_timer[] = {
	{"timer_set", timer_set, 500},
	{"timer_late", timer_late, 40},
	{"timer_wake", timer_wake, 40},
	{NULL, NULL, 0},
};
