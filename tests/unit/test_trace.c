// SPDX-License-Identifier: GPL-2.0-or-later
/* The trace: what reaches the reader, and that the reader can harm only itself. */
#include <abi/base.h>
#include <check.h>
#include <hv/errno.h>
#include <hv/heap.h>
#include <hv/hypercall.h>
#include <hv/pv_trap.h>
#include <hv/regs.h>
#include <hv/trace.h>
#include <string.h>
#include "control_sim.h"
#include "host.h"
#include "suite.h"

#define FRAMES   2u
#define CAPACITY (FRAMES * 4096u - 8u)

static struct domain *d0;
static struct xen_sysctl op;

static int64_t run(uint32_t cmd)
{
	op.cmd = XEN_SYSCTL_tbuf_op;
	op.u.tbuf_op.cmd = cmd;
	return sim_sysctl(&op);
}

static void setup(void)
{
	sim_start(2);
	d0 = sim_domain(0, 2);
	sim_enter(d0->vcpu[0]);
	memset(&op, 0, sizeof(op));
}

static void make_buffers(void)
{
	op.u.tbuf_op.size = FRAMES;
	ck_assert_int_eq(run(XEN_SYSCTL_TBUFOP_set_size), 0);
	ck_assert_int_eq(run(XEN_SYSCTL_TBUFOP_enable), 0);
}

/* As the tools find it: through the information page. */
static struct trace_buffer *buffer_of(unsigned cpu)
{
	uint32_t *info;

	ck_assert_int_eq(run(XEN_SYSCTL_TBUFOP_get_info), 0);
	info = frame_virt(mfn_make(op.u.tbuf_op.buffer_mfn));
	ck_assert_uint_eq(((struct trace_info *)info)->tbuf_size, FRAMES);
	return frame_virt(mfn_make(info[((uint16_t *)info)[1 + cpu]]));
}

/* The next record of @b in @out, wraps skipped; returns its words, 0 at the end. */
static unsigned next(struct trace_buffer *b, uint32_t out[10])
{
	while (b->cons != b->prod) {
		uint32_t at = b->cons % CAPACITY;
		const uint32_t *r = (uint32_t *)((char *)(b + 1) + at);
		unsigned n = 1 + (r[0] & TRACE_TSC ? 2 : 0) + (r[0] >> TRACE_EXTRA_SHIFT & 7);

		ck_assert_uint_le(at + n * 4, CAPACITY);
		memcpy(out, r, n * 4);
		b->cons = (b->cons + n * 4) % (2 * CAPACITY);
		if ((r[0] & 0x0fffffff) != TRC_TRACE_WRAP_BUFFER)
			return n;
	}
	return 0;
}

static uint32_t event(const uint32_t *r)
{
	return r[0] & 0x0fffffff;
}

START_TEST(control)
{
	uint64_t free0 = heap_free_pages();

	ck_assert_int_eq(run(17), -EINVAL);
	ck_assert_int_eq(run(XEN_SYSCTL_TBUFOP_enable), -EINVAL);
	ck_assert_int_eq(run(XEN_SYSCTL_TBUFOP_get_info), 0);
	ck_assert_uint_eq(op.u.tbuf_op.buffer_mfn, 0);
	ck_assert_uint_eq(op.u.tbuf_op.evt_mask, TRC_ALL);
	op.u.tbuf_op.size = 0;
	ck_assert_int_eq(run(XEN_SYSCTL_TBUFOP_set_size), -EINVAL);
	op.u.tbuf_op.size = 0x10000;
	ck_assert_int_eq(run(XEN_SYSCTL_TBUFOP_set_size), -EINVAL);
	op.u.tbuf_op.size = 0x7000;
	ck_assert_int_eq(run(XEN_SYSCTL_TBUFOP_set_size), -ENOMEM);
	ck_assert_uint_eq(heap_free_pages(), free0);
	op.u.tbuf_op.cpu_mask = (struct xenctl_bitmap){.bitmap = 8, .nr_bits = 64};
	ck_assert_int_eq(run(XEN_SYSCTL_TBUFOP_set_cpu_mask), -EFAULT);
	make_buffers();
	ck_assert_int_eq(run(XEN_SYSCTL_TBUFOP_set_size), 0);
	op.u.tbuf_op.size = FRAMES + 1;
	ck_assert_int_eq(run(XEN_SYSCTL_TBUFOP_set_size), -EINVAL);
	ck_assert(host_trace_entries);
	ck_assert_int_eq(run(XEN_SYSCTL_TBUFOP_disable), 0);
	ck_assert(!host_trace_entries);
	ck_assert_uint_eq(trace_active, 0);
}
END_TEST

START_TEST(frames_are_of_domid_xen)
{
	struct page *pg;

	make_buffers();
	pg = page_of(virt_frame(buffer_of(0)));
	ck_assert_int_eq(page_get_and_type(page_mfn(pg), domain_xen, PGT_WRITABLE), 0);
	ck_assert_int_eq(page_get(page_mfn(pg), d0), -EINVAL);
	ck_assert_int_eq(run(XEN_SYSCTL_TBUFOP_get_info), 0);
	ck_assert_int_eq(
		page_get_and_type(mfn_make(op.u.tbuf_op.buffer_mfn), domain_xen, PGT_WRITABLE),
		-EINVAL);
}
END_TEST

