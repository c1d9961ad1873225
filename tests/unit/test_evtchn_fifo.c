/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events by queues: who may switch to them and how, order and priorities as a guest sees them that
 * keeps to the ABI, and that one that does not harms itself alone.
 */
#include <abi/base.h>
#include <abi/evtchn.h>
#include <check.h>
#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/hypercall.h>
#include <string.h>
#include "core_sim.h"
#include "host.h"
#include "suite.h"

#define BIT(n)        (1u << EVTCHN_FIFO_##n)
#define LINK(word)    ((word)&EVTCHN_FIFO_LINK_MASK)
#define DEFAULT_READY (1u << EVTCHN_FIFO_PRIORITY_DEFAULT)

static struct domain *d0, *d1;
/* What the guest d1 keeps: its first pages of words, and the heads it has got to. */
static mfn_t control_frame, word_frame[3];
static uint32_t *words[3];
static uint32_t guest_head[2][EVTCHN_FIFO_MAX_QUEUES];

static struct evtchn_fifo_control_block *control(unsigned vcpu)
{
	return (void *)((char *)frame_virt(control_frame) + vcpu * 128);
}

static int64_t op(struct vcpu *v, unsigned cmd, void *arg)
{
	sim_enter(v);
	return hc_event_channel_op(cmd, (uint64_t)(uintptr_t)arg, 0, 0, 0);
}

static int64_t init_control(struct domain *d, uint32_t vcpu, mfn_t frame, uint32_t offset)
{
	struct evtchn_init_control c = {.control_gfn = frame.n, .offset = offset, .vcpu = vcpu};
	int64_t rc = op(d->vcpu[0], EVTCHNOP_init_control, &c);

	ck_assert_uint_eq(c.link_bits, rc ? 0 : 17);
	return rc;
}

static int64_t expand(struct domain *d, mfn_t frame)
{
	struct evtchn_expand_array e = {frame.n};

	return op(d->vcpu[0], EVTCHNOP_expand_array, &e);
}

static int64_t set_priority(evtchn_port_t port, uint32_t priority)
{
	struct evtchn_set_priority p = {port, priority};

	return op(d1->vcpu[0], EVTCHNOP_set_priority, &p);
}

static evtchn_port_t unbound(struct domain *d)
{
	struct evtchn_alloc_unbound a = {.dom = DOMID_SELF, .remote_dom = 0};

	return op(d->vcpu[0], EVTCHNOP_alloc_unbound, &a) ? 0 : a.port;
}

/* A port of d1 that d0 sends to by the port returned. */
static evtchn_port_t channel(evtchn_port_t *at_d0)
{
	evtchn_port_t port = unbound(d1);
	struct evtchn_bind_interdomain b = {.remote_dom = 1, .remote_port = port};

	ck_assert_int_eq(op(d0->vcpu[0], EVTCHNOP_bind_interdomain, &b), 0);
	*at_d0 = b.local_port;
	return port;
}

static void setup(void)
{
	sim_start(2);
	d0 = sim_domain(0, 2);
	d1 = sim_domain(1, 2);
	memset(guest_head, 0, sizeof(guest_head));
	control_frame = sim_frame(d1);
	for (unsigned i = 0; i < 3; i++) {
		word_frame[i] = sim_frame(d1);
		words[i] = frame_virt(word_frame[i]);
	}
}

/* d1 switches over, with words for 1024 ports, none masked. */
static void use_fifo(void)
{
	ck_assert_int_eq(init_control(d1, 0, control_frame, 0), 0);
	ck_assert_int_eq(init_control(d1, 1, control_frame, 128), 0);
	ck_assert_int_eq(expand(d1, word_frame[0]), 0);
	sim_ack(d1->vcpu[0]);
	sim_ack(d1->vcpu[1]);
}

