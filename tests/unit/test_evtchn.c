/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Event channels: every operation's errors, bindings, delivery, polling. */
#include <abi/base.h>
#include <abi/evtchn.h>
#include <check.h>
#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/hypercall.h>
#include <hv/irq.h>
#include <hv/softirq.h>
#include <string.h>
#include "core_sim.h"
#include "host.h"
#include "suite.h"

static struct domain *d0, *d1, *d2;

static int64_t op(struct vcpu *v, unsigned cmd, void *arg)
{
	sim_enter(v);
	return hc_event_channel_op(cmd, (uint64_t)(uintptr_t)arg, 0, 0, 0);
}

static void setup(void)
{
	sim_start(2);
	d0 = sim_domain(0, 2);
	d1 = sim_domain(1, 3);
	d2 = sim_domain(2, 1);
}

static evtchn_port_t unbound(struct domain *by, domid_t dom, domid_t remote)
{
	struct evtchn_alloc_unbound a = {.dom = dom, .remote_dom = remote};

	ck_assert_int_eq(op(by->vcpu[0], EVTCHNOP_alloc_unbound, &a), 0);
	return a.port;
}

static evtchn_port_t interdomain(struct domain *by, domid_t remote, evtchn_port_t rport)
{
	struct evtchn_bind_interdomain b = {.remote_dom = remote, .remote_port = rport};

	ck_assert_int_eq(op(by->vcpu[0], EVTCHNOP_bind_interdomain, &b), 0);
	return b.local_port;
}

static int64_t send(struct vcpu *v, evtchn_port_t port)
{
	struct evtchn_send s = {port};

	return op(v, EVTCHNOP_send, &s);
}

static struct evtchn_status status(struct domain *d, evtchn_port_t port)
{
	struct evtchn_status st = {.dom = DOMID_SELF, .port = port};

	ck_assert_int_eq(op(d->vcpu[0], EVTCHNOP_status, &st), 0);
	return st;
}

static int64_t close_port(struct domain *d, evtchn_port_t port)
{
	struct evtchn_close c = {port};

	return op(d->vcpu[0], EVTCHNOP_close, &c);
}

START_TEST(allocation)
{
	struct evtchn_alloc_unbound a = {.dom = DOMID_SELF, .remote_dom = 0};

	ck_assert_uint_eq(unbound(d1, DOMID_SELF, 0), 1);
	ck_assert_uint_eq(unbound(d1, 1, 0), 2);
	ck_assert_uint_eq(unbound(d0, 1, 2), 3);
	ck_assert_uint_eq(status(d1, 3).u.unbound.dom, 2);
	a.dom = 2;
	ck_assert_int_eq(op(d1->vcpu[0], EVTCHNOP_alloc_unbound, &a), -EPERM);
	a.dom = 77;
	ck_assert_int_eq(op(d0->vcpu[0], EVTCHNOP_alloc_unbound, &a), -ESRCH);
	ck_assert_int_eq(hc_event_channel_op(EVTCHNOP_alloc_unbound, 16, 0, 0, 0), -EFAULT);
	ck_assert_int_eq(close_port(d1, 1), 0);
	ck_assert_uint_eq(unbound(d1, DOMID_SELF, DOMID_SELF), 1);
	ck_assert_uint_eq(status(d1, 1).u.unbound.dom, 1);
	for (unsigned i = 4; i <= 1023; i++)
		ck_assert_uint_eq(unbound(d1, DOMID_SELF, 0), i);
	a.dom = DOMID_SELF;
	ck_assert_int_eq(op(d1->vcpu[0], EVTCHNOP_alloc_unbound, &a), -ENOSPC);
	ck_assert_uint_eq(d1->evtchn.active, 1023);
	ck_assert_int_eq(close_port(d1, 700), 0);
	ck_assert_uint_eq(unbound(d1, DOMID_SELF, 0), 700);
}
END_TEST

