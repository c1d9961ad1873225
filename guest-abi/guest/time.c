/* SPDX-License-Identifier: MIT */
#include "guest-abi/guest/time.h"

#include <stddef.h>

#include "abi/evtchn.h"
#include "abi/sched.h"
#include "abi/vcpu.h"
#include "guest-abi/guest/boot.h"
#include "guest-abi/guest/event.h"
#include "guest-abi/guest/guest.h"
#include "guest-abi/guest/vcpu.h"

static struct {
	void (*fn)(void *);
	void *arg;
} alarms[VCPU_MAX];

static void fence(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

uint64_t time_from(const volatile struct vcpu_time_info *t)
{
	uint64_t delta, ns;
	uint32_t version;

	do {
		version = t->version;
		fence();
		delta = guest_tsc() - t->tsc_timestamp;
		delta = t->tsc_shift < 0 ? delta >> -t->tsc_shift : delta << t->tsc_shift;
		ns = t->system_time +
		     (uint64_t)((unsigned __int128)delta * t->tsc_to_system_mul >> 32);
		fence();
	} while (version & 1 || version != t->version);
	return ns;
}

uint64_t time_now(void)
{
	return time_from(&vcpu_self()->info->time);
}

uint64_t time_wall(void)
{
	const volatile struct shared_info *s = boot_shared;
	uint32_t version;
	uint64_t ns;

	do {
		version = s->wc_version;
		fence();
		ns = ((uint64_t)s->wc_sec_hi << 32 | s->wc_sec) * TIME_S + s->wc_nsec;
		fence();
	} while (version & 1 || version != s->wc_version);
	return ns + time_now();
}

static void ring_alarm(uint32_t port, void *arg)
{
	uint32_t id = vcpu_self()->id;
	void (*fn)(void *) = alarms[id].fn;

	(void)port;
	(void)arg;
	alarms[id].fn = NULL;
	if (fn)
		fn(alarms[id].arg);
}

void time_init_vcpu(void)
{
	uint32_t id = vcpu_self()->id;
	int64_t port = event_bind_virq(VIRQ_TIMER, id, ring_alarm, NULL);

	if (port < 0)
		guest_panic("timer of vCPU %u: error %ld", id, (long)port);
	hypercall3(HC_VCPU_OP, VCPUOP_stop_periodic_timer, id, 0);
}

void time_init(void)
{
	time_init_vcpu();
}

void time_alarm(uint64_t at, void (*fn)(void *), void *arg)
{
	struct vcpu_set_singleshot_timer op = {.timeout_abs_ns = at};
	uint32_t id = vcpu_self()->id;
	bool enabled = event_disable();

	alarms[id].fn = fn;
	alarms[id].arg = arg;
	hypercall3(HC_VCPU_OP, VCPUOP_set_singleshot_timer, id, (uint64_t)&op);
	event_restore(enabled);
}

void time_alarm_cancel(void)
{
	uint32_t id = vcpu_self()->id;

	alarms[id].fn = NULL;
	hypercall3(HC_VCPU_OP, VCPUOP_stop_singleshot_timer, id, 0);
}

static void nothing(void *arg)
{
	(void)arg;
}

bool time_wait(bool (*done)(void *), void *arg, uint64_t ns)
{
	uint64_t end = time_now() + ns;
	bool is_done = false;

	for (;;) {
		event_disable();
		is_done = done && done(arg);
		if (is_done || time_now() >= end)
			break;
		/* Again each time: hypervisors ring a little early, by their own clock. */
		time_alarm(end, nothing, NULL);
		/* Unmasks; an event since the question wakes it at once. */
		hypercall2(HC_SCHED_OP, SCHEDOP_block, 0);
	}
	event_enable();
	time_alarm_cancel();
	return is_done;
}
