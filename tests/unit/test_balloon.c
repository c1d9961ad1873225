// SPDX-License-Identifier: GPL-2.0-or-later
/* Who gets how much memory: bounds, shares, and that nothing is given out twice. */
#include <check.h>
#include <stdlib.h>

#include "life/balloon.h"
#include "suite.h"

enum { MIB = 1024, GUESTS = 8 };

static struct balloon_guest g[GUESTS];

static void guest(int i, uint64_t now, uint64_t min, uint64_t max, uint64_t used)
{
	g[i] = (struct balloon_guest){
		.now = now * MIB,
		.min = min * MIB,
		.max = max * MIB,
		.used = used == BALLOON_UNTOLD ? used : used * MIB,
	};
}

#define EXPECT(i, mib) ck_assert_uint_eq(g[i].target, (uint64_t)(mib)*MIB)

START_TEST(untold_guests_get_all_there_is)
{
	guest(0, 256, 128, 512, BALLOON_UNTOLD);
	guest(1, 256, 128, 512, BALLOON_UNTOLD);
	ck_assert(balloon_plan(g, 2, 64 * MIB + 1000 * MIB, 64 * MIB));
	EXPECT(0, 512);
	EXPECT(1, 512);
}
END_TEST

START_TEST(told_guests_get_a_quarter_more)
{
	guest(0, 256, 128, 512, 200);
	guest(1, 256, 128, 512, 500);
	guest(2, 256, 128, 512, 10);
	ck_assert(balloon_plan(g, 3, 1000 * MIB, 0));
	EXPECT(0, 250);
	EXPECT(1, 512);
	EXPECT(2, 128);
}
END_TEST

/* 3 * 512 are had, 600 wanted for others: 936 are left, 552 beyond the minima, a third for each. */
START_TEST(equal_guests_give_equally)
{
	int i;

	for (i = 0; i < 3; i++)
		guest(i, 512, 128, 512, BALLOON_UNTOLD);
	ck_assert(balloon_plan(g, 3, 0, 600 * MIB));
	for (i = 0; i < 3; i++)
		EXPECT(i, 312);
}
END_TEST

START_TEST(shares_follow_what_is_wanted)
{
	guest(0, 512, 128, 512, BALLOON_UNTOLD); /* wants 384 beyond its minimum */
	guest(1, 512, 64, 512, 128);             /* 96 */
	ck_assert(balloon_plan(g, 2, 0, 1024 * MIB - 192 * MIB - 240 * MIB));
	EXPECT(0, 128 + 192);
	EXPECT(1, 64 + 48);
}
END_TEST

START_TEST(nobody_below_his_minimum)
{
	guest(0, 256, 200, 512, 10);
	guest(1, 256, 256, 256, BALLOON_UNTOLD);
	ck_assert(!balloon_plan(g, 2, 0, 500 * MIB));
	EXPECT(0, 200);
	EXPECT(1, 256);
}
END_TEST

START_TEST(below_its_minimum_it_grows)
{
	guest(0, 100, 200, 512, 10);
	ck_assert(balloon_plan(g, 1, 300 * MIB, 0));
	EXPECT(0, 200);
}
END_TEST

/* What a guest is to give back is not there yet for the other one. */
START_TEST(growth_waits_for_memory)
{
	guest(0, 512, 128, 512, 80);
	guest(1, 128, 128, 512, 400);
	ck_assert(balloon_plan(g, 2, 10 * MIB, 0));
	EXPECT(0, 128);
	EXPECT(1, 138);
	guest(0, 128, 128, 512, 80);
	guest(1, 138, 128, 512, 400);
	ck_assert(balloon_plan(g, 2, 384 * MIB, 0));
	EXPECT(1, 500);
}
END_TEST

START_TEST(nobody_grows_while_others_wait)
{
	guest(0, 128, 128, 512, BALLOON_UNTOLD);
	guest(1, 512, 128, 512, 80);
	ck_assert(balloon_plan(g, 2, 100 * MIB, 300 * MIB));
	EXPECT(0, 128);
	EXPECT(1, 128);
}
END_TEST