START_TEST(interdomain_life)
{
	evtchn_port_t p1 = unbound(d1, DOMID_SELF, 0), p0;
	struct evtchn_bind_interdomain b = {.remote_dom = 1, .remote_port = p1};

	/* Sending where nobody listens is no error. */
	ck_assert_int_eq(send(d1->vcpu[0], p1), 0);
	ck_assert_int_eq(op(d2->vcpu[0], EVTCHNOP_bind_interdomain, &b), -EINVAL);
	b.remote_port = 900;
	ck_assert_int_eq(op(d0->vcpu[0], EVTCHNOP_bind_interdomain, &b), -EINVAL);
	b.remote_dom = 99;
	ck_assert_int_eq(op(d0->vcpu[0], EVTCHNOP_bind_interdomain, &b), -ESRCH);
	p0 = interdomain(d0, 1, p1);
	ck_assert(sim_pending(d0, p0));
	ck_assert(!sim_pending(d1, p1));
	b = (struct evtchn_bind_interdomain){.remote_dom = 1, .remote_port = p1};
	ck_assert_int_eq(op(d0->vcpu[0], EVTCHNOP_bind_interdomain, &b), -EINVAL);
	ck_assert_uint_eq(status(d1, p1).u.interdomain.dom, 0);
	ck_assert_uint_eq(status(d1, p1).u.interdomain.port, p0);

	ck_assert_int_eq(send(d0->vcpu[0], p0), 0);
	ck_assert(sim_pending(d1, p1));
	ck_assert_uint_eq(d1->vcpu[0]->info->evtchn_pending_sel, 1ull << (p1 / 64));
	ck_assert_uint_eq(d1->vcpu[0]->info->evtchn_upcall_pending, 1);

	ck_assert_int_eq(close_port(d0, p0), 0);
	ck_assert_uint_eq(status(d1, p1).status, EVTCHNSTAT_unbound);
	ck_assert_uint_eq(status(d1, p1).u.unbound.dom, 0);
	ck_assert(!sim_pending(d0, p0));
	ck_assert_int_eq(close_port(d0, p0), -EINVAL);
	/* The same peer may bind again. */
	p0 = interdomain(d0, 1, p1);
	ck_assert_int_eq(close_port(d1, p1), 0);
	ck_assert_uint_eq(status(d0, p0).status, EVTCHNSTAT_unbound);
}
END_TEST

START_TEST(loop_to_self)
{
	evtchn_port_t a = unbound(d1, DOMID_SELF, DOMID_SELF), b = interdomain(d1, DOMID_SELF, a);

	sim_ack(d1->vcpu[0]);
	ck_assert_int_eq(send(d1->vcpu[0], b), 0);
	ck_assert(sim_pending(d1, a) && !sim_pending(d1, b));
	ck_assert_int_eq(close_port(d1, b), 0);
	ck_assert_uint_eq(status(d1, a).status, EVTCHNSTAT_unbound);
}
END_TEST

START_TEST(virqs)
{
	struct evtchn_bind_virq b = {.virq = VIRQ_TIMER, .vcpu = 1};
	struct evtchn_bind_vcpu v = {.vcpu = 0};
	evtchn_port_t timer;

	ck_assert_int_eq(op(d1->vcpu[0], EVTCHNOP_bind_virq, &b), 0);
	timer = b.port;
	ck_assert_int_eq(op(d1->vcpu[0], EVTCHNOP_bind_virq, &b), -EEXIST);
	b.vcpu = 3;
	ck_assert_int_eq(op(d1->vcpu[0], EVTCHNOP_bind_virq, &b), -ENOENT);
	b = (struct evtchn_bind_virq){.virq = VIRQ_DOM_EXC, .vcpu = 1};
	ck_assert_int_eq(op(d0->vcpu[0], EVTCHNOP_bind_virq, &b), -EINVAL);
	b = (struct evtchn_bind_virq){.virq = NR_VIRQS};
	ck_assert_int_eq(op(d0->vcpu[0], EVTCHNOP_bind_virq, &b), -EINVAL);

	evtchn_raise_virq(d1->vcpu[0], VIRQ_TIMER);
	ck_assert(!sim_pending(d1, timer));
	evtchn_raise_virq(d1->vcpu[1], VIRQ_TIMER);
	ck_assert(sim_pending(d1, timer));
	ck_assert_uint_eq(d1->vcpu[1]->info->evtchn_upcall_pending, 1);
	ck_assert_uint_eq(d1->vcpu[0]->info->evtchn_upcall_pending, 0);
	ck_assert_uint_eq(status(d1, timer).vcpu, 1);
	ck_assert_uint_eq(status(d1, timer).u.virq, VIRQ_TIMER);
	ck_assert_int_eq(send(d1->vcpu[0], timer), -EINVAL);
	v.port = timer;
	ck_assert_int_eq(op(d1->vcpu[0], EVTCHNOP_bind_vcpu, &v), -EINVAL);

	/* Global ones go to the control domain, and may be moved. */
	b = (struct evtchn_bind_virq){.virq = VIRQ_DOM_EXC};
	ck_assert_int_eq(op(d0->vcpu[0], EVTCHNOP_bind_virq, &b), 0);
	v = (struct evtchn_bind_vcpu){.port = b.port, .vcpu = 1};
	ck_assert_int_eq(op(d0->vcpu[0], EVTCHNOP_bind_vcpu, &v), 0);
	evtchn_raise_global_virq(VIRQ_DOM_EXC);
	ck_assert(sim_pending(d0, b.port));
	ck_assert_uint_eq(d0->vcpu[1]->info->evtchn_upcall_pending, 1);
	ck_assert_int_eq(close_port(d0, b.port), 0);
	evtchn_raise_global_virq(VIRQ_DOM_EXC);
	ck_assert(!sim_pending(d0, b.port));
	ck_assert_int_eq(op(d0->vcpu[0], EVTCHNOP_bind_virq, &b), 0);
}
END_TEST