/* What a guest does: takes the next port of a queue, marks it handled; 0 when there is none. */
static evtchn_port_t take(unsigned vcpu, unsigned priority)
{
	struct evtchn_fifo_control_block *c = control(vcpu);
	uint32_t *head = &guest_head[vcpu][priority], word;
	evtchn_port_t port;

	if (!(c->ready >> priority & 1))
		return 0;
	port = *head ? *head : c->head[priority];
	word = words[0][port];
	words[0][port] = word & BIT(MASKED);
	*head = LINK(word);
	if (!*head)
		c->ready &= ~(1u << priority);
	return word & BIT(PENDING) ? port : 0;
}

static bool upcall(unsigned vcpu)
{
	bool yes = d1->vcpu[vcpu]->info->evtchn_upcall_pending;

	d1->vcpu[vcpu]->info->evtchn_upcall_pending = 0;
	return yes;
}

START_TEST(arguments)
{
	evtchn_port_t port = unbound(d1);

	ck_assert_int_eq(expand(d1, word_frame[0]), -EOPNOTSUPP);
	ck_assert_int_eq(set_priority(port, 3), -ENOSYS);
	ck_assert_int_eq(set_priority(900, 3), -EINVAL);
	ck_assert_int_eq(init_control(d1, 2, control_frame, 0), -ENOENT);
	ck_assert_int_eq(init_control(d1, 0, control_frame, 4), -EINVAL);
	ck_assert_int_eq(init_control(d1, 0, control_frame, PAGE_SIZE - 64), -EINVAL);
	ck_assert_int_eq(init_control(d1, 0, control_frame, UINT32_MAX - 7), -EINVAL);
	ck_assert_int_eq(init_control(d0, 0, control_frame, 0), -EINVAL);
	ck_assert_int_eq(init_control(d1, 0, MFN_INVALID, 0), -EINVAL);
	ck_assert(!d0->evtchn.fifo_on && !d1->evtchn.fifo_on);
	for (unsigned cmd = EVTCHNOP_init_control; cmd <= EVTCHNOP_set_priority; cmd++)
		ck_assert_int_eq(hc_event_channel_op(cmd, 16, 0, 0, 0), -EFAULT);
	use_fifo();
	ck_assert_int_eq(init_control(d1, 0, control_frame, 256), -EINVAL);
	ck_assert_int_eq(expand(d1, sim_frame(d0)), -EINVAL);
	ck_assert_int_eq(set_priority(port, 16), -EINVAL);
	ck_assert_int_eq(set_priority(port, 15), 0);
	ck_assert_int_eq(set_priority(900, 3), -EINVAL);
}
END_TEST

START_TEST(in_order)
{
	evtchn_port_t port[4], at_d0[4];

	use_fifo();
	for (unsigned i = 0; i < 4; i++)
		port[i] = channel(&at_d0[i]);
	for (unsigned round = 0; round < 3; round++) {
		for (unsigned i = 4; i--;)
			ck_assert_int_eq(evtchn_send(d0, at_d0[i]), 0);
		ck_assert_int_eq(evtchn_send(d0, at_d0[2]), 0);
		ck_assert_uint_eq(control(0)->ready, DEFAULT_READY);
		ck_assert(upcall(0) && !upcall(1));
		for (unsigned i = 4; i-- > 1;)
			ck_assert_uint_eq(take(0, EVTCHN_FIFO_PRIORITY_DEFAULT), port[i]);
		/* One more joins the queue while the guest is at it; no second upcall is needed. */
		ck_assert_int_eq(evtchn_send(d0, at_d0[3]), 0);
		ck_assert(!upcall(0));
		ck_assert_uint_eq(take(0, EVTCHN_FIFO_PRIORITY_DEFAULT), port[0]);
		ck_assert_uint_eq(take(0, EVTCHN_FIFO_PRIORITY_DEFAULT), port[3]);
		ck_assert_uint_eq(take(0, EVTCHN_FIFO_PRIORITY_DEFAULT), 0);
	}
	/* The bitmaps are out of use. */
	for (unsigned i = 0; i < 4; i++)
		ck_assert(!sim_pending(d1, port[i]));
}
END_TEST

