// SPDX-License-Identifier: GPL-2.0-or-later
/* The console back-end's ring: bytes arrive once and in order, and no index can lead it astray. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pv-drivers/back/cons.h"
#include "suite.h"

static struct xencons_interface page;
static struct cons_back back;

static void setup(void)
{
	memset(&page, 0, sizeof(page));
	ck_assert(cons_open(&back, &page));
}

/* The guest prints: it sees the real consumer index. */
static void guest_prints(const char *s)
{
	for (; *s; s++)
		page.out[page.out_prod++ % sizeof(page.out)] = *s;
}

START_TEST(test_take_in_order)
{
	char buf[64];

	guest_prints("hello ");
	guest_prints("world");
	ck_assert_int_eq(cons_take(&back, buf, 4), 4);
	ck_assert_mem_eq(buf, "hell", 4);
	ck_assert_uint_eq(page.out_cons, 4);
	ck_assert_int_eq(cons_take(&back, buf, sizeof(buf)), 7);
	ck_assert_mem_eq(buf, "o world", 7);
	ck_assert_int_eq(cons_take(&back, buf, sizeof(buf)), 0);
}
END_TEST

START_TEST(test_wrap_of_data_and_index)
{
	char buf[4096];
	uint32_t start = UINT32_MAX - 100;
	int i;

	page.out_prod = page.out_cons = start;
	page.in_prod = page.in_cons = start;
	ck_assert(cons_open(&back, &page));
	for (i = 0; i < 500; i++) {
		guest_prints("0123456789");
		ck_assert_int_eq(cons_take(&back, buf, sizeof(buf)), 10);
		ck_assert_mem_eq(buf, "0123456789", 10);
		ck_assert_int_eq(cons_give(&back, "abcdefg", 7), 7);
		ck_assert_int_eq(page.in[(page.in_prod - 1) % sizeof(page.in)], 'g');
		page.in_cons = page.in_prod;
	}
	ck_assert_uint_eq(page.out_cons, start + 5000);
}
END_TEST

START_TEST(test_full_rings)
{
	char buf[4096], typed[2000];
	size_t i;

	for (i = 0; i < sizeof(page.out); i++)
		guest_prints("x");
	ck_assert_int_eq(cons_take(&back, buf, sizeof(buf)), sizeof(page.out));
	memset(typed, 'y', sizeof(typed));
	ck_assert_int_eq(cons_give(&back, typed, sizeof(typed)), sizeof(page.in));
	ck_assert_int_eq(cons_room(&back), 0);
	ck_assert_int_eq(cons_give(&back, typed, 1), 0);
	page.in_cons += 3;
	ck_assert_int_eq(cons_room(&back), 3);
}
END_TEST

START_TEST(test_impossible_indices)
{
	char buf[64];

	page.out_prod = sizeof(page.out) + 1;
	ck_assert_int_eq(cons_take(&back, buf, sizeof(buf)), -EPROTO);
	page.in_cons = 1;
	ck_assert_int_eq(cons_give(&back, "a", 1), -EPROTO);
	ck_assert_int_eq(cons_room(&back), -EPROTO);
	ck_assert_uint_eq(page.in_prod, 0);
}
END_TEST

START_TEST(test_own_index_is_not_read_back)
{
	char buf[64];

	guest_prints("abc");
	ck_assert_int_eq(cons_take(&back, buf, 1), 1);
	page.out_cons = 77777;
	ck_assert_int_eq(cons_take(&back, buf, sizeof(buf)), 2);
	ck_assert_mem_eq(buf, "bc", 2);
	ck_assert_uint_eq(page.out_cons, 3);
}
END_TEST

START_TEST(test_next_process_goes_on)
{
	struct cons_back other;
	char buf[64];

	guest_prints("abcdef");
	cons_take(&back, buf, 2);
	ck_assert_int_eq(cons_give(&back, "xy", 2), 2);
	ck_assert(cons_open(&other, &page));
	ck_assert_int_eq(cons_take(&other, buf, sizeof(buf)), 4);
	ck_assert_mem_eq(buf, "cdef", 4);
	ck_assert_int_eq(cons_give(&other, "z", 1), 1);
	ck_assert_mem_eq(page.in, "xyz", 3);
}
END_TEST

/* Looked at but not done with: the next process takes it again. */
START_TEST(test_look_then_done)
{
	struct cons_back other;
	char buf[64];

	guest_prints("abcdef");
	ck_assert_int_eq(cons_look(&back, buf, sizeof(buf)), 6);
	ck_assert_uint_eq(page.out_cons, 0);
	ck_assert(cons_open(&other, &page));
	ck_assert_int_eq(cons_look(&other, buf, 4), 4);
	cons_done(&other, 4);
	ck_assert_uint_eq(page.out_cons, 4);
	ck_assert_uint_eq(cons_index(&other), 4);
	ck_assert_int_eq(cons_take(&other, buf, sizeof(buf)), 2);
	ck_assert_mem_eq(buf, "ef", 2);
	page.out_prod += sizeof(page.out) + 1;
	ck_assert_int_eq(cons_look(&other, buf, sizeof(buf)), -EPROTO);
}
END_TEST

START_TEST(test_open_on_broken_page)
{
	char buf[64];

	page.out_prod = 9000;
	page.in_prod = 5000;
	ck_assert(!cons_open(&back, &page));
	ck_assert_int_eq(cons_take(&back, buf, sizeof(buf)), 0);
	guest_prints("new");
	ck_assert_int_eq(cons_take(&back, buf, sizeof(buf)), 3);
	ck_assert_int_eq(cons_give(&back, "k", 1), 1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cons");
	TCase *t = tcase_create("cons");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, test_take_in_order);
	tcase_add_test(t, test_wrap_of_data_and_index);
	tcase_add_test(t, test_full_rings);
	tcase_add_test(t, test_impossible_indices);
	tcase_add_test(t, test_own_index_is_not_read_back);
	tcase_add_test(t, test_next_process_goes_on);
	tcase_add_test(t, test_look_then_done);
	tcase_add_test(t, test_open_on_broken_page);
	suite_add_tcase(s, t);
	return suite_run(s);
}
