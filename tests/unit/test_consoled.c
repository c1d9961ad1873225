// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the console daemon keeps: the history that the next process goes on with, log files that
 * take turns; and how fast a guest may print.
 */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "consoled/hist.h"
#include "consoled/log.h"
#include "consoled/pace.h"
#include "suite.h"

static char dir[64], path[96];
static struct hist h;

static void setup(void)
{
	strcpy(dir, "/tmp/consoled-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/file", dir);
}

static void teardown(void)
{
	char cmd[128];

	snprintf(cmd, sizeof(cmd), "rm -rf %s", dir);
	ck_assert_int_eq(system(cmd), 0);
}

static void put(const char *text)
{
	hist_put(&h, text, strlen(text));
}

START_TEST(history_of_one_process)
{
	char got[HIST_SIZE];
	uint32_t at = UINT32_MAX - 2, i;

	/* The index wraps in the middle of it. */
	ck_assert_int_eq(hist_open(&h, path, at), 0);
	put("abcdef");
	ck_assert_uint_eq(hist_begin(&h), UINT32_MAX - 2);
	ck_assert_uint_eq(hist_get(&h, &at, got, 4), 4);
	ck_assert_mem_eq(got, "abcd", 4);
	at += 4;
	ck_assert_uint_eq(hist_get(&h, &at, got, sizeof(got)), 2);
	ck_assert_mem_eq(got, "ef", 2);
	at += 2;
	ck_assert_uint_eq(hist_get(&h, &at, got, sizeof(got)), 0);
	/* Who is too far behind, or nowhere, gets what there is. */
	for (i = 0; i < 2 * HIST_SIZE / 8; i++)
		put("01234567");
	ck_assert_uint_eq(hist_get(&h, &at, got, sizeof(got)), HIST_SIZE);
	ck_assert_uint_eq(at, hist_begin(&h));
	ck_assert_mem_eq(got, "01234567", 8);
	ck_assert_mem_eq(got + HIST_SIZE - 8, "01234567", 8);
	at = h.page->end + 5;
	ck_assert_uint_eq(hist_get(&h, &at, got, 8), 8);
	ck_assert_uint_eq(at, hist_begin(&h));
	hist_close(&h, true);
	ck_assert_int_ne(access(path, F_OK), 0);
}
END_TEST

START_TEST(the_next_process_goes_on)
{
	char got[64];
	uint32_t at;

	ck_assert_int_eq(hist_open(&h, path, 100), 0);
	put("first ");
	hist_logged(&h, h.page->end, 7);
	put("second");
	hist_close(&h, false);
	/* The ring's index had not been moved over "second": it is behind by six. */
	ck_assert_int_eq(hist_open(&h, path, 106), 0);
	ck_assert_uint_eq(h.page->end, 112);
	ck_assert_uint_eq(hist_mark(&h)->size, 7);
	at = hist_mark(&h)->index;
	ck_assert_uint_eq(hist_get(&h, &at, got, sizeof(got)), 6);
	ck_assert_mem_eq(got, "second", 6);
	at = 100;
	ck_assert_uint_eq(hist_get(&h, &at, got, sizeof(got)), 12);
	ck_assert_mem_eq(got, "first second", 12);
	hist_close(&h, false);
	/* An index that cannot belong to it, a damaged file: begin anew. */
	ck_assert_int_eq(hist_open(&h, path, 113), 0);
	ck_assert_uint_eq(h.page->end, 113);
	ck_assert_uint_eq(h.page->count, 0);
	put("x");
	hist_close(&h, false);
	ck_assert_int_eq(hist_open(&h, path, 999999), 0);
	ck_assert_uint_eq(h.page->count, 0);
	h.page->count = HIST_SIZE + 1;
	hist_close(&h, false);
	ck_assert_int_eq(hist_open(&h, path, 999999), 0);
	ck_assert_uint_eq(h.page->count, 0);
	hist_close(&h, true);
}
END_TEST

