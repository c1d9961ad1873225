/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Formatting, the ring, input, levels and the limit on what guests may log. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hv/cmdline.h>
#include <hv/console.h>
#include <hv/domain.h>
#include <abi/evtchn.h>
#include <arch/console.h>
#include "suite.h"

struct hv_options hv_options;
static char serial[1 << 20];
static size_t serial_len;
static unsigned virqs;
static int64_t now;
static char buf[65536];
static uint32_t idx;

int64_t time_now(void)
{
	return now;
}

void serial_write(const char *s, size_t n)
{
	memcpy(serial + serial_len, s, n);
	serial_len += n;
	serial[serial_len] = 0;
}

void vga_write(const char *s, size_t n)
{
	(void)s, (void)n;
}

void evtchn_raise_global_virq(uint32_t virq)
{
	ck_assert_uint_eq(virq, VIRQ_CONSOLE);
	virqs++;
}

void guest_console_input(void)
{
}

static void setup(void)
{
	hv_options.loglvl = LOG_INFO;
	hv_options.guest_loglvl = LOG_INFO;
	serial_len = 0;
	serial[0] = 0;
	idx = 0;
	console_ring_read(buf, sizeof(buf), &idx, false, true);
}

/* What libc's own printf makes of it is the measure. */
#define SAME(...)                                                                                  \
	do {                                                                                       \
		char want[128], got[128];                                                          \
		int n = snprintf(want, sizeof(want), __VA_ARGS__);                                 \
		ck_assert_int_eq(hv_snprintf(got, sizeof(got), __VA_ARGS__), n);                   \
		ck_assert_str_eq(got, want);                                                       \
	} while (0)

START_TEST(formats)
{
	SAME("plain %% text");
	SAME("%d %d %d %i", 0, -1, INT32_MAX, INT32_MIN);
	SAME("%ld %lu %lx %llX", INT64_MIN, UINT64_MAX, 0xabcdef0123456789ul, 0xabcull);
	SAME("[%5d] [%-5d] [%05d] [%+d] [%05d]", 42, 42, 42, 42, -42);
	SAME("[%.4d] [%8.4d] [%-8.4x]", 7, 7, 0xaf);
	SAME("[%*d] [%.*d]", 6, 1, 3, 1);
	SAME("%hhx %hd %hu %zu %hhd", (unsigned char)0xff, (short)-5, (unsigned short)65535,
	     (size_t)7, (signed char)-3);
	SAME("%016lx", 0x1234ul);
	SAME("[%s] [%6s] [%-6s] [%.2s] [%6.2s]", "abc", "abc", "abc", "abc", "abc");
	SAME("[%c] [%3c] [%-3c]", 'x', 'y', 'z');
	SAME("%#x [%#10lx] [%#010lx] %#x %#X", 255, 255ul, 255ul, 0, 0xab);
	SAME("%p", (void *)0x1234);
}
END_TEST

START_TEST(cuts_what_does_not_fit)
{
	char small[6] = "#####";

	ck_assert_int_eq(hv_snprintf(small, 5, "%s", "abcdefgh"), 8);
	ck_assert_str_eq(small, "abcd");
	ck_assert_int_eq(hv_snprintf(small, 1, "%d", 100), 3);
	ck_assert_str_eq(small, "");
	ck_assert_int_eq(hv_snprintf(NULL, 0, "%d", 100), 3);
}
END_TEST

START_TEST(levels_choose)
{
	log_info("one %d", 1);
	log_debug("two");
	ck_assert_str_eq(serial, "(hv) one 1\n");
	hv_options.loglvl = LOG_ERROR - 1;
	log_error("three");
	ck_assert_str_eq(serial, "(hv) one 1\n");
}
END_TEST

START_TEST(long_lines_are_cut)
{
	char text[2000];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = 0;
	log_info("%s", text);
	ck_assert_uint_eq(serial_len, 511);
	ck_assert_int_eq(serial[510], '\n');
}
END_TEST

