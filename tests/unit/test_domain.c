/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lives of domains and vCPUs, and the vcpu_op and sched_op that steer them. */
#include <abi/base.h>
#include <abi/evtchn.h>
#include <abi/sched.h>
#include <abi/vcpu.h>
#include <abi/vcpu_context.h>
#include <check.h>
#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/heap.h>
#include <hv/hypercall.h>
#include <hv/softirq.h>
#include <string.h>
#include "core_sim.h"
#include "host.h"
#include "suite.h"

static struct domain *d0, *d1;
static evtchn_port_t dom_exc;

static void setup(void)
{
	sim_start(2);
	d0 = sim_domain(0, 1);
	d1 = sim_domain(1, 3);
	ck_assert_int_eq(evtchn_bind_virq(d0, VIRQ_DOM_EXC, 0, &dom_exc), 0);
}

static int64_t vcpu_op(struct vcpu *by, unsigned cmd, uint64_t id, void *arg)
{
	sim_enter(by);
	return hc_vcpu_op(cmd, id, (uint64_t)(uintptr_t)arg, 0, 0);
}

static int64_t sched_op(struct vcpu *by, unsigned cmd, void *arg)
{
	sim_enter(by);
	return hc_sched_op(cmd, (uint64_t)(uintptr_t)arg, 0, 0, 0);
}

static bool told(void)
{
	bool yes = sim_pending(d0, dom_exc);

	sim_ack(d0->vcpu[0]);
	return yes;
}

START_TEST(creation)
{
	struct domain_config cfg = {.max_vcpus = 2,
				    .max_evtchn_port = 100,
				    .max_grant_frames = 1,
				    .max_maptrack_frames = 1};
	struct domain *a, *b;

	ck_assert_int_eq(domain_create(1, &cfg, &a), -EEXIST);
	ck_assert_int_eq(domain_create(DOMID_SELF, &cfg, &a), -EINVAL);
	ck_assert_int_eq(domain_create(DOMID_INVALID, &cfg, &a), 0);
	ck_assert_int_eq(domain_create(DOMID_INVALID, &cfg, &b), 0);
	ck_assert_uint_ne(a->id, b->id);
	ck_assert_uint_ge(a->id, 2);
	ck_assert_int_eq(a->controller_pause, 1);
	ck_assert_uint_eq(a->shutdown_code, DOMAIN_CODE_NONE);
	for (unsigned i = 0; i < XEN_LEGACY_MAX_VCPUS; i++)
		ck_assert_uint_eq(a->shared_info->vcpu_info[i].evtchn_upcall_mask, 1);
	ck_assert_int_eq(vcpu_create(a, 0), 0);
	ck_assert_int_eq(vcpu_create(a, 0), -EEXIST);
	ck_assert_int_eq(vcpu_create(a, 2), -EINVAL);
	cfg.max_vcpus = 0;
	ck_assert_int_eq(domain_create(DOMID_INVALID, &cfg, &b), -EINVAL);
	cfg.max_vcpus = DOMAIN_MAX_VCPUS + 1;
	ck_assert_int_eq(domain_create(DOMID_INVALID, &cfg, &b), -EINVAL);
	cfg.max_vcpus = 1;
	cfg.max_grant_frames = 100000;
	ck_assert_int_eq(domain_create(DOMID_INVALID, &cfg, &b), -EINVAL);
}
END_TEST

START_TEST(lookup)
{
	struct domain *d;
	unsigned n = 0;

	sim_enter(d1->vcpu[0]);
	d = domain_get(DOMID_SELF);
	ck_assert_ptr_eq(d, d1);
	domain_put(d);
	ck_assert_ptr_null(domain_get(300));
	sim_enter(NULL);
	ck_assert_ptr_null(domain_get(DOMID_SELF));
	ck_assert_ptr_nonnull(sim_domain(257, 1)); /* hash neighbour of 1 */
	d = domain_get(257);
	ck_assert_uint_eq(d->id, 257);
	domain_put(d);
	for (domid_t next = 0; (d = domain_get_from(next)); next = (domid_t)(d->id + 1), n++)
		domain_put(d);
	ck_assert_uint_eq(n, 3);
}
END_TEST