START_TEST(ipis)
{
	struct evtchn_bind_ipi b = {.vcpu = 2};
	struct evtchn_bind_vcpu v = {.vcpu = 1};

	ck_assert_int_eq(op(d1->vcpu[0], EVTCHNOP_bind_ipi, &b), 0);
	ck_assert_int_eq(send(d1->vcpu[0], b.port), 0);
	ck_assert_uint_eq(d1->vcpu[2]->info->evtchn_upcall_pending, 1);
	v.port = b.port;
	ck_assert_int_eq(op(d1->vcpu[0], EVTCHNOP_bind_vcpu, &v), -EINVAL);
	ck_assert_uint_eq(status(d1, b.port).status, EVTCHNSTAT_ipi);
	b.vcpu = 3;
	ck_assert_int_eq(op(d1->vcpu[0], EVTCHNOP_bind_ipi, &b), -ENOENT);
	v = (struct evtchn_bind_vcpu){.port = b.port, .vcpu = 9};
	ck_assert_int_eq(op(d1->vcpu[0], EVTCHNOP_bind_vcpu, &v), -ENOENT);
	v = (struct evtchn_bind_vcpu){.port = 4000, .vcpu = 1};
	ck_assert_int_eq(op(d1->vcpu[0], EVTCHNOP_bind_vcpu, &v), -EINVAL);
}
END_TEST

START_TEST(pirqs)
{
	struct evtchn_bind_pirq b = {.pirq = 9};
	evtchn_port_t port;

	ck_assert_int_eq(op(d0->vcpu[0], EVTCHNOP_bind_pirq, &b), 0);
	port = b.port;
	evtchn_raise_pirq(d0, port);
	ck_assert(sim_pending(d0, port));
	ck_assert_uint_eq(status(d0, port).u.pirq, 9);
	b.pirq = 99;
	ck_assert_int_eq(op(d0->vcpu[0], EVTCHNOP_bind_pirq, &b), -EINVAL);
	/* Nothing is left of the attempt. */
	ck_assert_uint_eq(unbound(d0, DOMID_SELF, 1), port + 1);
	ck_assert_int_eq(close_port(d0, port), 0);
	evtchn_raise_pirq(d0, port);
	ck_assert(!sim_pending(d0, port));
}
END_TEST

START_TEST(masking)
{
	evtchn_port_t a = unbound(d1, DOMID_SELF, 0), b = interdomain(d0, 1, a);
	struct shared_info *s = d1->shared_info;
	struct evtchn_unmask u = {a};

	sim_ack(d1->vcpu[0]);
	s->evtchn_mask[0] = 1ull << a;
	ck_assert_int_eq(send(d0->vcpu[0], b), 0);
	ck_assert(sim_pending(d1, a));
	ck_assert_uint_eq(d1->vcpu[0]->info->evtchn_upcall_pending, 0);
	ck_assert_int_eq(op(d1->vcpu[0], EVTCHNOP_unmask, &u), 0);
	ck_assert_uint_eq(d1->vcpu[0]->info->evtchn_upcall_pending, 1);
	ck_assert_uint_eq(s->evtchn_mask[0] & 1ull << a, 0);
	/* Unmasking what is not masked raises nothing. */
	d1->vcpu[0]->info->evtchn_upcall_pending = 0;
	d1->vcpu[0]->info->evtchn_pending_sel = 0;
	ck_assert_int_eq(op(d1->vcpu[0], EVTCHNOP_unmask, &u), 0);
	ck_assert_uint_eq(d1->vcpu[0]->info->evtchn_upcall_pending, 0);
	u.port = 3000;
	ck_assert_int_eq(op(d1->vcpu[0], EVTCHNOP_unmask, &u), -EINVAL);
	u.port = 5000000;
	ck_assert_int_eq(op(d1->vcpu[0], EVTCHNOP_unmask, &u), -EINVAL);
}
END_TEST