START_TEST(fixed_guests_stay)
{
	guest(0, 512, 128, 512, BALLOON_UNTOLD);
	guest(1, 512, 128, 512, BALLOON_UNTOLD);
	g[0].fixed = true;
	ck_assert(!balloon_plan(g, 2, 0, 400 * MIB));
	EXPECT(0, 512);
	EXPECT(1, 128);
	guest(1, 512, 128, 512, BALLOON_UNTOLD);
	ck_assert(balloon_plan(g, 2, 0, 384 * MIB));
}
END_TEST

START_TEST(small_steps_are_left)
{
	guest(0, 256, 128, 512, 207); /* wants 258.75 */
	ck_assert(balloon_plan(g, 1, 1000 * MIB, 0));
	EXPECT(0, 256);
	guest(0, 256, 128, 512, 202); /* 252.5 */
	ck_assert(balloon_plan(g, 1, 1000 * MIB, 0));
	EXPECT(0, 256);
	/* But not when somebody waits. */
	guest(0, 256, 128, 512, 202);
	ck_assert(balloon_plan(g, 1, 0, 1 * MIB));
	ck_assert_uint_lt(g[0].target, 255 * MIB);
}
END_TEST

START_TEST(odd_bounds)
{
	ck_assert(balloon_plan(g, 0, 10, 10));
	ck_assert(!balloon_plan(g, 0, 10, 11));
	guest(0, 100, 300, 200, UINT64_MAX / MIB / 4);
	ck_assert(balloon_plan(g, 1, 200 * MIB, 0));
	EXPECT(0, 200);
	guest(0, 100, 0, UINT64_MAX / MIB / 4, BALLOON_UNTOLD);
	ck_assert(balloon_plan(g, 1, 200 * MIB, 100 * MIB));
	EXPECT(0, 200);
}
END_TEST

/* Whatever the numbers: bounds hold, growth fits into what is free, what is wanted is found if it
 * can be. */
START_TEST(properties)
{
	unsigned round, n, i;

	srand(1);
	for (round = 0; round < 20000; round++) {
		uint64_t free = (uint64_t)(rand() % 2000) * MIB,
			 need = (uint64_t)(rand() % 2000) * MIB;
		uint64_t growth = 0, left = free;
		bool met;

		n = (unsigned)rand() % GUESTS + 1;
		for (i = 0; i < n; i++) {
			uint64_t min = (uint64_t)rand() % 500, max = min + (uint64_t)rand() % 500;

			guest((int)i, min + (uint64_t)rand() % (max - min + 1), min, max,
			      rand() % 2 ? BALLOON_UNTOLD : (uint64_t)rand() % 1000);
			g[i].fixed = rand() % 5 == 0;
		}
		met = balloon_plan(g, n, free, need);
		for (i = 0; i < n; i++) {
			ck_assert_uint_ge(g[i].target, g[i].fixed ? g[i].now : g[i].min);
			ck_assert_uint_le(g[i].target, g[i].max);
			if (g[i].target > g[i].now)
				growth += g[i].target - g[i].now;
			left += g[i].now - g[i].target;
		}
		ck_assert(growth == 0 || growth + need <= free);
		ck_assert(!met || left + 4 * n >= need);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("balloon");
	TCase *c = tcase_create("all");

	tcase_add_test(c, untold_guests_get_all_there_is);
	tcase_add_test(c, told_guests_get_a_quarter_more);
	tcase_add_test(c, equal_guests_give_equally);
	tcase_add_test(c, shares_follow_what_is_wanted);
	tcase_add_test(c, nobody_below_his_minimum);
	tcase_add_test(c, below_its_minimum_it_grows);
	tcase_add_test(c, growth_waits_for_memory);
	tcase_add_test(c, nobody_grows_while_others_wait);
	tcase_add_test(c, fixed_guests_stay);
	tcase_add_test(c, small_steps_are_left);
	tcase_add_test(c, odd_bounds);
	tcase_add_test(c, properties);
	suite_add_tcase(s, c);
	return suite_run(s);
}