START_TEST(frames_keep_a_dead_domain)
{
	mfn_t mfn = sim_frame(d1);

	ck_assert_int_eq(page_get(mfn, d1), 0);
	sim_kill(d1);
	ck_assert_ptr_eq(domain_get(1), d1);
	domain_put(d1);
	ck_assert_uint_eq(d1->state, DOMAIN_DEAD);
	ck_assert(told());
	page_put(page_of(mfn));
	softirq_run();
	ck_assert_ptr_null(domain_get(1));
	ck_assert(told());
}
END_TEST

START_TEST(kill_in_stages)
{
	unsigned restarts = 0;
	evtchn_port_t p;

	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(evtchn_alloc_unbound(d1, 0, &p), 0);
	for (int i = 0; i < 300; i++)
		sim_frame(d1);
	sim_quiesce(d1);
	for (;;) {
		host_preempt_after = 1;
		if (domain_kill(d1) != -ERESTART)
			break;
		restarts++;
		ck_assert_uint_eq(d1->state, DOMAIN_DYING);
	}
	ck_assert_uint_gt(restarts, 4);
	ck_assert_ptr_null(domain_alloc_pages(d1, 0, 0, 0));
	host_preempt_after = -1;
	softirq_run();
	ck_assert_ptr_null(domain_get(1));
}
END_TEST

START_TEST(shutting_down)
{
	struct sched_shutdown s = {SHUTDOWN_reboot};
	struct sched_remote_shutdown r = {.reason = SHUTDOWN_crash};

	ck_assert_int_eq(sched_op(d1->vcpu[1], SCHEDOP_remote_shutdown, &r), -EPERM);
	r.domain_id = 99;
	ck_assert_int_eq(sched_op(d1->vcpu[1], SCHEDOP_remote_shutdown, &r), -ESRCH);
	ck_assert_int_eq(sched_op(d1->vcpu[1], SCHEDOP_shutdown, &s), 0);
	ck_assert(d1->is_shut_down && told());
	ck_assert_uint_eq(d1->shutdown_code, SHUTDOWN_reboot);
	ck_assert(cpu_info()->softirqs & 1u << SOFTIRQ_SCHEDULE);
	for (int i = 0; i < 3; i++)
		ck_assert(!vcpu_runnable(d1->vcpu[i]));
	/* The first reason counts. */
	r.domain_id = 1;
	ck_assert_int_eq(sched_op(d0->vcpu[0], SCHEDOP_remote_shutdown, &r), 0);
	ck_assert_uint_eq(d1->shutdown_code, SHUTDOWN_reboot);
	ck_assert(!told());
	sim_quiesce(d1);
	domain_resume(d1);
	domain_unpause(d1);
	ck_assert(!d1->is_shut_down && vcpu_runnable(d1->vcpu[2]));
	ck_assert_uint_eq(d1->shutdown_code, DOMAIN_CODE_NONE);
	ck_assert_int_eq(sched_op(d0->vcpu[0], SCHEDOP_remote_shutdown, &r), 0);
	ck_assert_uint_eq(d1->shutdown_code, SHUTDOWN_crash);
}
END_TEST

