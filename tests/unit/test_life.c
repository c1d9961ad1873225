// SPDX-License-Identifier: GPL-2.0-or-later
/* The tools' pure decisions: what follows a guest's end, CPU lists, process identity, store names.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi/sched.h"
#include "lib/cpumap.h"
#include "lib/opt.h"
#include "life/names.h"
#include "life/policy.h"
#include "suite.h"

static struct domconf conf = {
	.on_poweroff = END_DESTROY,
	.on_reboot = END_RESTART,
	.on_crash = END_PRESERVE,
};

static struct policy_verdict decide(unsigned code, long long lived, unsigned quick)
{
	struct policy_end e = {.code = code, .lived_s = lived, .quick = quick};

	return policy_decide(&conf, &e);
}

START_TEST(test_policy_by_code)
{
	ck_assert_int_eq(decide(SHUTDOWN_poweroff, 100, 0).action, END_DESTROY);
	ck_assert_int_eq(decide(SHUTDOWN_reboot, 100, 0).action, END_RESTART);
	ck_assert_int_eq(decide(SHUTDOWN_crash, 100, 0).action, END_PRESERVE);
	ck_assert_int_eq(decide(SHUTDOWN_watchdog, 100, 0).action, END_PRESERVE);
	ck_assert_int_eq(decide(77, 100, 0).action, END_PRESERVE);
	ck_assert(!decide(SHUTDOWN_suspend, 100, 0).act);
	ck_assert(decide(SHUTDOWN_crash, 100, 0).act);
}
END_TEST

START_TEST(test_policy_host_goes_down)
{
	struct policy_end e = {.code = SHUTDOWN_reboot, .lived_s = 100, .final = true};

	conf.on_reboot = END_RESTART;
	ck_assert(policy_decide(&conf, &e).act);
	ck_assert_int_eq(policy_decide(&conf, &e).action, END_DESTROY);
	e.code = SHUTDOWN_crash;
	conf.on_crash = END_PRESERVE;
	ck_assert_int_eq(policy_decide(&conf, &e).action, END_DESTROY);
	e.code = SHUTDOWN_suspend;
	ck_assert(!policy_decide(&conf, &e).act);
}
END_TEST

START_TEST(test_policy_stops_restart_loops)
{
	struct policy_verdict v;
	unsigned quick = 0;
	int restarts = 0;

	for (;;) {
		v = decide(SHUTDOWN_reboot, 1, quick);
		if (v.action != END_RESTART)
			break;
		ck_assert_int_lt(++restarts, 100);
		quick = v.quick;
	}
	ck_assert(v.given_up);
	ck_assert_int_eq(v.action, END_DESTROY);
	ck_assert_int_eq(restarts, POLICY_QUICK_MAX - 1);
	/* One long life clears the account; guests that are kept or removed need none. */
	ck_assert_uint_eq(decide(SHUTDOWN_reboot, POLICY_QUICK_S, POLICY_QUICK_MAX).quick, 0);
	ck_assert(!decide(SHUTDOWN_crash, 0, 50).given_up);
}
END_TEST

START_TEST(test_cpumap)
{
	uint8_t map[CPUMAP_BYTES];
	char text[64];

	ck_assert_int_eq(cpumap_parse("0-3,^2,8", map), 0);
	ck_assert_uint_eq(map[0], 0x0b);
	ck_assert_uint_eq(map[1], 0x01);
	cpumap_format(map, 16, text, sizeof(text));
	ck_assert_str_eq(text, "0-1,3,8");
	ck_assert_int_eq(cpumap_parse("all", map), 0);
	cpumap_format(map, 4, text, sizeof(text));
	ck_assert_str_eq(text, "all");
	ck_assert_int_eq(cpumap_parse("all,^0", map), 0);
	cpumap_format(map, 3, text, sizeof(text));
	ck_assert_str_eq(text, "1-2");
	ck_assert_int_eq(cpumap_parse("4095", map), 0);
	ck_assert_uint_eq(map[CPUMAP_BYTES - 1], 0x80);
}
END_TEST

static const char *const bad_maps[] = {"",     ",",    "0-",  "3-1", "x",
				       "0,,1", "4096", "0 1", "^0",  "1-2-3"};

START_TEST(test_bad_cpumap)
{
	uint8_t map[CPUMAP_BYTES];

	ck_assert_int_eq(cpumap_parse(bad_maps[_i], map), -EINVAL);
}
END_TEST

START_TEST(test_process_start)
{
	ck_assert_uint_eq(
		name_parse_start("7 (a b) c) S 1 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 98765 "
				 "1000 2 3"),
		98765);
	ck_assert_uint_eq(name_parse_start(""), 0);
	ck_assert_uint_eq(name_parse_start("7 (x) S 1 2"), 0);
	ck_assert_uint_ne(name_process_start((unsigned long)getpid()), 0);
	ck_assert_uint_eq(name_process_start(0x7ffffff0), 0);
}
END_TEST

START_TEST(test_name_path)
{
	char path[NAME_PATH], longer[600];

	name_path("web-1", path, sizeof(path));
	ck_assert_str_eq(path, "/pavise/name/web-1");
	name_path("a.b_c", path, sizeof(path));
	ck_assert_str_eq(path, "/pavise/name/a_2eb_5fc");
	memset(longer, '.', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	name_path(longer, path, sizeof(path));
	ck_assert_uint_lt(strlen(path), sizeof(path));
}
END_TEST

static bool flag;
static const char *word;
static unsigned num;
static const struct opt opts[] = {
	{'f', "flag", NULL, OPT_FLAG, &flag, ""},
	{'w', "word", "WORD", OPT_STR, &word, ""},
	{0, "num", "N", OPT_UINT, &num, ""},
	NO_MORE_OPTS,
};
static const struct opt_cmd cmd = {"test", "[X...]", "a test", opts};

START_TEST(test_options)
{
	char *argv[] = {"test", "one", "-f", "--word=a", "two", "--num", "0x10", "--", "-f", NULL};
	char *bad[] = {"test", "--nope", NULL};
	char *lacks[] = {"test", "-w", NULL};
	char *nan[] = {"test", "--num=1x", NULL};
	int first;

	flag = false;
	first = opt_parse(&cmd, 9, argv, false);
	ck_assert_int_eq(first, 6);
	ck_assert_str_eq(argv[6], "one");
	ck_assert_str_eq(argv[7], "two");
	ck_assert_str_eq(argv[8], "-f");
	ck_assert(flag && !strcmp(word, "a") && num == 16);
	ck_assert_int_eq(opt_parse(&cmd, 2, bad, false), -1);
	ck_assert_int_eq(opt_parse(&cmd, 2, lacks, false), -1);
	ck_assert_int_eq(opt_parse(&cmd, 2, nan, false), -1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("life");
	TCase *t = tcase_create("life");

	tcase_add_test(t, test_policy_by_code);
	tcase_add_test(t, test_policy_host_goes_down);
	tcase_add_test(t, test_policy_stops_restart_loops);
	tcase_add_test(t, test_cpumap);
	tcase_add_loop_test(t, test_bad_cpumap, 0, sizeof(bad_maps) / sizeof(bad_maps[0]));
	tcase_add_test(t, test_process_start);
	tcase_add_test(t, test_name_path);
	tcase_add_test(t, test_options);
	suite_add_tcase(s, t);
	return suite_run(s);
}
