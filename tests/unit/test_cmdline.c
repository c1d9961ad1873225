/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hypervisor's command line, right and wrong, and that each option is documented. */
#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hv/cmdline.h>
#include <hv/console.h>
#include "suite.h"

static struct hv_options defaults;
static char warnings[4096];

void log_at(enum log_level level, const char *fmt, ...)
{
	size_t n = strlen(warnings);
	va_list args;

	ck_assert_int_eq(level, LOG_WARN);
	va_start(args, fmt);
	vsnprintf(warnings + n, sizeof(warnings) - n, fmt, args);
	va_end(args);
}

static void setup(void)
{
	hv_options = defaults;
	warnings[0] = 0;
}

START_TEST(texts_and_numbers)
{
	cmdline_parse("  console=com1 com1=57600,8n1,0x2f8,3\tmaxcpus=2 dom0_max_vcpus=4");
	ck_assert_str_eq(hv_options.console, "com1");
	ck_assert_str_eq(hv_options.com1, "57600,8n1,0x2f8,3");
	ck_assert_uint_eq(hv_options.maxcpus, 2);
	ck_assert_uint_eq(hv_options.dom0_max_vcpus, 4);
	ck_assert_str_eq(warnings, "");
	ck_assert_uint_eq((uintptr_t)strstr(cmdline_text(), "  console"),
			  (uintptr_t)cmdline_text());
}
END_TEST

START_TEST(booleans)
{
	ck_assert(hv_options.smap < 0 && hv_options.smep && !hv_options.noreboot);
	ck_assert(hv_options.pcid < 0);
	cmdline_parse("noreboot no-smap no-pcid smep=off umip=false x2apic=0");
	ck_assert(hv_options.pcid == 0);
	ck_assert(hv_options.noreboot && hv_options.smap == 0 && !hv_options.smep);
	ck_assert(!hv_options.umip && !hv_options.x2apic);
	cmdline_parse("no-global-pages");
	ck_assert(hv_options.global_pages == 0);
	cmdline_parse("xpti");
	ck_assert(hv_options.xpti == 1);
	cmdline_parse("xpti=no");
	ck_assert(hv_options.xpti == 0);
	cmdline_parse("noreboot=0 smap=1 no-smep=no");
	ck_assert(!hv_options.noreboot && hv_options.smap == 1 && hv_options.smep);
	ck_assert_str_eq(warnings, "");
}
END_TEST

START_TEST(not_served_yet)
{
	cmdline_parse("spec-ctrl=eager-fpu");
	ck_assert_ptr_nonnull(strstr(warnings, "'spec-ctrl' has no effect"));
	ck_assert_int_eq(memcmp(&hv_options, &defaults, sizeof(defaults)), 0);
}
END_TEST

START_TEST(dom0_mem)
{
	cmdline_parse("dom0_mem=512M");
	ck_assert_uint_eq(hv_options.dom0_mem, 512ull << 20);
	ck_assert_uint_eq(hv_options.dom0_mem_max, 0);
	cmdline_parse("dom0_mem=1G,max:2g");
	ck_assert_uint_eq(hv_options.dom0_mem, 1ull << 30);
	ck_assert_uint_eq(hv_options.dom0_mem_max, 2ull << 30);
	cmdline_parse("dom0_mem=min:256m,max:1G,128M");
	ck_assert_uint_eq(hv_options.dom0_mem, 256ull << 20);
	cmdline_parse("dom0_mem=4096");
	ck_assert_uint_eq(hv_options.dom0_mem, 4096ull << 10);
	ck_assert_str_eq(warnings, "");
	cmdline_parse(
		"dom0_mem=1G; dom0_mem=lots dom0_mem=99999999999999999999 dom0_mem=, dom0_mem");
	ck_assert_uint_eq(hv_options.dom0_mem, 4096ull << 10);
	ck_assert_ptr_nonnull(strstr(warnings, "'lots'"));
}
END_TEST

START_TEST(levels)
{
	cmdline_parse("loglvl=all guest_loglvl=none/all");
	ck_assert_int_eq(hv_options.loglvl, LOG_DEBUG);
	ck_assert_int_lt(hv_options.guest_loglvl, LOG_ERROR);
	cmdline_parse("loglvl=warning");
	ck_assert_int_eq(hv_options.loglvl, LOG_WARN);
	cmdline_parse("loglvl=warningly");
	ck_assert_ptr_nonnull(strstr(warnings, "warningly"));
	ck_assert_int_eq(hv_options.loglvl, LOG_WARN);
}
END_TEST

START_TEST(wrong_ones_are_named)
{
	char longword[400];

	cmdline_parse("flask=late maxcpus=four maxcpus=99999999999 smap=perhaps no-console com1");
	ck_assert_ptr_nonnull(strstr(warnings, "unknown option 'flask'"));
	ck_assert_ptr_nonnull(strstr(warnings, "'four'"));
	ck_assert_ptr_nonnull(strstr(warnings, "'perhaps'"));
	ck_assert_ptr_nonnull(strstr(warnings, "'no-console'"));
	ck_assert_ptr_nonnull(strstr(warnings, "option 'com1' cannot be ''"));
	ck_assert_int_eq(memcmp(&hv_options, &defaults, sizeof(defaults)), 0);

	memset(longword, 'x', sizeof(longword) - 1);
	longword[sizeof(longword) - 1] = 0;
	warnings[0] = 0;
	cmdline_parse(longword);
	ck_assert_ptr_nonnull(strstr(warnings, "399 characters"));
	memcpy(longword, "console=", 8);
	longword[60] = 0;
	cmdline_parse(longword);
	ck_assert_int_eq(memcmp(&hv_options, &defaults, sizeof(defaults)), 0);
}
END_TEST

/* Rows of the code's table against rows of the page; tests run in the tree's root. */
START_TEST(documented)
{
	static char source[65536], page[65536];
	FILE *f = fopen("hypervisor/boot/cmdline.c", "r");
	unsigned n = 0;

	ck_assert_ptr_nonnull(f);
	source[fread(source, 1, sizeof(source) - 1, f)] = 0;
	fclose(f);
	f = fopen("docs/command-line.md", "r");
	ck_assert_ptr_nonnull(f);
	page[fread(page, 1, sizeof(page) - 1, f)] = 0;
	fclose(f);
	for (char *p = strstr(source, "} table[] ="); p && (p = strstr(p, "\t{\"")); n++) {
		char name[32], row[48];

		if (p > strstr(source, "static char text"))
			break;
		p += 3;
		ck_assert_int_eq(sscanf(p, "%31[^\"]", name), 1);
		snprintf(row, sizeof(row), "| `%s", name);
		ck_assert_msg(strstr(page, row), "option %s has no row", name);
	}
	ck_assert_uint_ge(n, 10);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cmdline");
	TCase *t = tcase_create("all");

	defaults = hv_options;
	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, texts_and_numbers);
	tcase_add_test(t, booleans);
	tcase_add_test(t, not_served_yet);
	tcase_add_test(t, dom0_mem);
	tcase_add_test(t, levels);
	tcase_add_test(t, wrong_ones_are_named);
	tcase_add_test(t, documented);
	suite_add_tcase(s, t);
	return suite_run(s);
}
