// SPDX-License-Identifier: GPL-2.0-or-later
/* Counters: what raises which, for whom, and how control domains get to see them. */
#include <abi/base.h>
#include <abi/counter_table.h>
#include <abi/grant.h>
#include <check.h>
#include <hv/counter.h>
#include <hv/errno.h>
#include <hv/hypercall.h>
#include <hv/tlb.h>
#include <string.h>
#include "control_sim.h"
#include "host.h"
#include "suite.h"

#define BAD_POINTER 8
#define INDEX(name) PAVISE_COUNTER_##name

static struct domain *d0, *d1, *d2;
static uint64_t sums[PAVISE_COUNTERS + 1];

static void setup(void)
{
	sim_start(2);
	d0 = sim_domain(0, 1);
	d1 = sim_domain(1, 2);
	d2 = sim_domain(2, 1);
	sim_enter(d0->vcpu[0]);
	memset(sums, 0xee, sizeof(sums));
}

static int64_t ask(domid_t id, uint32_t room, uint64_t to, uint32_t *there)
{
	struct xen_domctl op = {.cmd = XEN_DOMCTL_pavise_counters,
				.domain = id,
				.u.pavise_counters = {.nr_values = room, .values = to}};
	int64_t rc = sim_domctl(&op);

	*there = op.u.pavise_counters.nr_values;
	return rc;
}

/* The whole record of @d, by the control domain. */
static const uint64_t *of(const struct domain *d)
{
	struct vcpu *was = current_vcpu();
	uint32_t there;

	sim_enter(d0->vcpu[0]);
	ck_assert_int_eq(ask(d->id, PAVISE_COUNTERS, (uint64_t)(uintptr_t)sums, &there), 0);
	sim_enter(was);
	return sums;
}

static void send(struct vcpu *v, evtchn_port_t port, unsigned times)
{
	struct evtchn_send s = {port};

	sim_enter(v);
	while (times--)
		(void)hc_event_channel_op(EVTCHNOP_send, (uint64_t)(uintptr_t)&s, 0, 0, 0);
}

START_TEST(of_a_domain)
{
	uint64_t part[3] = {7, 7, 7};
	uint32_t there;

	d1->vcpu[0]->counters[0] = 1ull << 40;
	d1->vcpu[1]->counters[0] = 5;
	d1->vcpu[1]->counters[1] = 6;
	d1->vcpu[1]->counters[PAVISE_COUNTERS - 1] = 8;
	d2->vcpu[0]->counters[1] = 9;
	ck_assert_uint_eq(of(d1)[0], (1ull << 40) + 5);
	ck_assert_uint_eq(sums[1], 6);
	ck_assert_uint_eq(sums[PAVISE_COUNTERS - 1], 8);
	ck_assert_uint_eq(sums[PAVISE_COUNTERS], 0xeeeeeeeeeeeeeeee);
	ck_assert_uint_eq(of(d2)[0], 0);
	ck_assert_uint_eq(sums[1], 9);

	/* As many as there is room for; the number is told in any case. */
	ck_assert_int_eq(ask(1, 2, (uint64_t)(uintptr_t)part, &there), 0);
	ck_assert_uint_eq(there, PAVISE_COUNTERS);
	ck_assert_uint_eq(part[0], (1ull << 40) + 5);
	ck_assert_uint_eq(part[1], 6);
	ck_assert_uint_eq(part[2], 7);
	ck_assert_int_eq(ask(1, UINT32_MAX, 0, &there), 0);
	ck_assert_uint_eq(there, PAVISE_COUNTERS);
	memset(sums, 0xee, sizeof(sums));
	ck_assert_int_eq(ask(2, UINT32_MAX, (uint64_t)(uintptr_t)sums, &there), 0);
	ck_assert_uint_eq(sums[1], 9);
	ck_assert_uint_eq(sums[PAVISE_COUNTERS], 0xeeeeeeeeeeeeeeee);
	ck_assert_int_eq(ask(DOMID_SELF, 1, (uint64_t)(uintptr_t)part, &there), 0);
	ck_assert_uint_eq(part[0], 0);
	ck_assert_int_eq(ask(1, 1, BAD_POINTER, &there), -EFAULT);
	ck_assert_int_eq(ask(3, 1, (uint64_t)(uintptr_t)part, &there), -ESRCH);
}
END_TEST

static struct sysctl_perfc_desc descs[64];
static uint32_t vals[PAVISE_COUNTERS];

static int64_t perfc(uint32_t cmd, uint64_t desc, uint64_t val)
{
	static struct xen_sysctl op;
	int64_t rc;

	op = (struct xen_sysctl){.cmd = XEN_SYSCTL_perfc_op,
				 .u.perfc_op = {.cmd = cmd, .desc = desc, .val = val}};
	rc = sim_sysctl(&op);
	ck_assert_uint_eq(op.u.perfc_op.nr_vals, rc ? 0 : PAVISE_COUNTERS);
	return rc ? rc : (int64_t)op.u.perfc_op.nr_counters;
}

static uint32_t total(unsigned index)
{
	ck_assert_int_gt(perfc(XEN_SYSCTL_PERFCOP_query, 0, (uint64_t)(uintptr_t)vals), 0);
	return vals[index];
}

#define ROW(name, first, n) {#name, first, n},
static const struct {
	const char *name;
	uint32_t first, n;
} named[] = {ABI_COUNTERS(ROW)};

