// SPDX-License-Identifier: GPL-2.0-or-later
/* What guests may put on a terminal: names and values as plain text, console output tamed. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "lib/plain.h"
#include "lib/tame.h"
#include "suite.h"

static const char *plain(const char *text)
{
	static char out[256];

	ck_assert_uint_eq(plain_text(out, sizeof(out), text), strlen(out));
	return out;
}

START_TEST(test_plain_text)
{
	ck_assert_str_eq(plain("web-1.example_2"), "web-1.example_2");
	ck_assert_str_eq(plain("B\xc3\xbc"
			       "ro \xe2\x82\xac \xf0\x9f\x98\x80"),
			 "B\xc3\xbc"
			 "ro \xe2\x82\xac \xf0\x9f\x98\x80");
	ck_assert_str_eq(plain("a\x1b]0;b\x07"), "a\\x1b]0;b\\x07");
	ck_assert_str_eq(plain("one\ntwo\r\t\x7f"), "one\\x0atwo\\x0d\\x09\\x7f");
	/* C1 controls, in UTF-8 and alone. */
	ck_assert_str_eq(plain("\xc2\x9b"
			       "2J\x9b"),
			 "\\xc2\\x9b2J\\x9b");
	/* Cut short, overlong, surrogate, beyond the last. */
	ck_assert_str_eq(plain("\xe2\x82"), "\\xe2\\x82");
	ck_assert_str_eq(plain("\xc0\xaf"), "\\xc0\\xaf");
	ck_assert_str_eq(plain("\xed\xa0\x80"), "\\xed\\xa0\\x80");
	ck_assert_str_eq(plain("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
	/* What turns the reading direction, or is not seen. */
	ck_assert_str_eq(plain("a\xe2\x80\xae"
			       "b"),
			 "a\\xe2\\x80\\xae"
			 "b");
	ck_assert_str_eq(plain("\xe2\x80\x8b"), "\\xe2\\x80\\x8b");
	ck_assert_str_eq(plain(plain("x\x01")), "x\\x01");
}
END_TEST

START_TEST(test_plain_cut)
{
	char out[8];

	/* A character or an escape is there whole, or not. */
	ck_assert_uint_eq(plain_text(out, 7, "abc\x01"), 3);
	ck_assert_uint_eq(plain_text(out, 8, "abc\x01"), 7);
	ck_assert_uint_eq(plain_text(out, 5, "abc\xc3\xbc"), 3);
	ck_assert_uint_eq(plain_text(out, 6, "abc\xc3\xbc"), 5);
	ck_assert_uint_eq(plain_text(out, 1, "abc"), 0);
	ck_assert_uint_eq(plain_text(out, 0, "abc"), 0);
}
END_TEST

START_TEST(test_plain_keeps)
{
	char out[32];

	plain_bytes(out, sizeof(out), "a\nb\tc\0d\r", 8, "\n\t");
	ck_assert_str_eq(out, "a\nb\tc\\x00d\\x0d");
}
END_TEST

/* The filter's output for a text given at once; it is the same byte by byte. */
static const char *tamed(const char *text)
{
	static char whole[512];
	char pieces[512];
	struct tame t = {0};
	size_t n = strlen(text), i, used = 0, all;

	for (i = 0; i < n; i++)
		used += tame(&t, text + i, 1, pieces + used);
	t = (struct tame){0};
	all = tame(&t, text, n, whole);
	ck_assert_uint_eq(all, used);
	ck_assert(!memcmp(whole, pieces, used));
	ck_assert_uint_le(all, tame_room(n));
	whole[all] = '\0';
	return whole;
}

#define STAYS(text) ck_assert_str_eq(tamed(text), text)
#define GOES(text)  ck_assert_str_eq(tamed("a" text "z"), "az")

START_TEST(test_tame_draws)
{
	STAYS("line\r\n\ttab \b\a B\xc3\xbcro \xe2\x82\xac \xf0\x9f\x98\x80 \xc2\xa9");
	STAYS("\x1b[1;32mOK\x1b[0m \x1b[m\x1b[H\x1b[2J\x1b[10;20H\x1b[K");
	STAYS("\x1b[?25l\x1b[?1049h\x1b[4;20r\x1b"
	      "7\x1b"
	      "8\x1bM\x1b(B\x1b)0\x1b=\x1b>");
	STAYS("\x1b[6n\x1b[2 q\x1b[!p\x1b[38;2;1;2;3m");
}
END_TEST

START_TEST(test_tame_drops)
{
	GOES("\x1b]0;title\x07");
	GOES("\x1b]52;c;ZXZpbA==\x1b\\");
	GOES("\x1bP$qm\x1b\\");
	GOES("\x1b_payload\x1b\\");
	GOES("\x1b^x\x1b\\");
	GOES("\x1bXx\x1b\\");
	GOES("\x1bktitle\x1b\\");
	GOES("\x1b[21t");
	GOES("\x1b[c");
	GOES("\x1b[>c");
	GOES("\x1b[>q");
	GOES("\x1b[5n");
	GOES("\x1b[?6n");
	GOES("\x1b[5i");
	GOES("\x1b[>4;2m");
	GOES("\x1b[?u");
	GOES("\x1b[1$w");
	GOES("\x1bZ");
	GOES("\x05");
	GOES("\xc2\x9d");
	GOES("\x9b");
	/* A sequence in the midst of another, and given up. */
	ck_assert_str_eq(tamed("\x1b[12\x1b[31mred"), "\x1b[31mred");
	ck_assert_str_eq(tamed("\x1b[12\x18x"), "x");
	ck_assert_str_eq(tamed("\x1b]0;a\x1b[31mred"), "\x1b[31mred");
	/* UTF-8 that ends early does not carry a C1 control through. */
	ck_assert_str_eq(tamed("\xe2x\x9b"), "\xe2x");
}
END_TEST

START_TEST(test_tame_long)
{
	char text[300] = "\x1b[";

	memset(text + 2, '1', 200);
	strcpy(text + 202, "mx");
	ck_assert_str_eq(tamed(text), "x");
	memset(text + 1, '#', 200);
	strcpy(text + 201, "8x");
	ck_assert_str_eq(tamed(text), "x");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("plain");
	TCase *c = tcase_create("plain");

	tcase_add_test(c, test_plain_text);
	tcase_add_test(c, test_plain_cut);
	tcase_add_test(c, test_plain_keeps);
	tcase_add_test(c, test_tame_draws);
	tcase_add_test(c, test_tame_drops);
	tcase_add_test(c, test_tame_long);
	suite_add_tcase(s, c);
	return suite_run(s);
}
