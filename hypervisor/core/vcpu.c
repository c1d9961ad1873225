/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Life of a vCPU; its registered vcpu_info; timers; polling. */
#include <hv/vcpu.h>

#include <arch/mmu.h>
#include <abi/evtchn.h>
#include <abi/sched.h>
#include <hv/cpu.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/heap.h>
#include <hv/pv.h>
#include <hv/softirq.h>
#include "evtchn.h"

/* Shorter periods would keep a CPU busy with nothing else. */
#define PERIODIC_MIN_NS 100000ll

_Static_assert(sizeof(struct vcpu) <= PAGE_SIZE, "a vCPU's record is one frame");

static void vcpu_singleshot_fired(void *arg)
{
	evtchn_raise_virq(arg, VIRQ_TIMER);
}

static void vcpu_periodic_fired(void *arg)
{
	struct vcpu *v = arg;
	int64_t now = time_now(), next = v->periodic.deadline + v->periodic_ns;

	evtchn_raise_virq(v, VIRQ_TIMER);
	if (v->periodic_ns)
		timer_set(&v->periodic, MAX(next, now));
}

static bool vcpu_polls(const struct vcpu *v)
{
	return v->domain->evtchn.pollers[v->id / 64] >> (v->id % 64) & 1;
}

static void vcpu_poll_expired(void *arg)
{
	if (vcpu_polls(arg))
		sched_event(arg);
}

int vcpu_create(struct domain *d, uint32_t id)
{
	struct vcpu *v;
	int rc;

	if (id >= d->max_vcpus)
		return -EINVAL;
	if (d->vcpu[id])
		return -EEXIST;
	/* A frame of its own: with narrow roots it is mapped while the guest runs. */
	v = heap_alloc_zeroed();
	if (!v)
		return -ENOMEM;
	v->domain = d;
	v->id = id;
	v->down = true;
	v->private_info.evtchn_upcall_mask = 1;
	v->info = id < XEN_LEGACY_MAX_VCPUS ? &d->shared_info->vcpu_info[id] : &v->private_info;
	v->info_mfn = MFN_INVALID;
	v->runstate.state = RUNSTATE_offline;
	v->runstate.state_entry_time = (uint64_t)time_now();
	rc = sched_vcpu_add(v);
	if (rc)
		goto free;
	timer_init(&v->singleshot, vcpu_singleshot_fired, v, v->sched.cpu);
	timer_init(&v->periodic, vcpu_periodic_fired, v, v->sched.cpu);
	timer_init(&v->poll_timer, vcpu_poll_expired, v, v->sched.cpu);
	rc = pv_vcpu_init(v);
	if (rc)
		goto remove;
	__atomic_store_n(&d->vcpu[id], v, __ATOMIC_RELEASE);
	return 0;
remove:
	sched_vcpu_remove(v);
free:
	heap_free_virt(v);
	return rc;
}

void vcpu_destroy(struct vcpu *v)
{
	vcpu_timers_stop(v);
	sched_vcpu_remove(v);
	v->domain->vcpu[v->id] = NULL;
	pv_vcpu_free(v);
	heap_free_virt(v);
}

void vcpu_timers_stop(struct vcpu *v)
{
	v->periodic_ns = 0;
	timer_stop(&v->periodic);
	timer_stop(&v->singleshot);
	timer_stop(&v->poll_timer);
}

void vcpu_pause_nosync(struct vcpu *v)
{
	__atomic_fetch_add(&v->pause_count, 1, __ATOMIC_SEQ_CST);
	vcpu_sleep_nosync(v);
}

void vcpu_pause(struct vcpu *v)
{
	__atomic_fetch_add(&v->pause_count, 1, __ATOMIC_SEQ_CST);
	vcpu_sleep_sync(v);
}

void vcpu_unpause(struct vcpu *v)
{
	if (__atomic_sub_fetch(&v->pause_count, 1, __ATOMIC_SEQ_CST) == 0)
		vcpu_wake(v);
}

void vcpu_send_nmi(struct vcpu *v)
{
	__atomic_store_n(&v->nmi_pending, 1, __ATOMIC_SEQ_CST);
	sched_event(v);
}

int vcpu_up(struct vcpu *v)
{
	bool was_down = false;

	spin_lock(&v->domain->lock);
	if (v->initialised) {
		was_down = v->down;
		v->down = false;
		if (was_down)
			v->online_since = time_now();
	}
	spin_unlock(&v->domain->lock);
	if (was_down)
		vcpu_wake(v);
	return v->initialised ? 0 : -EINVAL;
}