START_TEST(records_of_each_kind)
{
	struct regs regs = {.rip = 0x1122334455667788, .vector = TRAP_GP, .error_code = 0x18};
	struct trace_buffer *b;
	uint32_t r[10];

	make_buffers();
	b = buffer_of(0);
	trace_hypercall(HC_MMU_UPDATE, 0xffff888000001000, 3, 0, 0x7ff0, 99);
	ck_assert_uint_eq(next(b, r), 3 + 6);
	ck_assert_uint_eq(event(r), TRC_PV_HYPERCALL_V2);
	ck_assert_uint_eq(r[3], HC_MMU_UPDATE | 2u << 20 | 1u << 22 | 1u << 24 | 1u << 26);
	ck_assert_uint_eq(r[4], 0x00001000);
	ck_assert_uint_eq(r[5], 0xffff8880);
	ck_assert_uint_eq(r[8], 0x7ff0);
	trace_trap(&regs, 0);
	ck_assert_uint_eq(next(b, r), 3 + 3);
	ck_assert_uint_eq(event(r), TRC_PV_TRAP | TRC_64_FLAG);
	ck_assert_uint_eq(r[3], 0x55667788);
	ck_assert_uint_eq(r[5], 13 | 0x8000 | 0x18 << 16);
	regs.vector = TRAP_PF;
	trace_trap(&regs, 0x7f0000001000);
	ck_assert_uint_eq(next(b, r), 3 + 5);
	ck_assert_uint_eq(event(r), TRC_PV_PAGE_FAULT | TRC_64_FLAG);
	ck_assert_uint_eq(r[6], 0x7f00);
	d0->vcpu[1]->runstate.state = 2;
	trace_runstate(d0->vcpu[1], 1);
	ck_assert_uint_eq(next(b, r), 3 + 1);
	ck_assert_uint_eq(event(r), TRC_SCHED_RUNSTATE_CHANGE | 2 << 8 | 1 << 4);
	ck_assert_uint_eq(r[3], 1);
	trace_event(d0->vcpu[1], 77);
	ck_assert_uint_eq(next(b, r), 3 + 2);
	ck_assert_uint_eq(event(r), TRC_PV_EVENT);
	ck_assert_uint_eq(r[4], 77);
	ck_assert_uint_eq(next(b, r), 0);
}
END_TEST

START_TEST(only_what_is_wanted)
{
	struct cpumask other = {.bits = {2}};
	struct trace_buffer *b;
	uint32_t r[10];

	make_buffers();
	b = buffer_of(0);
	op.u.tbuf_op.evt_mask = 0x00021000;
	ck_assert_int_eq(run(XEN_SYSCTL_TBUFOP_set_evt_mask), 0);
	trace_event(d0->vcpu[1], 1);
	ck_assert_uint_eq(next(b, r), 0);
	trace_runstate(d0->vcpu[1], 1);
	ck_assert_uint_eq(next(b, r), 4);
	trace_set_cpus(&other);
	trace_runstate(d0->vcpu[1], 1);
	ck_assert_uint_eq(next(b, r), 0);
}
END_TEST

/* Every position of the end, with records of all lengths. */
START_TEST(wraps)
{
	uint32_t words[TRACE_EXTRA_MAX], r[10];
	struct trace_buffer *b;

	make_buffers();
	b = buffer_of(0);
	for (uint32_t i = 0; i < 20000; i++) {
		unsigned n = i * 7 / 3 % (TRACE_EXTRA_MAX + 1);

		for (unsigned k = 0; k < n; k++)
			words[k] = i + k;
		trace_write(TRC_PV_TRAP, words, n);
		ck_assert_uint_eq(next(b, r), 3 + n);
		ck_assert_int_eq(memcmp(&r[3], words, n * 4), 0);
	}
}
END_TEST

START_TEST(lost_records_are_counted)
{
	struct trace_buffer *b;
	uint32_t r[10], got = 0;

	make_buffers();
	b = buffer_of(0);
	for (uint32_t i = 0; i < 1000; i++)
		trace_event(d0->vcpu[0], i);
	while (next(b, r))
		ck_assert_uint_eq(r[4], got++);
	ck_assert_uint_eq(got, CAPACITY / 20);
	trace_event(d0->vcpu[0], 1000);
	ck_assert_uint_eq(next(b, r), 3 + 4);
	ck_assert_uint_eq(event(r), TRC_LOST_RECORDS);
	ck_assert_uint_eq(r[3], 1000 - got);
	ck_assert_uint_eq(next(b, r), 3 + 2);
	ck_assert_uint_eq(r[4], 1000);
}
END_TEST

/* A reader that writes nonsense gets nonsense, and nothing outside the buffer changes. */
START_TEST(wild_reader)
{
	static const uint32_t wild[] = {
		1,          3,         CAPACITY - 1, CAPACITY, 2 * CAPACITY - 1, 2 * CAPACITY,
		0x80000000, UINT32_MAX};
	struct trace_buffer *b;
	struct page *after;
	char *end;

	make_buffers();
	b = buffer_of(0);
	after = heap_alloc(0, 0);
	end = page_virt(after);
	memset(end, 0x5a, 4096);
	for (uint32_t i = 0; i < 50000; i++) {
		b->cons = wild[i % ARRAY_SIZE(wild)];
		b->prod = wild[i / 3 % ARRAY_SIZE(wild)];
		trace_event(d0->vcpu[0], i);
		ck_assert_uint_lt(b->prod, 2 * CAPACITY);
	}
	for (unsigned i = 0; i < 4096; i++)
		ck_assert_int_eq(end[i], 0x5a);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("trace");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, control);
	tcase_add_test(t, frames_are_of_domid_xen);
	tcase_add_test(t, records_of_each_kind);
	tcase_add_test(t, only_what_is_wanted);
	tcase_add_test(t, wraps);
	tcase_add_test(t, lost_records_are_counted);
	tcase_add_test(t, wild_reader);
	suite_add_tcase(s, t);
	return suite_run(s);
}