START_TEST(priorities)
{
	evtchn_port_t a0, b0, a, b;

	use_fifo();
	a = channel(&a0);
	b = channel(&b0);
	ck_assert_int_eq(set_priority(b, 0), 0);
	evtchn_send(d0, a0);
	ck_assert(upcall(0));
	evtchn_send(d0, b0);
	ck_assert(upcall(0));
	ck_assert_uint_eq(control(0)->ready, DEFAULT_READY | 1);
	ck_assert_uint_eq(take(0, 0), b);
	ck_assert_uint_eq(take(0, EVTCHN_FIFO_PRIORITY_DEFAULT), a);
	/* Where it is queued stays; where it goes next is new. A new life has the default. */
	evtchn_send(d0, b0);
	ck_assert_int_eq(set_priority(b, 15), 0);
	ck_assert_uint_eq(take(0, 0), b);
	evtchn_send(d0, b0);
	ck_assert_uint_eq(take(0, 15), b);
	ck_assert_int_eq(op(d1->vcpu[0], EVTCHNOP_close, &b), 0);
	ck_assert_uint_eq(channel(&b0), b);
	evtchn_send(d0, b0);
	ck_assert_uint_eq(take(0, EVTCHN_FIFO_PRIORITY_DEFAULT), b);
}
END_TEST

START_TEST(masking)
{
	evtchn_port_t a0, a;

	use_fifo();
	a = channel(&a0);
	words[0][a] = BIT(MASKED);
	evtchn_send(d0, a0);
	ck_assert_uint_eq(words[0][a], BIT(MASKED) | BIT(PENDING));
	ck_assert(!upcall(0) && !control(0)->ready);
	evtchn_send(d0, a0);
	ck_assert_int_eq(op(d1->vcpu[0], EVTCHNOP_unmask, &a), 0);
	ck_assert_uint_eq(words[0][a], BIT(LINKED) | BIT(PENDING));
	ck_assert(upcall(0));
	ck_assert_uint_eq(take(0, EVTCHN_FIFO_PRIORITY_DEFAULT), a);
	ck_assert_int_eq(op(d1->vcpu[0], EVTCHNOP_unmask, &a), 0);
	ck_assert(!upcall(0) && !control(0)->ready);
}
END_TEST

/* Before the switch, between it and the page of words, and with no control block. */
START_TEST(early_events)
{
	evtchn_port_t a0, b0, c0, a = channel(&a0), b, c;
	struct evtchn_bind_vcpu to = {.vcpu = 1};

	d1->shared_info->evtchn_mask[0] = ~0ull;
	evtchn_send(d0, a0);
	/* A guest that sets bits of ports which do not exist gets nothing for it. */
	d1->shared_info->evtchn_pending[0] |= 1ull << 60;
	d1->shared_info->evtchn_pending[14] = ~0ull;
	ck_assert_int_eq(init_control(d1, 0, control_frame, 0), 0);
	ck_assert(!sim_pending(d1, a));
	b = channel(&b0);
	c = to.port = channel(&c0);
	ck_assert_int_eq(op(d1->vcpu[0], EVTCHNOP_bind_vcpu, &to), 0);
	evtchn_send(d0, b0);
	ck_assert(!control(0)->ready);
	ck_assert_int_eq(expand(d1, word_frame[0]), 0);
	ck_assert_uint_eq(take(0, EVTCHN_FIFO_PRIORITY_DEFAULT), a);
	ck_assert_uint_eq(take(0, EVTCHN_FIFO_PRIORITY_DEFAULT), b);
	ck_assert_uint_eq(take(0, EVTCHN_FIFO_PRIORITY_DEFAULT), 0);
	/* vCPU 1 has none: the event is noted, and delivered once unmasking asks for it. */
	evtchn_send(d0, c0);
	ck_assert_uint_eq(words[0][c], BIT(PENDING));
	ck_assert_int_eq(init_control(d1, 1, control_frame, 128), 0);
	ck_assert_int_eq(op(d1->vcpu[0], EVTCHNOP_unmask, &c), 0);
	ck_assert_uint_eq(take(1, EVTCHN_FIFO_PRIORITY_DEFAULT), c);
}
END_TEST

