// SPDX-License-Identifier: GPL-2.0-or-later
/* What the exporter writes and reads: Prometheus's text, names of devices, /proc/net/dev. */
#include <check.h>
#include <string.h>

#include "exporter/devstat.h"
#include "exporter/text.h"
#include "suite.h"

static struct text t;

static void teardown(void)
{
	text_free(&t);
}

START_TEST(families_and_samples)
{
	text_family(&t, "pavise_a_total", "counter", "What it is.");
	text_number(&t, "pavise_a_total", "domid=\"1\"", UINT64_MAX);
	text_number(&t, "pavise_a_total", "", 0);
	text_seconds(&t, "pavise_b", "x=\"y\"", 1000000001);
	ck_assert_str_eq(t.at, "# HELP pavise_a_total What it is.\n"
			       "# TYPE pavise_a_total counter\n"
			       "pavise_a_total{domid=\"1\"} 18446744073709551615\n"
			       "pavise_a_total 0\n"
			       "pavise_b{x=\"y\"} 1.000000001\n");
	ck_assert_uint_eq(t.len, strlen(t.at));
	ck_assert(!t.failed);
}
END_TEST

START_TEST(text_grows)
{
	size_t i;

	for (i = 0; i < 5000; i++)
		text_number(&t, "pavise_some_name", "", i);
	ck_assert_uint_eq(t.len, strlen(t.at));
	ck_assert_str_eq(t.at + t.len - strlen("\npavise_some_name 4999\n"),
			 "\npavise_some_name 4999\n");
}
END_TEST

START_TEST(labels_are_escaped)
{
	char buf[64] = "";

	text_label(buf, sizeof(buf), "a", "x\"y\\z\n");
	text_label(buf, sizeof(buf), "b", "\x1b[1m\xc3\xbc\t");
	ck_assert_str_eq(buf, "a=\"x\\\"y\\\\z\\n\",b=\"?[1m???\"");
}
END_TEST

/* Whatever the room, the label ends as one, and no escape is cut in two. */
START_TEST(long_labels_are_cut)
{
	static const char value[] = "ab\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"";
	char buf[64];
	size_t size, n, i;

	for (size = 12; size < 40; size++) {
		memset(buf, '#', sizeof(buf));
		buf[0] = '\0';
		text_label(buf, size, "key", value);
		n = strlen(buf);
		ck_assert_uint_lt(n, size);
		ck_assert(buf[size] == '#');
		ck_assert(!memcmp(buf, "key=\"ab", 7) && buf[n - 1] == '"');
		for (i = 7; i + 1 < n; i += 2)
			ck_assert(buf[i] == '\\' && buf[i + 1] == '"');
		ck_assert_uint_eq(i, n - 1);
	}
}
END_TEST

START_TEST(names_of_devices)
{
	struct devstat s;

	ck_assert(devstat_parse_name("vbd-3-51712", &s));
	ck_assert(!s.card && s.domid == 3 && s.devid == 51712);
	ck_assert(devstat_parse_name("vif-65535-4294967295", &s));
	ck_assert(s.card && s.domid == 65535 && s.devid == 4294967295u);
	ck_assert(!devstat_parse_name("vif-70000-0", &s));
	ck_assert(!devstat_parse_name("vbd-3", &s));
	ck_assert(!devstat_parse_name("vbd-3-1-2", &s));
	ck_assert(!devstat_parse_name("console-3-0", &s));
}
END_TEST

static const char net[] =
	"Inter-|   Receive                                                |  Transmit\n"
	" face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs "
	"drop fifo colls carrier compressed\n"
	"vif1.10:       1       2    3    4    0     0          0         0       5       6    7   "
	" "
	"8    0     0       0          0\n"
	"    lo:  1456      18    0    0    0     0          0         0     1456      18    0    "
	"0 "
	"   0     0       0          0\n"
	"vif1.1:    11      12    13    14    0     0          0         0       15       16    17 "
	"18446744073709551615    0     0       0          0\n"
	" short: 1 2 3\n";

START_TEST(cards)
{
	static const uint64_t want[CARD_VALUES] = {15, 16, UINT64_MAX, 11, 12, 14};
	uint64_t v[CARD_VALUES];

	ck_assert(devstat_parse_card(net, "vif1.1", v));
	ck_assert(!memcmp(v, want, sizeof(want)));
	ck_assert(devstat_parse_card(net, "vif1.10", v));
	ck_assert_uint_eq(v[CARD_TX_BYTES], 1);
	ck_assert_uint_eq(v[CARD_RX_BYTES], 5);
	ck_assert(devstat_parse_card(net, "lo", v));
	ck_assert(!devstat_parse_card(net, "vif1", v));
	ck_assert(!devstat_parse_card(net, "if1.1", v));
	ck_assert(!devstat_parse_card(net, "short", v));
	ck_assert(!devstat_parse_card("", "lo", v));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("exporter");
	TCase *c = tcase_create("all");

	tcase_add_checked_fixture(c, NULL, teardown);
	tcase_add_test(c, families_and_samples);
	tcase_add_test(c, text_grows);
	tcase_add_test(c, labels_are_escaped);
	tcase_add_test(c, long_labels_are_cut);
	tcase_add_test(c, names_of_devices);
	tcase_add_test(c, cards);
	suite_add_tcase(s, c);
	return suite_run(s);
}