START_TEST(wakes_blocked)
{
	evtchn_port_t a = unbound(d1, DOMID_SELF, 0), b = interdomain(d0, 1, a);
	struct vcpu *v = d1->vcpu[0];

	sim_enter(v);
	sim_ack(v);
	ck_assert_int_eq(hc_sched_op(1, 0, 0, 0, 0), 0);
	ck_assert(v->blocked);
	ck_assert_uint_eq(v->info->evtchn_upcall_mask, 0);
	host_cpu = 1;
	ck_assert_int_eq(evtchn_send(d0, b), 0);
	host_cpu = 0;
	ck_assert(!v->blocked);
	/* One that runs on another CPU gets an IPI, even when its mask looks set: may be stale. */
	sim_ack(v);
	memset(&host_kicks, 0, sizeof(host_kicks));
	host_cpu = 1;
	ck_assert_int_eq(evtchn_send(d0, b), 0);
	ck_assert(cpumask_test(&host_kicks, 0));
	memset(&host_kicks, 0, sizeof(host_kicks));
	sim_ack(v);
	v->info->evtchn_upcall_mask = 1;
	ck_assert_int_eq(evtchn_send(d0, b), 0);
	ck_assert(cpumask_test(&host_kicks, 0));
	host_cpu = 0;
}
END_TEST

static int64_t poll(struct vcpu *v, evtchn_port_t *ports, uint32_t n, uint64_t timeout)
{
	struct {
		uint64_t ports;
		uint32_t n, pad;
		uint64_t timeout;
	} p = {(uint64_t)(uintptr_t)ports, n, 0, timeout};

	sim_enter(v);
	return hc_sched_op(3, (uint64_t)(uintptr_t)&p, 0, 0, 0);
}

START_TEST(polling)
{
	evtchn_port_t ports[200] = {unbound(d1, DOMID_SELF, 0), unbound(d1, DOMID_SELF, 0)};
	evtchn_port_t b0 = interdomain(d0, 1, ports[0]), b1 = interdomain(d0, 1, ports[1]);
	struct vcpu *v = d1->vcpu[0];

	sim_enter(v);
	sim_ack(v);
	v->info->evtchn_upcall_mask = 1;
	d1->shared_info->evtchn_mask[0] = ~0ull;
	ck_assert_int_eq(poll(v, ports, 129, 0), -EINVAL);
	ports[5] = 3000;
	ck_assert_int_eq(poll(v, ports, 6, 0), -EINVAL);
	ck_assert(!v->blocked);
	/* The single port that is polled wakes it, masked though it is; another does not. */
	ck_assert_int_eq(poll(v, ports, 1, 0), 0);
	ck_assert(v->blocked);
	ck_assert_int_eq(evtchn_send(d0, b1), 0);
	ck_assert(v->blocked);
	ck_assert_int_eq(evtchn_send(d0, b0), 0);
	ck_assert(!v->blocked);
	ck_assert_uint_eq(d1->evtchn.pollers[0], 0);
	/* Pending already: does not sleep. */
	ck_assert_int_eq(poll(v, ports, 2, 0), 0);
	ck_assert(!v->blocked);
	sim_ack(v);
	ck_assert_int_eq(poll(v, ports, 2, 0), 0);
	ck_assert_int_eq(evtchn_send(d0, b1), 0);
	ck_assert(!v->blocked);
	/* Time-out. */
	sim_ack(v);
	ck_assert_int_eq(poll(v, ports, 2, (uint64_t)host_clock - 5), 0);
	ck_assert(!v->blocked);
	ck_assert_int_eq(poll(v, ports, 2, (uint64_t)host_clock + 500), 0);
	ck_assert(v->blocked);
	host_clock += 400;
	timer_softirq();
	ck_assert(v->blocked);
	host_clock += 100;
	timer_softirq();
	ck_assert(!v->blocked);
	/* One that only fires later finds nobody polling. */
	ck_assert_int_eq(poll(v, ports, 2, (uint64_t)host_clock + 500), 0);
	ck_assert_int_eq(evtchn_send(d0, b1), 0);
	host_clock += 1000;
	timer_softirq();
	ck_assert(!v->blocked);
}
END_TEST

