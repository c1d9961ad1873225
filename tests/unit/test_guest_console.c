/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Console rings that the hypervisor serves: by lines and byte for byte, with any indices, until
 * somebody binds the port, and not beyond the domain's end.
 */
#include <abi/console_ring.h>
#include <abi/evtchn.h>
#include <check.h>
#include <hv/console.h>
#include <hv/errno.h>
#include <hv/hypercall.h>
#include <hv/softirq.h>
#include <string.h>
#include "core_sim.h"
#include "host.h"
#include "suite.h"

static struct domain *d;
static struct xencons_interface *ring;
static evtchn_port_t port;

static void start(bool machine)
{
	mfn_t frame;

	sim_start(1);
	d = sim_domain(1, 1);
	frame = sim_frame(d);
	ring = frame_virt(frame);
	memset(ring, 0, sizeof(*ring));
	ck_assert_int_eq(evtchn_alloc_unbound(d, 0, &port), 0);
	ck_assert_int_eq(guest_console_init(d, frame, port, machine), 0);
	ck_assert_int_eq(page_get_and_type(frame, d, PGT_L1), -EINVAL);
	sim_printed[0] = 0;
}

static void write_ring(const char *s, size_t n)
{
	struct evtchn_send op = {port};

	for (size_t i = 0; i < n; i++)
		ring->out[ring->out_prod++ % sizeof(ring->out)] = s[i];
	sim_enter(d->vcpu[0]);
	ck_assert_int_eq(hc_event_channel_op(EVTCHNOP_send, (uint64_t)(uintptr_t)&op, 0, 0, 0), 0);
}

static void expect(const char *s)
{
	ck_assert_str_eq(sim_printed, s);
	sim_printed[0] = 0;
}

START_TEST(lines)
{
	char text[300];

	start(false);
	write_ring("hel", 3);
	expect("");
	ck_assert_uint_eq(ring->out_cons, 0);
	write_ring("lo\r\n\033[2Jtwo\nthr", 15);
	expect("(d1) hello\n(d1) .[2Jtwo\n");
	write_ring("ee\n\n", 4);
	expect("(d1) three\n(d1) \n");
	ck_assert_uint_eq(ring->out_cons, ring->out_prod);
	/* A line that does not end is cut. */
	memset(text, 'x', sizeof(text));
	write_ring(text, sizeof(text));
	ck_assert_uint_eq(strlen(sim_printed), 5 + 256 + 1);
	ck_assert_uint_eq(ring->out_prod - ring->out_cons, sizeof(text) - 256);
	sim_stop();
}
END_TEST

START_TEST(any_index)
{
	start(false);
	memset(ring->out, '\n', sizeof(ring->out));
	ring->out_prod = 0x80000003;
	ring->out_cons = 0x7fffffff;
	write_ring("", 0);
	expect("(d1) \n(d1) \n(d1) \n(d1) \n");
	/* More than the ring holds: a ring full of it, or a little more, and an end. */
	ring->out_cons = ring->out_prod + 1;
	memset(ring->out, 'y', sizeof(ring->out));
	write_ring("", 0);
	ck_assert_uint_le(strlen(sim_printed), 2 * sizeof(ring->out));
	sim_stop();
}
END_TEST

START_TEST(machine)
{
	struct evtchn_alloc_unbound other = {.dom = DOMID_SELF, .remote_dom = 0};

	start(true);
	write_ring("login: \033[0m", 11);
	expect("login: \033[0m");
	/* A second port is nobody's. */
	sim_enter(d->vcpu[0]);
	ck_assert_int_eq(
		hc_event_channel_op(EVTCHNOP_alloc_unbound, (uint64_t)(uintptr_t)&other, 0, 0, 0),
		0);
	ring->out[ring->out_prod++ % sizeof(ring->out)] = '!';
	ck_assert_int_eq(evtchn_send(d, other.port), 0);
	expect("");
	sim_stop();
}
END_TEST

START_TEST(input)
{
	start(true);
	ring->in_prod = ring->in_cons = UINT32_MAX;
	sim_typed = "root\r";
	guest_console_input();
	ck_assert(!sim_pending(d, port));
	softirq_run();
	ck_assert(sim_pending(d, port));
	ck_assert_uint_eq(ring->in_prod, 4);
	ck_assert(ring->in[1023] == 'r' && !memcmp(ring->in, "oot\r", 4));
	/* No room: it stays where it is. */
	ring->in_cons = ring->in_prod - sizeof(ring->in);
	sim_typed = "x";
	guest_console_input();
	softirq_run();
	ck_assert_str_eq(sim_typed, "x");
	/* A control domain has the machine's input. */
	ring->in_cons = ring->in_prod;
	sim_domain(0, 1);
	guest_console_input();
	softirq_run();
	ck_assert_str_eq(sim_typed, "x");
	sim_typed = "";
	sim_stop();
}
END_TEST

START_TEST(handed_over)
{
	struct evtchn_bind_interdomain b = {.remote_dom = 1};
	struct domain *d0;

	start(false);
	d0 = sim_domain(0, 1);
	b.remote_port = port;
	write_ring("one\n", 4);
	expect("(d1) one\n");
	sim_enter(d0->vcpu[0]);
	ck_assert_int_eq(
		hc_event_channel_op(EVTCHNOP_bind_interdomain, (uint64_t)(uintptr_t)&b, 0, 0, 0),
		0);
	write_ring("two\n", 4);
	expect("");
	ck_assert(sim_pending(d0, b.local_port));
	/* The daemon's death gives nothing back: it finds the ring as it was. */
	ck_assert_int_eq(evtchn_close(d0, b.local_port), 0);
	write_ring("three\n", 6);
	expect("");
	ck_assert_uint_eq(ring->out_prod - ring->out_cons, 10);
	sim_stop();
}
END_TEST

START_TEST(dies)
{
	start(true);
	sim_kill(d);
	sim_typed = "late";
	guest_console_input();
	softirq_run();
	ck_assert_str_eq(sim_typed, "late");
	sim_typed = "";
	sim_stop();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("guest_console");
	TCase *tc = tcase_create("ring");

	tcase_add_test(tc, lines);
	tcase_add_test(tc, any_index);
	tcase_add_test(tc, machine);
	tcase_add_test(tc, input);
	tcase_add_test(tc, handed_over);
	tcase_add_test(tc, dies);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
