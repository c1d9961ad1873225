// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sets of ranges against a bitmap, out of memory, and look-ups while the set changes under them: a
 * number that stays in the set is always found, one that never was is not, and no look-up touches
 * memory that was given back (address sanitizer).
 */
#include <check.h>
#include <hv/errno.h>
#include <hv/heap.h>
#include <hv/rangeset.h>
#include <pthread.h>
#include <stdlib.h>
#include "suite.h"

#define LOOKERS 3

static int allocs_left; /* before memory is out; negative: never */
static unsigned live;

void *mem_alloc(size_t size)
{
	if (!allocs_left)
		return NULL;
	allocs_left--;
	live++;
	return calloc(1, size);
}

void mem_free(void *p)
{
	live--;
	free(p);
}

static struct rangeset set;

static void start(void)
{
	allocs_left = -1;
}

static void stop(void)
{
	rangeset_free(&set);
	ck_assert_uint_eq(live, 0);
	ck_assert_uint_eq(set.n, 0);
	ck_assert(!rangeset_contains(&set, 0, 0));
}

START_TEST(neighbours_join_and_holes_split)
{
	ck_assert(!rangeset_contains(&set, 0, 0));
	ck_assert_int_eq(rangeset_add(&set, 10, 19), 0);
	ck_assert_int_eq(rangeset_add(&set, 30, 39), 0);
	ck_assert_uint_eq(set.n, 2);
	ck_assert(!rangeset_contains(&set, 10, 39));
	ck_assert_int_eq(rangeset_add(&set, 20, 29), 0);
	ck_assert_uint_eq(set.n, 1);
	ck_assert(rangeset_contains(&set, 10, 39));
	ck_assert_int_eq(rangeset_remove(&set, 15, 15), 0);
	ck_assert_uint_eq(set.n, 2);
	ck_assert(!rangeset_contains(&set, 14, 16));
	ck_assert(rangeset_contains(&set, 16, 39));
	ck_assert(!rangeset_contains(&set, 39, 16));
	ck_assert_int_eq(rangeset_remove(&set, 0, 1000), 0);
	ck_assert_uint_eq(set.n, 0);
}
END_TEST

START_TEST(both_ends_of_the_numbers)
{
	ck_assert_int_eq(rangeset_add(&set, 0, UINT64_MAX), 0);
	ck_assert_int_eq(rangeset_remove(&set, 0, 0), 0);
	ck_assert_int_eq(rangeset_remove(&set, UINT64_MAX, UINT64_MAX), 0);
	ck_assert(rangeset_contains(&set, 1, UINT64_MAX - 1));
	ck_assert(!rangeset_contains(&set, 0, 1));
	ck_assert(!rangeset_contains(&set, UINT64_MAX, UINT64_MAX));
	ck_assert_int_eq(rangeset_add(&set, UINT64_MAX, UINT64_MAX), 0);
	ck_assert_int_eq(rangeset_add(&set, 0, 0), 0);
	ck_assert_uint_eq(set.n, 1);
	ck_assert(rangeset_contains(&set, 0, UINT64_MAX));
}
END_TEST

START_TEST(errors_change_nothing)
{
	ck_assert_int_eq(rangeset_add(&set, 2, 1), -EINVAL);
	ck_assert_int_eq(rangeset_remove(&set, 2, 1), -EINVAL);
	allocs_left = 0;
	ck_assert_int_eq(rangeset_add(&set, 1, 2), -ENOMEM);
	ck_assert_int_eq(rangeset_remove(&set, 1, 2), -ENOMEM);
	ck_assert(!rangeset_contains(&set, 1, 1));
	allocs_left = 1;
	for (uint64_t i = 0; i < 1000; i++) {
		int rc = rangeset_add(&set, 2 * i, 2 * i);

		ck_assert_int_eq(rc, i < set.n ? 0 : -ENOMEM);
		ck_assert_int_eq(rangeset_contains(&set, 2 * i, 2 * i), !rc);
	}
	ck_assert_uint_gt(set.n, 0);
	ck_assert_int_eq(rangeset_remove(&set, 1, 0), -EINVAL);
}
END_TEST

START_TEST(same_as_a_bitmap)
{
	static bool in[256];
	unsigned seed = 1;

	for (unsigned round = 0; round < 4000; round++) {
		uint64_t first = (unsigned)rand_r(&seed) % 256,
			 last = (unsigned)rand_r(&seed) % 256;
		bool add = rand_r(&seed) % 2, all = true;
		unsigned ranges = 0;

		if (first > last)
			continue;
		/* Mostly short ones: many ranges. */
		if (round % 16)
			last = MIN(last, first + 3);
		ck_assert_int_eq(add ? rangeset_add(&set, first, last)
				     : rangeset_remove(&set, first, last),
				 0);
		for (uint64_t i = first; i <= last; i++)
			in[i] = add;
		for (uint64_t i = 0; i < 256; i++) {
			ck_assert_int_eq(rangeset_contains(&set, i, i), in[i]);
			ranges += in[i] && (!i || !in[i - 1]);
		}
		ck_assert_uint_eq(set.n, ranges);
		first = (unsigned)rand_r(&seed) % 256;
		last = MIN(first + 5, 255ul);
		for (uint64_t i = first; i <= last; i++)
			all &= in[i];
		ck_assert_int_eq(rangeset_contains(&set, first, last), all);
	}
}
END_TEST

static bool done;

static void *look(void *arg)
{
	unsigned *wrong = arg;

	while (!__atomic_load_n(&done, __ATOMIC_ACQUIRE)) {
		*wrong += !rangeset_contains(&set, 1ull << 20, 1ull << 20);
		*wrong += rangeset_contains(&set, 3, 3);
		*wrong += rangeset_contains(&set, 4, 1ull << 20);
	}
	return NULL;
}

/* The ranges below the one that stays make it move to and fro; each round grows the set anew. */
START_TEST(look_ups_meanwhile)
{
	unsigned wrong[LOOKERS] = {0};
	pthread_t looker[LOOKERS];

	ck_assert_int_eq(rangeset_add(&set, 1ull << 20, 1ull << 20), 0);
	for (unsigned i = 0; i < LOOKERS; i++)
		ck_assert_int_eq(pthread_create(&looker[i], NULL, look, &wrong[i]), 0);
	for (uint64_t size = 8; size <= 512; size *= 2)
		for (unsigned round = 0; round < 20; round++) {
			for (uint64_t i = 1; i < size; i++)
				ck_assert_int_eq(rangeset_add(&set, 4 * i, 4 * i + 1), 0);
			ck_assert_int_eq(rangeset_remove(&set, 0, 1000000), 0);
		}
	__atomic_store_n(&done, true, __ATOMIC_RELEASE);
	for (unsigned i = 0; i < LOOKERS; i++) {
		pthread_join(looker[i], NULL);
		ck_assert_uint_eq(wrong[i], 0);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("rangeset");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, start, stop);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, neighbours_join_and_holes_split);
	tcase_add_test(t, both_ends_of_the_numbers);
	tcase_add_test(t, errors_change_nothing);
	tcase_add_test(t, same_as_a_bitmap);
	tcase_add_test(t, look_ups_meanwhile);
	suite_add_tcase(s, t);
	return suite_run(s);
}
