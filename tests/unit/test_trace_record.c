// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading the trace: records cut out of a stretch, put in order, named. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "abi/base.h"
#include "abi/sched.h"
#include "abi/vcpu.h"
#include "suite.h"
#include "trace/batch.h"
#include "trace/event.h"

static uint32_t stretch[64];
static size_t words;

static void setup(void)
{
	words = 0;
}

static void put(uint32_t event, uint64_t tsc, unsigned n, const uint32_t *w)
{
	stretch[words++] = event | n << TRACE_EXTRA_SHIFT | (tsc ? TRACE_TSC : 0);
	if (tsc) {
		stretch[words++] = (uint32_t)tsc;
		stretch[words++] = (uint32_t)(tsc >> 32);
	}
	while (n--)
		stretch[words++] = *w++;
}

START_TEST(whole_records_only)
{
	const unsigned char *at = (const unsigned char *)stretch;
	struct record r = {.tsc = 0};
	size_t left;

	put(TRC_PV_EVENT, 0x123456789aull, 2, (const uint32_t[]){7, 8});
	put(TRC_TRACE_WRAP_BUFFER, 0, 1, (const uint32_t[]){0});
	left = words * 4 - 1;
	ck_assert(record_next(&at, &left, &r));
	ck_assert_uint_eq(r.tsc, 0x123456789aull);
	ck_assert_uint_eq(r.n, 2);
	ck_assert_uint_eq(r.word[1], 8);
	ck_assert(!record_next(&at, &left, &r));
	left++;
	ck_assert(record_next(&at, &left, &r));
	ck_assert_uint_eq(r.event, TRC_TRACE_WRAP_BUFFER);
	ck_assert_uint_eq(r.tsc, 0x123456789aull);
	ck_assert(!record_next(&at, &left, &r));
}
END_TEST

START_TEST(cpus_are_merged)
{
	static struct batch b;

	put(TRC_PV_EVENT, 30, 2, (const uint32_t[]){0, 3});
	put(TRC_PV_EVENT, 50, 2, (const uint32_t[]){0, 5});
	ck_assert_int_eq(batch_add(&b, 0, stretch, words * 4), 0);
	words = 0;
	put(TRC_PV_EVENT, 40, 2, (const uint32_t[]){0, 4});
	ck_assert_int_eq(batch_add(&b, 1, stretch, words * 4), 0);
	batch_sort(&b);
	ck_assert_uint_eq(b.n, 3);
	for (unsigned i = 0; i < 3; i++)
		ck_assert_uint_eq(b.list[i].word[1], 3 + i);
	ck_assert_uint_eq(b.list[1].cpu, 1);
	batch_free(&b);
}
END_TEST

static struct event named(struct event_state *s, uint32_t event, unsigned n, const uint32_t *w)
{
	struct record r = {.cpu = 2, .tsc = 1, .event = event, .n = n};
	struct event e;

	memcpy(r.word, w, n * sizeof(*w));
	ck_assert(event_of(s, &r, &e));
	return e;
}

START_TEST(events_have_names)
{
	struct event_state *s = calloc(1, sizeof(*s));
	struct event e;

	e = named(s, TRC_PV_HYPERCALL_V2, 3,
		  (const uint32_t[]){HC_SCHED_OP | 1 << 20 | 1 << 22, SCHEDOP_block, 9});
	ck_assert_str_eq(e.name, "sched_op.SCHEDOP_block");
	ck_assert_str_eq(e.text, "a2=0x9");
	ck_assert_uint_eq(e.domid, EVENT_NOBODY);
	e = named(s, TRC_PV_HYPERCALL_SUBCALL, 3,
		  (const uint32_t[]){HC_MMU_UPDATE | 2 << 20, 0x1000, 0xffff8880});
	ck_assert_str_eq(e.name, "mmu_update");
	ck_assert_str_eq(e.text, "in=multicall a1=0xffff888000001000");
	e = named(s, TRC_SCHED_RUNSTATE_CHANGE | RUNSTATE_runnable << 8 | RUNSTATE_running << 4, 1,
		  (const uint32_t[]){5 << 16 | 1});
	ck_assert_int_eq(e.kind, EVENT_STATE);
	ck_assert_str_eq(e.name, "running");
	e = named(s, TRC_PV_TRAP | TRC_64_FLAG, 3,
		  (const uint32_t[]){0x1000, 0, 13 | 0x8000 | 0x18 << 16});
	ck_assert_str_eq(e.name, "general_protection");
	ck_assert_str_eq(e.text, "rip=0x1000 error=0x18");
	ck_assert_uint_eq(e.domid, 5);
	ck_assert_uint_eq(e.vcpu, 1);
	named(s, TRC_SCHED_RUNSTATE_CHANGE | RUNSTATE_running << 8 | RUNSTATE_blocked << 4, 1,
	      (const uint32_t[]){5 << 16 | 1});
	e = named(s, TRC_LOST_RECORDS, 4, (const uint32_t[]){77, 0, 0, 0});
	ck_assert_uint_eq(e.domid, EVENT_NOBODY);
	ck_assert_uint_eq(e.lost, 77);
	/* Words that are missing, and events from elsewhere. */
	e = named(s, TRC_PV_TRAP | TRC_64_FLAG, 1, (const uint32_t[]){1});
	ck_assert_int_eq(e.kind, EVENT_OTHER);
	e = named(s, TRC_PV_HYPERCALL_V2, 2, (const uint32_t[]){60 | 2 << 20 | 3 << 22, 1});
	ck_assert_str_eq(e.name, "hypercall_60");
	ck_assert_str_eq(e.text, "");
	free(s);
}
END_TEST

START_TEST(selections)
{
	uint32_t classes;
	unsigned kinds;

	ck_assert(event_select("traps,sched", &kinds, &classes));
	ck_assert_uint_eq(kinds, 1 << EVENT_TRAP | 1 << EVENT_STATE | 1 << EVENT_LOST);
	ck_assert_uint_eq(classes, 0x00221000);
	ck_assert(!event_select("trap", &kinds, &classes));
	ck_assert(!event_select("traps,,sched", &kinds, &classes));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("trace_record");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, whole_records_only);
	tcase_add_test(t, cpus_are_merged);
	tcase_add_test(t, events_have_names);
	tcase_add_test(t, selections);
	suite_add_tcase(s, t);
	return suite_run(s);
}