START_TEST(ring_reads)
{
	size_t n;

	console_write("hello\0 world", 12);
	idx = 0;
	n = console_ring_read(buf, sizeof(buf), &idx, false, false);
	ck_assert_uint_eq(n, 11); /* the NUL is dropped */
	ck_assert_int_eq(memcmp(buf, "hello world", 11), 0);
	ck_assert_uint_eq(console_ring_read(buf, sizeof(buf), &idx, true, false), 0);
	console_write("!", 1);
	ck_assert_uint_eq(console_ring_read(buf, sizeof(buf), &idx, true, false), 1);
	ck_assert_int_eq(buf[0], '!');
	/* Not incremental: from the start again; an index from the future counts as none. */
	ck_assert_uint_eq(console_ring_read(buf, sizeof(buf), &idx, false, false), 12);
	idx += 1000;
	ck_assert_uint_eq(console_ring_read(buf, 5, &idx, true, false), 5);
	ck_assert_int_eq(memcmp(buf, "hello", 5), 0);
	ck_assert_uint_eq(console_ring_read(buf, sizeof(buf), &idx, false, true), 12);
	ck_assert_uint_eq(console_ring_read(buf, sizeof(buf), &idx, false, false), 0);
}
END_TEST

START_TEST(ring_keeps_the_newest)
{
	for (unsigned i = 0; i < 10000; i++) {
		char line[16];
		int n = snprintf(line, sizeof(line), "line %05u\n", i);

		console_write(line, (size_t)n);
	}
	ck_assert_uint_eq(console_ring_read(buf, sizeof(buf), &idx, false, false), 32768);
	ck_assert_int_eq(memcmp(buf + 32768 - 11, "line 09999\n", 11), 0);
}
END_TEST

START_TEST(passed_bytes_are_not_logged)
{
	console_write("a", 1);
	console_pass("bc", 2);
	ck_assert_str_eq(serial, "abc");
	ck_assert_uint_eq(console_ring_read(buf, sizeof(buf), &idx, false, false), 1);
}
END_TEST

START_TEST(replay_gives_all)
{
	log_info("before");
	console_write("x", 1);
	serial_len = 0;
	console_replay(serial_write);
	ck_assert_str_eq(serial, "(hv) before\nx");
}
END_TEST

START_TEST(input_is_kept)
{
	char in[300];

	virqs = 0;
	for (unsigned i = 0; i < 300; i++)
		console_input((char)i);
	ck_assert_uint_eq(virqs, 300);
	ck_assert_uint_eq(console_read(in, 3), 3);
	ck_assert_int_eq(in[2], 2);
	ck_assert_uint_eq(console_read(in, sizeof(in)), 253);
	ck_assert_int_eq((unsigned char)in[252], 255);
	ck_assert_uint_eq(console_read(in, sizeof(in)), 0);
}
END_TEST

START_TEST(guests_are_limited)
{
	static struct domain d = {.id = 7};
	unsigned lines = 0;

	now = 1000000000000;
	for (unsigned i = 0; i < 1000; i++)
		log_guest(&d, LOG_INFO, "noise");
	for (const char *p = serial; (p = strstr(p, "(d7) noise\n")); p++)
		lines++;
	ck_assert_uint_ge(lines, 20);
	ck_assert_uint_le(lines, 22);
	serial_len = 0;
	now += 500000000;
	log_guest(NULL, LOG_INFO, "later");
	ck_assert_ptr_nonnull(strstr(serial, "(hv) 979 lines"));
	ck_assert_ptr_nonnull(strstr(serial, "(d?) later"));
	hv_options.guest_loglvl = LOG_ERROR;
	serial_len = 0;
	serial[0] = 0;
	log_guest(&d, LOG_INFO, "quiet");
	ck_assert_str_eq(serial, "");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("console");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, formats);
	tcase_add_test(t, cuts_what_does_not_fit);
	tcase_add_test(t, levels_choose);
	tcase_add_test(t, long_lines_are_cut);
	tcase_add_test(t, ring_reads);
	tcase_add_test(t, ring_keeps_the_newest);
	tcase_add_test(t, replay_gives_all);
	tcase_add_test(t, passed_bytes_are_not_logged);
	tcase_add_test(t, input_is_kept);
	tcase_add_test(t, guests_are_limited);
	suite_add_tcase(s, t);
	return suite_run(s);
}