START_TEST(of_the_machine)
{
	int64_t n = perfc(XEN_SYSCTL_PERFCOP_query, (uint64_t)(uintptr_t)descs, 0);
	uint32_t all = 0;

	/* Names as the ABI's source has them, one after another. */
	ck_assert_int_eq(n, ARRAY_SIZE(named));
	for (unsigned i = 0; i < ARRAY_SIZE(named); i++) {
		ck_assert_str_eq(descs[i].name, named[i].name);
		ck_assert_uint_eq(descs[i].nr_vals, named[i].n);
		ck_assert_uint_eq(named[i].first, all);
		all += descs[i].nr_vals;
	}
	ck_assert_uint_eq(all, PAVISE_COUNTERS);
	ck_assert_str_eq(descs[ARRAY_SIZE(named)].name, "");

	/* The sums of all domains, cut to 32 bits; the dead stay in them. */
	d0->vcpu[0]->counters[3] = 1;
	d1->vcpu[1]->counters[3] = (1ull << 32) + 10;
	d2->vcpu[0]->counters[3] = 100;
	ck_assert_uint_eq(total(3), 111);
	sim_kill(d1);
	sim_enter(d0->vcpu[0]);
	ck_assert_uint_eq(total(3), 111);

	/* A reset gives what was there, and begins anew; domains keep their own. */
	ck_assert_int_gt(perfc(XEN_SYSCTL_PERFCOP_reset, (uint64_t)(uintptr_t)descs,
			       (uint64_t)(uintptr_t)vals),
			 0);
	ck_assert_uint_eq(vals[3], 111);
	ck_assert_uint_eq(total(3), 0);
	ck_assert_uint_eq(of(d2)[3], 100);
	d2->vcpu[0]->counters[3] += 5;
	ck_assert_uint_eq(total(3), 5);
	sim_kill(d2);
	sim_enter(d0->vcpu[0]);
	ck_assert_uint_eq(total(3), 5);

	ck_assert_int_eq(perfc(0, 0, 0), -EINVAL);
	ck_assert_int_eq(perfc(XEN_SYSCTL_PERFCOP_query, BAD_POINTER, 0), -EFAULT);
	ck_assert_int_eq(perfc(XEN_SYSCTL_PERFCOP_reset, 0, BAD_POINTER), -EFAULT);
	ck_assert_uint_eq(total(3), 5);
}
END_TEST

/* Dying, but held by somebody: it counts once, not twice. */
START_TEST(of_the_dying)
{
	uint32_t before;

	d1->vcpu[0]->counters[3] = 10;
	before = total(3);
	domain_ref(d1);
	sim_kill(d1);
	sim_enter(d0->vcpu[0]);
	ck_assert_uint_eq(of(d1)[3], 0);
	ck_assert_uint_eq(total(3), before);
	domain_put(d1);
}
END_TEST

START_TEST(sends)
{
	evtchn_port_t port = 0;

	ck_assert_int_eq(evtchn_bind_ipi(d1, 1, &port), 0);
	send(d1->vcpu[1], port, 3);
	send(d2->vcpu[0], port + 1, 2); /* to nobody */
	ck_assert_uint_eq(of(d1)[INDEX(events_sent)], 3);
	ck_assert_uint_eq(of(d2)[INDEX(events_sent)], 2);
	ck_assert_uint_eq(of(d0)[INDEX(events_sent)], 0);
}
END_TEST

START_TEST(grants)
{
	struct gnttab_map_grant_ref maps[3] = {{.dom = 1}, {.dom = 1}, {.dom = 1}};
	struct gnttab_query_size q = {.dom = DOMID_SELF};

	sim_enter(d2->vcpu[0]);
	/* Refused ones were looked at, too; one that is not there ends the call. */
	ck_assert_int_eq(
		hc_grant_table_op(GNTTABOP_map_grant_ref, (uint64_t)(uintptr_t)maps, 3, 0, 0), 0);
	ck_assert_int_eq(hc_grant_table_op(GNTTABOP_map_grant_ref, BAD_POINTER, 2, 0, 0), -EFAULT);
	ck_assert_int_eq(hc_grant_table_op(GNTTABOP_query_size, (uint64_t)(uintptr_t)&q, 1, 0, 0),
			 0);
	ck_assert_uint_eq(of(d2)[INDEX(grant_ops) + GNTTABOP_map_grant_ref], 3);
	ck_assert_uint_eq(sums[INDEX(grant_ops) + GNTTABOP_unmap_grant_ref], 0);
	ck_assert_uint_eq(of(d1)[INDEX(grant_ops) + GNTTABOP_map_grant_ref], 0);
}
END_TEST

START_TEST(flushes)
{
	struct cpumask here = {{1}}, both = {{3}};

	sim_enter(d1->vcpu[0]);
	tlb_flush_cpus(&here);
	tlb_flush_cpus(&both);
	tlb_flush_va_cpus(&both, 0x1000);
	sim_enter(NULL);
	tlb_flush_cpus(&both); /* for nobody */
	ck_assert_uint_eq(of(d1)[INDEX(tlb_flushes)], 2);
	ck_assert_uint_eq(sums[INDEX(tlb_page_flushes)], 1);
	ck_assert_uint_eq(sums[INDEX(tlb_ipis)], 2);
	ck_assert_uint_eq(of(d0)[INDEX(tlb_flushes)], 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("counter");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, sim_stop);
	tcase_add_test(t, of_a_domain);
	tcase_add_test(t, of_the_machine);
	tcase_add_test(t, of_the_dying);
	tcase_add_test(t, sends);
	tcase_add_test(t, grants);
	tcase_add_test(t, flushes);
	suite_add_tcase(s, t);
	return suite_run(s);
}