START_TEST(moving)
{
	evtchn_port_t a0, b0, a, b;
	struct evtchn_bind_vcpu to = {.vcpu = 1};

	use_fifo();
	to.port = a = channel(&a0);
	b = channel(&b0);
	evtchn_send(d0, a0);
	ck_assert_int_eq(op(d1->vcpu[0], EVTCHNOP_bind_vcpu, &to), 0);
	ck_assert_uint_eq(take(0, EVTCHN_FIFO_PRIORITY_DEFAULT), a);
	evtchn_send(d0, a0);
	ck_assert(upcall(1));
	/* It was vCPU 0's last, and is in a queue again, yet in another one. */
	evtchn_send(d0, b0);
	ck_assert_uint_eq(LINK(words[0][a]), 0);
	ck_assert_uint_eq(take(0, EVTCHN_FIFO_PRIORITY_DEFAULT), b);
	ck_assert_uint_eq(take(1, EVTCHN_FIFO_PRIORITY_DEFAULT), a);
}
END_TEST

START_TEST(reuse_of_queued_ports)
{
	evtchn_port_t a0, b0, a, b;

	use_fifo();
	a = channel(&a0);
	evtchn_send(d0, a0);
	ck_assert_int_eq(op(d1->vcpu[0], EVTCHNOP_close, &a), 0);
	ck_assert_uint_eq(words[0][a], BIT(LINKED));
	b = channel(&b0);
	ck_assert_uint_ne(b, a);
	ck_assert_uint_eq(take(0, EVTCHN_FIFO_PRIORITY_DEFAULT), 0);
	ck_assert_uint_eq(unbound(d1), a);
	/* The look for another port is bounded: with nothing but queued ones, one of them it is. */
	memset(words[0], 0xff, PAGE_SIZE);
	ck_assert_uint_eq(unbound(d1), b + 257);
}
END_TEST

START_TEST(many_ports)
{
	const struct domain_config cfg = {
		.max_vcpus = 1, .max_evtchn_port = UINT32_MAX, .max_grant_frames = 1};
	struct domain *d;

	ck_assert_int_eq(domain_create(5, &cfg, &d), 0);
	ck_assert_int_eq(vcpu_create(d, 0), 0);
	d->pages.max = 1000;
	for (evtchn_port_t p = 1; p < 4096; p++)
		ck_assert_uint_eq(unbound(d), p);
	ck_assert_uint_eq(unbound(d), 0);
	ck_assert_int_eq(init_control(d, 0, sim_frame(d), 0), 0);
	for (evtchn_port_t p = 4096; p < 9000; p++)
		ck_assert_uint_eq(unbound(d), p);
	for (unsigned i = 0; i < 128; i++)
		ck_assert_int_eq(expand(d, sim_frame(d)), 0);
	ck_assert_int_eq(expand(d, sim_frame(d)), -ENOSPC);
	ck_assert_int_eq(evtchn_unmask(d, 131072), -EINVAL);
	while (evtchn_domain_reset(d))
		;
	ck_assert(!d->evtchn.fifo_on);
	ck_assert_uint_eq(d->evtchn.active, 0);
	/* Of ports that only the other form has, nothing is touched now. */
	ck_assert_int_eq(evtchn_unmask(d, 8000), 0);
	ck_assert(!evtchn_pending(d, 8000));
	for (evtchn_port_t p = 1; p < 4096; p++)
		ck_assert_uint_eq(unbound(d), p);
	ck_assert_uint_eq(unbound(d), 0);
}
END_TEST