START_TEST(reason_noted_beforehand)
{
	struct sched_shutdown s = {SHUTDOWN_crash};

	ck_assert_int_eq(sched_op(d1->vcpu[0], SCHEDOP_shutdown_code, (void *)8), -EFAULT);
	ck_assert_int_eq(sched_op(d1->vcpu[0], SCHEDOP_shutdown_code, &s), 0);
	ck_assert(!d1->is_shut_down && !told());
	s.reason = SHUTDOWN_poweroff;
	ck_assert_int_eq(sched_op(d1->vcpu[0], SCHEDOP_shutdown, &s), 0);
	ck_assert(d1->is_shut_down && told());
	ck_assert_uint_eq(d1->shutdown_code, SHUTDOWN_crash);
	/* Too late. */
	ck_assert_int_eq(sched_op(d1->vcpu[0], SCHEDOP_shutdown_code, &s), 0);
	ck_assert_uint_eq(d1->shutdown_code, SHUTDOWN_crash);
}
END_TEST

START_TEST(suspend_notifies_subscriber)
{
	evtchn_port_t a, b;

	ck_assert_int_eq(evtchn_alloc_unbound(d1, 0, &a), 0);
	ck_assert_int_eq(evtchn_bind_interdomain(d0, d1, a, &b), 0);
	sim_ack(d0->vcpu[0]);
	d1->suspend_port = a;
	domain_shutdown(d1, SHUTDOWN_suspend);
	ck_assert(sim_pending(d0, b) && !sim_pending(d0, dom_exc));
	sim_quiesce(d1);
	domain_resume(d1);
	domain_crash(d1, "test %d", 1);
	ck_assert(told());
	ck_assert_uint_eq(d1->shutdown_code, SHUTDOWN_crash);
}
END_TEST

START_TEST(control_domain_powers_off)
{
	domain_shutdown(d0, SHUTDOWN_poweroff);
}
END_TEST

START_TEST(watchdog)
{
	struct sched_watchdog w = {0, 2};

	ck_assert_int_eq(sched_op(d1->vcpu[0], SCHEDOP_watchdog, &w), 1);
	ck_assert_int_eq(sched_op(d1->vcpu[0], SCHEDOP_watchdog, &w), 2);
	ck_assert_int_eq(sched_op(d1->vcpu[0], SCHEDOP_watchdog, &w), -ENOSPC);
	w = (struct sched_watchdog){0, 0};
	ck_assert_int_eq(sched_op(d1->vcpu[0], SCHEDOP_watchdog, &w), -EINVAL);
	w = (struct sched_watchdog){3, 1};
	ck_assert_int_eq(sched_op(d1->vcpu[0], SCHEDOP_watchdog, &w), -EINVAL);
	w = (struct sched_watchdog){1, 0};
	ck_assert_int_eq(sched_op(d1->vcpu[0], SCHEDOP_watchdog, &w), 0);
	w = (struct sched_watchdog){2, 5};
	ck_assert_int_eq(sched_op(d1->vcpu[0], SCHEDOP_watchdog, &w), 0);
	host_clock += 4000000000;
	timer_softirq();
	ck_assert(!d1->is_shut_down);
	host_clock += 1000000000;
	timer_softirq();
	ck_assert(d1->is_shut_down);
	ck_assert_uint_eq(d1->shutdown_code, SHUTDOWN_watchdog);
}
END_TEST