static void expect_file(const char *suffix, const char *want)
{
	char name[128], got[64] = "";
	FILE *f;
	size_t n;

	snprintf(name, sizeof(name), "%s%s", path, suffix);
	f = fopen(name, "r");
	if (!want) {
		ck_assert_ptr_null(f);
		return;
	}
	ck_assert_msg(f != NULL, "%s is not there", suffix);
	n = fread(got, 1, sizeof(got) - 1, f);
	got[n] = '\0';
	fclose(f);
	ck_assert_str_eq(got, want);
}

START_TEST(logs_take_turns)
{
	struct log l;
	unsigned i;
	char text[8];

	log_limits = (struct log_limits){.size = 10, .keep = 2};
	ck_assert_int_eq(log_open(&l, path, true), 0);
	for (i = 0; i < 5; i++) {
		snprintf(text, sizeof(text), "line %u\n", i);
		log_write(&l, text, 7);
	}
	expect_file("", "line 4\n");
	expect_file(".1", "line 3\n");
	expect_file(".2", "line 2\n");
	expect_file(".3", NULL);
	/* What a process wrote and could not note is cut off before it is written again. */
	log_write(&l, "ab", 2);
	log_cut(&l, 7);
	log_write(&l, "cd", 2);
	expect_file("", "line 4\ncd");
	/* Fewer are kept from now on; then none. */
	log_limits.keep = 1;
	log_write(&l, "0123456789abc", 13);
	expect_file("", "0123456789abc");
	expect_file(".1", "line 4\ncd");
	expect_file(".2", NULL);
	log_limits.keep = 0;
	log_write(&l, "z", 1);
	expect_file("", "z");
	expect_file(".1", NULL);
	log_close(&l);
	/* The next life. */
	ck_assert_int_eq(log_open(&l, path, true), 0);
	expect_file("", "");
	expect_file(".old", "z");
	log_close(&l);
}
END_TEST

START_TEST(a_guest_prints_as_fast_as_it_may)
{
	const uint64_t second = 1000000000;
	uint64_t now = 5 * second, total = 0, ms = 1, bytes = 1, begin = now;
	struct pace p = {0};
	unsigned told = 0, i;
	size_t room;

	pace_limit = 100 << 10;
	/* One that never stops, looked at ten times a second for ten seconds. */
	for (i = 0; i < 100; i++, now += second / 10) {
		room = pace_room(&p, now);
		ck_assert_uint_le(room, PACE_TURN);
		total += room;
		if (pace_took(&p, now, room, true, &ms, &bytes)) {
			told++;
			ck_assert_uint_eq(ms, 0);
		}
	}
	/* A burst at the beginning, then the rate. */
	ck_assert_uint_le(total, (uint64_t)pace_limit * (10 + PACE_BURST_S));
	ck_assert_uint_ge(total, (uint64_t)pace_limit * 10);
	ck_assert_uint_eq(told, 1);
	ck_assert_uint_gt(p.since, begin);
	/* It stops: that is said once, with how much it was. */
	for (told = 0, i = 0; i < 100; i++, now += second / 10) {
		room = pace_room(&p, now);
		if (pace_took(&p, now, 0, false, &ms, &bytes)) {
			told++;
			ck_assert_uint_gt(ms, 1000);
			ck_assert_uint_gt(bytes, 100 << 10);
			ck_assert_uint_lt(bytes, total);
		}
	}
	ck_assert_uint_eq(told, 1);
	ck_assert_uint_eq(p.since, 0);
	/* And one that goes on and on is told about once a minute. */
	for (told = 0, i = 0; i < 1300; i++, now += second / 10)
		told += pace_took(&p, now, pace_room(&p, now), true, &ms, &bytes);
	ck_assert_uint_eq(told, 3);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("consoled");
	TCase *t = tcase_create("kept");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, history_of_one_process);
	tcase_add_test(t, the_next_process_goes_on);
	tcase_add_test(t, logs_take_turns);
	tcase_add_test(t, a_guest_prints_as_fast_as_it_may);
	suite_add_tcase(s, t);
	return suite_run(s);
}