void vcpu_down(struct vcpu *v)
{
	struct domain *d = v->domain;
	bool last = true;

	spin_lock(&d->lock);
	for (uint32_t i = 0; i < d->max_vcpus; i++)
		if (d->vcpu[i] && d->vcpu[i] != v && !d->vcpu[i]->down)
			last = false;
	if (!last)
		__atomic_store_n(&v->down, true, __ATOMIC_SEQ_CST);
	spin_unlock(&d->lock);
	if (last)
		domain_shutdown(d, SHUTDOWN_poweroff);
	else
		vcpu_sleep_nosync(v);
}

int vcpu_info_register(struct vcpu *v, mfn_t frame, uint32_t offset)
{
	struct vcpu_info *new;
	int rc;

	if (v->info_registered || offset % 8 || offset > PAGE_SIZE - sizeof(*new))
		return -EINVAL;
	if (v != current_vcpu() && !v->down)
		return -EINVAL;
	rc = page_get_and_type(frame, v->domain, PGT_WRITABLE);
	if (rc)
		return -EINVAL;
	new = (struct vcpu_info *)((char *)frame_virt(frame) + offset);
	*new = *v->info;
	v->info_mfn = frame;
	v->info_registered = true;
	/* Whoever still sets bits in the old one set the port's bit before; resync covers that. */
	__atomic_store_n(&v->info, new, __ATOMIC_SEQ_CST);
	arch_roots_stale(v->domain);
	evtchn_resync(v);
	pv_time_update(v);
	return 0;
}

void vcpu_info_drop(struct vcpu *v)
{
	__atomic_store_n(&v->info, &v->private_info, __ATOMIC_SEQ_CST);
	if (!v->info_registered)
		return;
	v->info_registered = false;
	page_put_and_type(page_of(v->info_mfn));
	v->info_mfn = MFN_INVALID;
}

void vcpu_timer_set(struct vcpu *v, int64_t deadline)
{
	if (deadline == TIME_FOREVER) {
		timer_stop(&v->singleshot);
	} else if (deadline <= time_now()) {
		timer_stop(&v->singleshot);
		evtchn_raise_virq(v, VIRQ_TIMER);
	} else {
		if (v->singleshot.cpu != v->sched.cpu)
			timer_migrate(&v->singleshot, v->sched.cpu);
		timer_set(&v->singleshot, deadline);
	}
}

void vcpu_timer_periodic(struct vcpu *v, int64_t period_ns)
{
	v->periodic_ns = 0;
	timer_stop(&v->periodic);
	if (!period_ns)
		return;
	v->periodic_ns = MAX(period_ns, PERIODIC_MIN_NS);
	timer_migrate(&v->periodic, v->sched.cpu);
	timer_set(&v->periodic, time_now() + v->periodic_ns);
}

int vcpu_poll(const evtchn_port_t *ports, unsigned n, int64_t deadline)
{
	struct vcpu *v = current_vcpu();
	struct domain *d = v->domain;
	uint64_t bit = 1ull << (v->id % 64);
	bool ready = false;

	for (unsigned i = 0; i < n; i++)
		if (!evtchn_find(d, ports[i]))
			return -EINVAL;
	/* Visible as a poller before the ports are looked at: no event falls between. */
	v->poll_port = n == 1 ? ports[0] : 0;
	__atomic_fetch_or(&d->evtchn.pollers[v->id / 64], bit, __ATOMIC_SEQ_CST);
	__atomic_store_n(&v->blocked, true, __ATOMIC_SEQ_CST);
	ready = evtchn_upcall_ready(v) || v->nmi_pending || (deadline && deadline <= time_now());
	for (unsigned i = 0; i < n && !ready; i++)
		ready = evtchn_pending(d, ports[i]);
	if (ready) {
		__atomic_store_n(&v->blocked, false, __ATOMIC_SEQ_CST);
		__atomic_fetch_and(&d->evtchn.pollers[v->id / 64], ~bit, __ATOMIC_SEQ_CST);
		return 0;
	}
	if (deadline) {
		timer_migrate(&v->poll_timer, v->sched.cpu);
		timer_set(&v->poll_timer, deadline);
	} else {
		timer_stop(&v->poll_timer);
	}
	softirq_raise(SOFTIRQ_SCHEDULE);
	return 0;
}