START_TEST(vcpu_up_and_down)
{
	static struct vcpu_guest_context c;
	struct vcpu *v = d1->vcpu[0];

	ck_assert_int_eq(vcpu_op(v, VCPUOP_is_up, 2, NULL), 1);
	ck_assert_int_eq(vcpu_op(v, VCPUOP_is_up, 3, NULL), -ENOENT);
	ck_assert_int_eq(vcpu_op(v, VCPUOP_is_up, 8191, NULL), -ENOENT);
	ck_assert_int_eq(vcpu_op(v, 14, 0, NULL), -ENOSYS);
	ck_assert_int_eq(vcpu_op(v, VCPUOP_initialise, 1, &c), -EEXIST);
	d1->vcpu[1]->initialised = false;
	ck_assert_int_eq(vcpu_op(v, VCPUOP_down, 1, NULL), 0);
	ck_assert_int_eq(vcpu_op(v, VCPUOP_is_up, 1, NULL), 0);
	ck_assert_int_eq(vcpu_op(v, VCPUOP_up, 1, NULL), -EINVAL);
	ck_assert_int_eq(vcpu_op(v, VCPUOP_initialise, 1, &c), -EINVAL);
	ck_assert_int_eq(vcpu_op(v, VCPUOP_initialise, 1, (void *)8), -EFAULT);
	c.flags = 1;
	ck_assert_int_eq(vcpu_op(v, VCPUOP_initialise, 1, &c), 0);
	ck_assert_int_eq(vcpu_op(v, VCPUOP_up, 1, NULL), 0);
	ck_assert(vcpu_runnable(d1->vcpu[1]));
	/* The last one to go down ends the domain. */
	ck_assert_int_eq(vcpu_op(v, VCPUOP_down, 1, NULL), 0);
	ck_assert_int_eq(vcpu_op(v, VCPUOP_down, 2, NULL), 0);
	ck_assert(!d1->is_shut_down);
	ck_assert_int_eq(vcpu_op(v, VCPUOP_down, 0, NULL), 0);
	ck_assert(d1->is_shut_down);
	ck_assert_uint_eq(d1->shutdown_code, SHUTDOWN_poweroff);
}
END_TEST

START_TEST(vcpu_info)
{
	mfn_t mfn = sim_frame(d1), foreign = sim_frame(d0);
	struct vcpu_register_vcpu_info r = {.mfn = mfn.n, .offset = 64};
	struct vcpu *v = d1->vcpu[0], *other = d1->vcpu[1];
	struct vcpu_info *at = (struct vcpu_info *)((char *)frame_virt(mfn) + 64);
	evtchn_port_t a, b;

	v->info->arch.cr2 = 0x1234;
	r.offset = PAGE_SIZE - 63;
	ck_assert_int_eq(vcpu_op(v, VCPUOP_register_vcpu_info, 0, &r), -EINVAL);
	r.offset = 65;
	ck_assert_int_eq(vcpu_op(v, VCPUOP_register_vcpu_info, 0, &r), -EINVAL);
	r = (struct vcpu_register_vcpu_info){.mfn = foreign.n};
	ck_assert_int_eq(vcpu_op(v, VCPUOP_register_vcpu_info, 0, &r), -EINVAL);
	r = (struct vcpu_register_vcpu_info){.mfn = mfn.n, .offset = 64};
	ck_assert_int_eq(vcpu_op(v, VCPUOP_register_vcpu_info, 1, &r), -EINVAL); /* is up */
	ck_assert_int_eq(vcpu_op(v, VCPUOP_register_vcpu_info, 0, &r), 0);
	ck_assert_ptr_eq(v->info, at);
	ck_assert_uint_eq(at->arch.cr2, 0x1234);
	ck_assert_uint_eq(at->evtchn_upcall_mask, 1);
	ck_assert_uint_eq(at->evtchn_upcall_pending, 1);
	ck_assert_uint_eq(at->evtchn_pending_sel, ~0ull);
	ck_assert_int_eq(vcpu_op(v, VCPUOP_register_vcpu_info, 0, &r), -EINVAL);
	ck_assert_int_eq(vcpu_op(v, VCPUOP_down, 1, NULL), 0);
	r.offset = 128;
	ck_assert_int_eq(vcpu_op(v, VCPUOP_register_vcpu_info, 1, &r), 0);
	ck_assert_ptr_eq(other->info, at + 1);
	/* Events go there. */
	sim_ack(v);
	ck_assert_int_eq(evtchn_alloc_unbound(d1, 0, &a), 0);
	ck_assert_int_eq(evtchn_bind_interdomain(d0, d1, a, &b), 0);
	ck_assert_int_eq(evtchn_send(d0, b), 0);
	ck_assert_uint_eq(at->evtchn_upcall_pending, 1);
	ck_assert_uint_eq(d1->shared_info->vcpu_info[0].evtchn_upcall_pending, 0);
	ck_assert_uint_eq(page_of(mfn)->count & PGC_COUNT_MASK, 3);
}
END_TEST

