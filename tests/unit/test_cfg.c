// SPDX-License-Identifier: GPL-2.0-or-later
/* Configuration files: what xl.cfg syntax allows is read, all else is refused with file and line.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf/cfg.h"
#include "suite.h"

static struct cfg c;
static struct diag d;

static int parse(const char *text)
{
	cfg_free(&c);
	return cfg_parse(&c, "f.cfg", text, strlen(text), &d);
}

static void setup(void)
{
	cfg_init(&c);
}

static void teardown(void)
{
	cfg_free(&c);
}

static const char *text_of(const char *key)
{
	const struct cfg_entry *e = cfg_find(&c, key);

	ck_assert_ptr_nonnull(e);
	ck_assert_ptr_nonnull(e->value->text);
	return e->value->text;
}

START_TEST(test_kinds)
{
	ck_assert_int_eq(parse("a = \"x y\" # note\nb='q\"q'; c = 0x10\n\nd = -5\n"), 0);
	ck_assert_str_eq(text_of("a"), "x y");
	ck_assert_str_eq(text_of("b"), "q\"q");
	ck_assert_str_eq(text_of("c"), "0x10");
	ck_assert_int_eq(cfg_find(&c, "c")->value->kind, CFG_NUMBER);
	ck_assert_str_eq(text_of("d"), "-5");
	ck_assert_int_eq(cfg_find(&c, "d")->line, 4);
	ck_assert_ptr_null(cfg_find(&c, "e"));
}
END_TEST

START_TEST(test_escapes_and_continuation)
{
	ck_assert_int_eq(parse("a = \"\\x41\\n\\\\\\\"\"\nb \\\n = \\\n 3\nc=\"l1\\\nl2\"\ne = 1"),
			 0);
	ck_assert_str_eq(text_of("a"), "A\n\\\"");
	ck_assert_str_eq(text_of("b"), "3");
	ck_assert_str_eq(text_of("c"), "l1l2");
	ck_assert_int_eq(cfg_find(&c, "e")->line, 7);
}
END_TEST

START_TEST(test_lists)
{
	const struct cfg_value *v;

	ck_assert_int_eq(
		parse("disk = [\n 'one', # first\n\n [ 'in', 7 ],\n]\nempty = []\ndisk += ['two']"),
		0);
	v = cfg_find(&c, "disk")->value;
	ck_assert_int_eq(v->kind, CFG_LIST);
	v = v->items;
	ck_assert_str_eq(v->text, "one");
	ck_assert_int_eq(v->line, 2);
	v = v->next;
	ck_assert_int_eq(v->kind, CFG_LIST);
	ck_assert_str_eq(v->items->next->text, "7");
	ck_assert_str_eq(v->next->text, "two");
	ck_assert_ptr_null(v->next->next);
	ck_assert_ptr_null(cfg_find(&c, "empty")->value->items);
}
END_TEST

START_TEST(test_later_setting_wins)
{
	ck_assert_int_eq(parse("a=1\na='two'\n"), 0);
	ck_assert_str_eq(text_of("a"), "two");
	ck_assert_ptr_null(c.first->next);
}
END_TEST

static const struct {
	const char *text, *at;
} wrongs[] = {
	{"a = \n", "f.cfg:1:"},
	{"a 1\n", "f.cfg:1:"},
	{"\n\na = hello\n", "f.cfg:3:"},
	{"a = \"open\nb = 1", "f.cfg:1:"},
	{"a = [ 'x'\n'y' ]", "f.cfg:2:"},
	{"a = [ 'x',\n", "f.cfg:1:"},
	{"a = [\n", "f.cfg:1:"},
	{"a = 1 2\n", "f.cfg:1:"},
	{"= 1", "f.cfg:1:"},
	{"\"a\" = 1", "f.cfg:1:"},
	{"a = 1\n\x01", "f.cfg:2:"},
	{"a = '\\x4'", "f.cfg:1:"},
	{"a = '\\x00'", "f.cfg:1:"},
	{"a += [1]\na += 2", "f.cfg:2:"},
	{"a = [[[[[[[[[1]]]]]]]]]", "f.cfg:1:"},
	{"a = '\\", "f.cfg:1:"},
	{"a = 1 }", "f.cfg:1:"},
	{"abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghij = 1", "f.cfg:1:"},
};

START_TEST(test_wrong)
{
	ck_assert_int_eq(parse(wrongs[_i].text), -EINVAL);
	ck_assert_msg(!strncmp(d.text, wrongs[_i].at, strlen(wrongs[_i].at)), "%s: %s",
		      wrongs[_i].text, d.text);
}
END_TEST

START_TEST(test_long_words)
{
	char *text = malloc(20000);

	memset(text, 'x', 20000);
	memcpy(text, "a='", 3);
	ck_assert_int_eq(cfg_parse(&c, "f", text, 20000, &d), -EINVAL);
	memcpy(text + 8000, "'\0'", 3);
	ck_assert_int_eq(cfg_parse(&c, "f", text, 8001, &d), 0);
	text[100] = '\0';
	ck_assert_int_eq(cfg_parse(&c, "f", text, 8001, &d), -EINVAL);
	free(text);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cfg");
	TCase *t = tcase_create("cfg");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_kinds);
	tcase_add_test(t, test_escapes_and_continuation);
	tcase_add_test(t, test_lists);
	tcase_add_test(t, test_later_setting_wins);
	tcase_add_loop_test(t, test_wrong, 0, sizeof(wrongs) / sizeof(wrongs[0]));
	tcase_add_test(t, test_long_words);
	suite_add_tcase(s, t);
	return suite_run(s);
}