/* Ports by number, of domains that have not run yet: as good as others, and no event waits. */
START_TEST(given_ports)
{
	evtchn_bind_ports(d1, 10, d2, 100);
	ck_assert_int_eq(status(d1, 10).status, EVTCHNSTAT_interdomain);
	ck_assert_int_eq(status(d2, 100).u.interdomain.port, 10);
	ck_assert(!sim_pending(d1, 10) && !sim_pending(d2, 100));
	ck_assert_int_eq(send(d1->vcpu[0], 10), 0);
	ck_assert(sim_pending(d2, 100));
	for (evtchn_port_t p = unbound(d1, DOMID_SELF, 0); p < 20; p = unbound(d1, DOMID_SELF, 0))
		ck_assert_uint_ne(p, 10);
	sim_kill(d1);
	ck_assert_int_eq(status(d2, 100).status, EVTCHNSTAT_unbound);
	sim_stop();
}
END_TEST

START_TEST(status_and_reset)
{
	struct evtchn_status st = {.dom = 2, .port = 1};
	struct evtchn_reset r = {0};
	evtchn_port_t p = unbound(d1, DOMID_SELF, 0);

	interdomain(d0, 1, p);
	unbound(d1, DOMID_SELF, 0);
	ck_assert_int_eq(op(d1->vcpu[0], EVTCHNOP_status, &st), -EPERM);
	st.dom = 50;
	ck_assert_int_eq(op(d0->vcpu[0], EVTCHNOP_status, &st), -ESRCH);
	st = (struct evtchn_status){.dom = 1, .port = 500};
	ck_assert_int_eq(op(d0->vcpu[0], EVTCHNOP_status, &st), -EINVAL);
	st.port = 40;
	ck_assert_int_eq(op(d0->vcpu[0], EVTCHNOP_status, &st), 0);
	ck_assert_uint_eq(st.status, EVTCHNSTAT_closed);
	ck_assert_int_eq(op(d1->vcpu[0], EVTCHNOP_reset, &r), -EPERM);
	r.dom = 1;
	ck_assert_int_eq(op(d0->vcpu[0], EVTCHNOP_reset, &r), -EINVAL);
	d1->controller_pause = 1;
	host_preempt_after = 1;
	ck_assert_int_eq(op(d0->vcpu[0], EVTCHNOP_reset, &r), HOST_RESTARTED);
	host_preempt_after = -1;
	ck_assert_int_eq(op(d0->vcpu[0], EVTCHNOP_reset, &r), 0);
	ck_assert_uint_eq(d1->evtchn.active, 0);
	ck_assert_uint_eq(unbound(d1, DOMID_SELF, 0), 1);
	for (unsigned cmd = EVTCHNOP_set_priority + 1; cmd < 20; cmd++)
		ck_assert_int_eq(op(d1->vcpu[0], cmd, &r), -ENOSYS);
}
END_TEST

START_TEST(death_unbinds_peers)
{
	evtchn_port_t a = unbound(d1, DOMID_SELF, 0), b = interdomain(d0, 1, a);
	evtchn_port_t c = unbound(d0, DOMID_SELF, 1), e = interdomain(d1, 0, c);

	(void)e;
	sim_kill(d1);
	ck_assert_ptr_null(domain_get(1));
	ck_assert_uint_eq(status(d0, b).status, EVTCHNSTAT_unbound);
	ck_assert_uint_eq(status(d0, c).status, EVTCHNSTAT_unbound);
	ck_assert_int_eq(send(d0->vcpu[0], b), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("evtchn");
	TCase *tc = tcase_create("evtchn");

	tcase_add_checked_fixture(tc, setup, sim_stop);
	tcase_add_test(tc, allocation);
	tcase_add_test(tc, interdomain_life);
	tcase_add_test(tc, loop_to_self);
	tcase_add_test(tc, virqs);
	tcase_add_test(tc, ipis);
	tcase_add_test(tc, pirqs);
	tcase_add_test(tc, masking);
	tcase_add_test(tc, wakes_blocked);
	tcase_add_test(tc, polling);
	tcase_add_test(tc, given_ports);
	tcase_add_test(tc, status_and_reset);
	tcase_add_test(tc, death_unbinds_peers);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