START_TEST(vcpu_timers)
{
	struct vcpu_set_singleshot_timer s = {.timeout_abs_ns = 5};
	struct vcpu_set_periodic_timer p = {.period_ns = 10};
	struct vcpu *v = d1->vcpu[0];
	evtchn_port_t port;

	ck_assert_int_eq(evtchn_bind_virq(d1, VIRQ_TIMER, 0, &port), 0);
	ck_assert_int_eq(vcpu_op(v, VCPUOP_set_singleshot_timer, 1, &s), -EINVAL);
	ck_assert_int_eq(vcpu_op(v, VCPUOP_stop_singleshot_timer, 1, NULL), -EINVAL);
	/* Past: at once. */
	ck_assert_int_eq(vcpu_op(v, VCPUOP_set_singleshot_timer, 0, &s), 0);
	ck_assert(sim_pending(d1, port));
	sim_ack(v);
	s.flags = VCPU_SSHOTTMR_future;
	ck_assert_int_eq(vcpu_op(v, VCPUOP_set_singleshot_timer, 0, &s), -ETIME);
	ck_assert(!sim_pending(d1, port));
	s = (struct vcpu_set_singleshot_timer){.timeout_abs_ns = (uint64_t)host_clock + 100};
	ck_assert_int_eq(vcpu_op(v, VCPUOP_set_singleshot_timer, 0, &s), 0);
	ck_assert_int_eq(vcpu_op(v, VCPUOP_stop_singleshot_timer, 0, NULL), 0);
	host_clock += 200;
	timer_softirq();
	ck_assert(!sim_pending(d1, port));
	ck_assert_int_eq(hc_set_timer_op((uint64_t)host_clock + 100, 0, 0, 0, 0), 0);
	ck_assert(v->singleshot.armed);
	ck_assert_int_eq(hc_set_timer_op(0, 0, 0, 0, 0), 0);
	ck_assert(!v->singleshot.armed);
	/* A blocked one wakes by it. */
	ck_assert_int_eq(hc_set_timer_op((uint64_t)host_clock + 100, 0, 0, 0, 0), 0);
	ck_assert_int_eq(sched_op(v, SCHEDOP_block, NULL), 0);
	ck_assert(v->blocked);
	host_clock += 100;
	timer_softirq();
	ck_assert(!v->blocked && sim_pending(d1, port));
	sim_ack(v);

	ck_assert_int_eq(vcpu_op(v, VCPUOP_set_periodic_timer, 0, &p), -EINVAL);
	p.period_ns = 1000000;
	ck_assert_int_eq(vcpu_op(v, VCPUOP_set_periodic_timer, 0, &p), 0);
	for (int i = 0; i < 3; i++) {
		host_clock += 1000000;
		timer_softirq();
		ck_assert(sim_pending(d1, port));
		sim_ack(v);
	}
	ck_assert_int_eq(vcpu_op(v, VCPUOP_stop_periodic_timer, 1, NULL), 0);
	ck_assert_int_eq(vcpu_op(v, VCPUOP_stop_periodic_timer, 0, NULL), 0);
	host_clock += 5000000;
	timer_softirq();
	ck_assert(!sim_pending(d1, port));
}
END_TEST