START_TEST(reset_gives_frames_back)
{
	struct evtchn_reset r = {DOMID_SELF};
	evtchn_port_t a0, a;

	use_fifo();
	channel(&a0);
	evtchn_send(d0, a0);
	ck_assert_int_eq(page_get_and_type(control_frame, d1, PGT_L1), -EINVAL);
	ck_assert_int_eq(op(d1->vcpu[0], EVTCHNOP_reset, &r), 0);
	for (unsigned i = 0; i < 2; i++) {
		mfn_t frame = i ? word_frame[0] : control_frame;

		ck_assert_uint_eq(page_of(frame)->count & PGC_COUNT_MASK, 1);
		ck_assert_uint_eq(page_of(frame)->type & PGT_COUNT_MASK, 0);
	}
	a = channel(&a0);
	evtchn_send(d0, a0);
	ck_assert(sim_pending(d1, a));
	/* And once more, with other frames in another order. */
	ck_assert_int_eq(op(d1->vcpu[0], EVTCHNOP_reset, &r), 0);
	ck_assert_int_eq(init_control(d1, 1, word_frame[2], 1024), 0);
	ck_assert_int_eq(expand(d1, word_frame[1]), 0);
}
END_TEST

START_TEST(polling)
{
	evtchn_port_t a0, a;
	struct {
		uint64_t ports;
		uint32_t n, pad;
		uint64_t timeout;
	} p = {(uint64_t)(uintptr_t)&a, 1, 0, 0};
	struct vcpu *v = d1->vcpu[0];

	use_fifo();
	a = channel(&a0);
	words[0][a] = BIT(MASKED);
	sim_enter(v);
	v->info->evtchn_upcall_mask = 1;
	ck_assert_int_eq(hc_sched_op(3, (uint64_t)(uintptr_t)&p, 0, 0, 0), 0);
	ck_assert(v->blocked);
	evtchn_send(d0, a0);
	ck_assert(!v->blocked);
	ck_assert_int_eq(hc_sched_op(3, (uint64_t)(uintptr_t)&p, 0, 0, 0), 0);
	ck_assert(!v->blocked);
}
END_TEST

/* Whatever it writes, nothing but its own words and control blocks changes. */
START_TEST(garbage)
{
	evtchn_port_t port[3], at_d0[3];

	use_fifo();
	for (unsigned i = 0; i < 3; i++)
		port[i] = channel(&at_d0[i]);
	for (unsigned seed = 1; seed < 5000; seed++) {
		uint32_t r = seed * 2654435761u;

		evtchn_send(d0, at_d0[r % 3]);
		words[0][port[r / 3 % 3]] = r;
		control(0)->head[r / 9 % 16] = ~r;
		control(0)->ready = r * 31;
		evtchn_send(d0, at_d0[r / 7 % 3]);
		evtchn_unmask(d1, port[r / 11 % 3]);
		set_priority(port[r / 13 % 3], r / 17 % 16);
	}
	/* It still can come back to its senses. */
	memset(words[0], 0, PAGE_SIZE);
	memset(frame_virt(control_frame), 0, PAGE_SIZE);
	for (unsigned i = 0; i < 3; i++) {
		set_priority(port[i], 4);
		evtchn_send(d0, at_d0[i]);
		ck_assert(words[0][port[i]] & BIT(PENDING));
	}
	for (unsigned i = 0; i < 3; i++)
		ck_assert_uint_eq(take(0, 4), port[i]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("evtchn_fifo");
	TCase *tc = tcase_create("evtchn_fifo");

	tcase_add_checked_fixture(tc, setup, sim_stop);
	tcase_add_test(tc, arguments);
	tcase_add_test(tc, in_order);
	tcase_add_test(tc, priorities);
	tcase_add_test(tc, masking);
	tcase_add_test(tc, early_events);
	tcase_add_test(tc, moving);
	tcase_add_test(tc, reuse_of_queued_ports);
	tcase_add_test(tc, many_ports);
	tcase_add_test(tc, reset_gives_frames_back);
	tcase_add_test(tc, polling);
	tcase_add_test(tc, garbage);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