START_TEST(areas_and_others)
{
	struct vcpu_runstate_info info = {0};
	struct vcpu_register_runstate_memory_area ra = {.addr.v = (uint64_t)(uintptr_t)&info};
	struct vcpu_time_info t = {.version = 7};
	struct vcpu_register_time_memory_area ta = {.addr.v = (uint64_t)(uintptr_t)&t};
	struct vcpu_get_physid id;
	struct sched_pin_override pin = {1};
	struct vcpu *v = d1->vcpu[0];

	sim_enter(v);
	host_clock += 1000;
	ck_assert_int_eq(vcpu_op(v, VCPUOP_get_runstate_info, 0, &info), 0);
	ck_assert_int_eq(info.state, RUNSTATE_running);
	ck_assert_uint_ge(info.time[RUNSTATE_running], 1000);
	memset(&info, 0, sizeof(info));
	ck_assert_int_eq(vcpu_op(v, VCPUOP_register_runstate_memory_area, 1, &ra), 0);
	ck_assert_int_ne(info.state, RUNSTATE_running);
	ck_assert_uint_eq(d1->vcpu[1]->runstate_gva, ra.addr.v);
	ra.addr.v = 8;
	ck_assert_int_eq(vcpu_op(v, VCPUOP_register_runstate_memory_area, 1, &ra), -EFAULT);
	ck_assert_int_eq(vcpu_op(v, VCPUOP_register_vcpu_time_memory_area, 0, &ta), 0);
	ck_assert_uint_eq(t.version, 0);
	ta.addr.v = 8;
	ck_assert_int_eq(vcpu_op(v, VCPUOP_register_vcpu_time_memory_area, 0, &ta), -EFAULT);
	v->time_gva = v->runstate_gva = d1->vcpu[1]->runstate_gva = 0;

	ck_assert_int_eq(vcpu_op(v, VCPUOP_send_nmi, 1, NULL), 0);
	ck_assert_uint_eq(d1->vcpu[1]->nmi_pending, 1);
	ck_assert_int_eq(sched_op(v, SCHEDOP_pin_override, &pin), -EPERM);
	ck_assert_int_eq(vcpu_op(d0->vcpu[0], VCPUOP_get_physid, 0, &id), -EINVAL);
	ck_assert_int_eq(sched_op(d0->vcpu[0], SCHEDOP_pin_override, &pin), 0);
	ck_assert_int_eq(vcpu_op(d0->vcpu[0], VCPUOP_get_physid, 0, &id), 0);
	pin.pcpu = -1;
	ck_assert_int_eq(sched_op(d0->vcpu[0], SCHEDOP_pin_override, &pin), 0);
	ck_assert_int_eq(sched_op(v, 8, NULL), -ENOSYS);
	for (unsigned cmd = SCHEDOP_shutdown; cmd <= SCHEDOP_watchdog; cmd++)
		ck_assert_int_eq(sched_op(v, cmd, (void *)8), -EFAULT);
	ck_assert_int_eq(sched_op(d0->vcpu[0], SCHEDOP_pin_override, (void *)8), -EFAULT);
	ck_assert_int_eq(sched_op(v, SCHEDOP_yield, NULL), 0);
	ck_assert(!d1->is_shut_down);
}
END_TEST

START_TEST(high_vcpus)
{
	struct domain *d = sim_domain(9, 40);
	struct vcpu *v = d->vcpu[35];

	ck_assert_ptr_eq(v->info, &v->private_info);
	ck_assert_uint_eq(v->info->evtchn_upcall_mask, 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("domain");
	TCase *tc = tcase_create("domain");

	tcase_add_checked_fixture(tc, setup, sim_stop);
	tcase_add_test(tc, creation);
	tcase_add_test(tc, lookup);
	tcase_add_test(tc, frames_keep_a_dead_domain);
	tcase_add_test(tc, kill_in_stages);
	tcase_add_test(tc, shutting_down);
	tcase_add_test(tc, reason_noted_beforehand);
	tcase_add_test(tc, suspend_notifies_subscriber);
	tcase_add_exit_test(tc, control_domain_powers_off, 71);
	tcase_add_test(tc, watchdog);
	tcase_add_test(tc, vcpu_up_and_down);
	tcase_add_test(tc, vcpu_info);
	tcase_add_test(tc, vcpu_timers);
	tcase_add_test(tc, areas_and_others);
	tcase_add_test(tc, high_vcpus);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
