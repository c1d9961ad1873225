/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Device trees of boot-time domains, written as text and compiled by dtc: what is described comes
 * out, and each error names its node and property.
 */
#include <check.h>
#include <errno.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest-abi/bootproto/bootdt.h"
#include "suite.h"

static struct bootdt tree;
static struct bootdt_error err;

/* The blob dtc makes of what is below /chosen; its warnings about style are not ours. */
static void *compile(const char *chosen, size_t *len)
{
	char dts[] = "/tmp/bootdt-XXXXXX", cmd[128];
	int fd = mkstemp(dts);
	FILE *f = fdopen(fd, "w"), *p;
	char *blob = malloc(65536), *exact;

	ck_assert_ptr_nonnull(f);
	fprintf(f, "/dts-v1/;\n/ { chosen { %s }; outside { dom: x { }; }; };\n", chosen);
	fclose(f);
	snprintf(cmd, sizeof(cmd), "dtc -q -q -f -I dts -O dtb %s", dts);
	p = popen(cmd, "r");
	ck_assert_ptr_nonnull(p);
	*len = fread(blob, 1, 65536, p);
	pclose(p);
	unlink(dts);
	ck_assert_msg(*len > 0, "dtc made nothing of: %s", chosen);
	/* Nothing behind it, so that the sanitizer sees a read too far. */
	exact = malloc(*len);
	memcpy(exact, blob, *len);
	free(blob);
	return exact;
}

#define KERNEL "k { compatible = \"multiboot,kernel\"; module-index = <2>; };"

START_TEST(whole)
{
	size_t len;
	void *blob = compile(
		"hypervisor { compatible = \"hypervisor,xen\";"
		"web: web { compatible = \"xen,domain\"; memory = <0 0x10000>; cpus = <2>;"
		"  affinity = <0 1 65>; console = \"log\"; capabilities = \"console\", \"machine\";"
		"  uuid = \"5ee9b3a1-52c4-4f6e-9C0E-8d1f0a7b2c3d\";"
		"  kernel { compatible = \"multiboot,kernel\", \"multiboot,module\";"
		"    module-name = \"cloud\"; bootargs = \"console=hvc0 quiet\"; };"
		"  ramdisk { compatible = \"multiboot,ramdisk\"; module-index = <3>; };"
		"  a: evtchn@1 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <10 &b>; };"
		"  page@0 { compatible = \"pavise,shared-page\"; grants = <2 &web 3 &db>; };"
		"  page@1 { compatible = \"pavise,shared-page\"; grants = <4 &web>;"
		"    read-only-grants = <5 &db>; }; };"
		"db: db@1 { compatible = \"xen,domain\"; memory = <1 0>; domid = <1>; "
		"no-store; " KERNEL
		"  b: evtchn@1 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <11 &a>; }; }; };",
		&len);
	const struct bootdt_domain *d = tree.domain;

	ck_assert_int_eq(bootdt_read(blob, len, &tree, &err), 0);
	ck_assert_uint_eq(tree.domains, 2);
	ck_assert_str_eq(d[0].name, "web");
	ck_assert_uint_eq(d[0].id, 2); /* 1 is asked for */
	ck_assert_uint_eq(d[0].memory_kib, 0x10000);
	ck_assert_uint_eq(d[0].vcpus, 2);
	ck_assert(d[0].has_affinity && d[0].affinity[0] == 3 && d[0].affinity[1] == 2);
	ck_assert_uint_eq(d[0].console, BOOTDT_CONSOLE_LOG);
	ck_assert_uint_eq(d[0].capabilities, BOOTDT_CAP_CONSOLE | BOOTDT_CAP_MACHINE);
	ck_assert_mem_eq(d[0].uuid,
			 "\x5e\xe9\xb3\xa1\x52\xc4\x4f\x6e\x9c\x0e\x8d\x1f\x0a\x7b\x2c\x3d", 16);
	ck_assert_str_eq(d[0].kernel.name, "cloud");
	ck_assert_str_eq(d[0].bootargs, "console=hvc0 quiet");
	ck_assert(d[0].ramdisk.given && !d[0].ramdisk.name && d[0].ramdisk.index == 3);
	ck_assert_uint_eq(d[0].channels, 1);
	ck_assert(d[0].channel[0].port == 10 && d[0].channel[0].peer == 1 &&
		  d[0].channel[0].peer_port == 11);
	ck_assert(d[0].pages == 2 && d[0].grants == 4);
	ck_assert(d[0].grant[1].ref == 3 && d[0].grant[1].to == 1 && !d[0].grant[1].page &&
		  !d[0].grant[1].readonly);
	ck_assert(d[0].grant[3].ref == 5 && d[0].grant[3].to == 1 && d[0].grant[3].page == 1 &&
		  d[0].grant[3].readonly);
	ck_assert_str_eq(d[1].name, "db");
	ck_assert(d[1].id == 1 && d[1].vcpus == 1 && d[1].memory_kib == 1ull << 32);
	ck_assert(d[1].no_store && !d[0].no_store);
	ck_assert(!d[1].bootargs && !d[1].has_affinity && !d[1].ramdisk.given);
	ck_assert(d[1].channel[0].peer == 0 && d[1].channel[0].peer_port == 10);
	ck_assert_uint_eq(d[1].uuid[6] >> 4, 8);
	bootdt_fail(&tree, d[1].kernel.node, "module-index", "x", &err);
	ck_assert_str_eq(err.node, "/chosen/hypervisor/db@1/k");
	free(blob);
}
END_TEST

#define D(body)   "d { compatible = \"xen,domain\"; memory = <0 4096>; " body KERNEL " };"
#define RAW(body) "d { compatible = \"xen,domain\"; " body " };"
#define EV(l, v)  l ": e@" l " { compatible = \"xen,evtchn-v1\"; xen,evtchn = <" v ">; };"
#define PAGE(v)   "p { compatible = \"pavise,shared-page\"; grants = <" v ">; };"
#define TWO(a, b) D(a) "e { compatible = \"xen,domain\"; memory = <0 4096>; " b KERNEL " };"
#define MODULE(b) RAW("memory = <0 4096>; k { compatible = \"multiboot,kernel\"; " b " };")

static const struct {
	const char *chosen, *node, *property, *text;
} wrong[] = {
	{"", "/", "", "no domain"},
	{RAW("memory = <0 4096>;"), "/chosen/d", "", "no kernel"},
	{RAW(KERNEL), "/chosen/d", "memory", "missing"},
	{RAW("memory = <4096>; " KERNEL), "/chosen/d", "memory", "two cells"},
	{RAW("memory = <0 1023>; " KERNEL), "/chosen/d", "memory", "whole pages"},
	{RAW("memory = <4 0>; " KERNEL), "/chosen/d", "memory", "16 TiB"},
	{D("cpus = <0>;"), "/chosen/d", "cpus", "1 to 32"},
	{D("cpus = <33>;"), "/chosen/d", "cpus", "1 to 32"},
	{D("affinity;"), "/chosen/d", "affinity", "list"},
	{D("affinity = <256>;"), "/chosen/d", "affinity", "above 255"},
	{D("console = \"vga\";"), "/chosen/d", "console", "\"log\""},
	{D("console = <0>;"), "/chosen/d", "console", "\"log\""},
	{D("capabilities = \"console\", \"control\";"), "/chosen/d", "capabilities", "only"},
	{D("capabilities = [61 62];"), "/chosen/d", "capabilities", "texts"},
	{D("domid = <0>;"), "/chosen/d", "domid", "32751"},
	{D("domid = <0x7ff0>;"), "/chosen/d", "domid", "32751"},
	{D("no-store = <1>;"), "/chosen/d", "no-store", "no value"},
	{D("uuid = \"5ee9b3a1\";"), "/chosen/d", "uuid", "text like"},
	{D("uuid = \"5ee9b3a1-52c4-4f6e-9c0e-8d1f0a7b2c3g\";"), "/chosen/d", "uuid", "text like"},
	{D("vcpus = <2>;"), "/chosen/d", "vcpus", "not known"},
	{D("part { };"), "/chosen/d/part", "compatible", "no part"},
	{D("m { compatible = \"multiboot,kernel\"; };"), "/chosen/d/m", "module-index", "missing"},
	{D("m { compatible = \"multiboot,kernel\"; module-index = <1>; };"), "/chosen/d/k",
	 "compatible", "already"},
	{MODULE("module-index = <1>; module-name = \"a\";"), "/chosen/d/k", "module-name",
	 "already"},
	{MODULE("module-index;"), "/chosen/d/k", "module-index", "one cell"},
	{MODULE("module-name = \"a b\";"), "/chosen/d/k", "module-name", "one word"},
	{MODULE("module-index = <1>; bootargs = \"a\\nb\";"), "/chosen/d/k", "bootargs",
	 "one line"},
	{MODULE("module-index = <1>; bootargs = <1>;"), "/chosen/d/k", "bootargs", "one line"},
	{D("r { compatible = \"multiboot,ramdisk\"; bootargs = \"\"; };"), "/chosen/d/r",
	 "bootargs", "not known"},
	{D("e { compatible = \"xen,evtchn-v1\"; };"), "/chosen/d/e", "xen,evtchn", "missing"},
	{D(EV("a", "9")), "/chosen/d/e@a", "xen,evtchn", "two cells"},
	{D(EV("a", "2 &a")), "/chosen/d/e@a", "xen,evtchn", "3 to 127"},
	{D(EV("a", "128 &a")), "/chosen/d/e@a", "xen,evtchn", "3 to 127"},
	{D(EV("a", "9 &a")), "/chosen/d/e@a", "xen,evtchn", "same domain"},
	{D(EV("a", "9 0x77")), "/chosen/d/e@a", "xen,evtchn", "no event channel"},
	{D(EV("a", "9 &dom")), "/chosen/d/e@a", "xen,evtchn", "no event channel"},
	{D(EV("a", "9 &b") EV("b", "9 &a")), "/chosen/d/e@b", "xen,evtchn", "another channel"},
	{TWO(EV("a", "9 &b"), EV("b", "9 &c") EV("c", "10 &a")), "/chosen/d/e@a", "xen,evtchn",
	 "another peer"},
	{D(PAGE("2 &dom")), "/chosen/d/p", "grants", "no domain"},
	{D(PAGE("2")), "/chosen/d/p", "grants", "pairs"},
	{D(PAGE("1 &dom")), "/chosen/d/p", "grants", "2 to 511"},
	{D(PAGE("512 &dom")), "/chosen/d/p", "grants", "2 to 511"},
	{D(PAGE("2 &dom 2 &dom")), "/chosen/d/p", "grants", "another grant"},
	{D(PAGE("2 1 3 1 4 1 5 1 6 1 7 1 8 1 9 1 10 1 11 1 12 1 13 1 14 1 15 1 16 1 17 1 18 1")),
	 "/chosen/d/p", "grants", "sixteen"},
	{D("p { compatible = \"pavise,shared-page\"; };"), "/chosen/d/p", "grants", "missing"},
	{TWO("domid = <4>;", "domid = <4>;"), "/chosen/e", "domid", "this number"},
	{TWO("console = \"machine\";", "console = \"machine\";"), "/chosen/e", "console",
	 "machine's"},
	{D("") "n { " D("") " };", "/chosen/n/d", "", "same name"},
	{D("e { compatible = \"xen,domain\"; };"), "/chosen/d/e", "compatible", "no part"},
	{"n123456789012345678901234567890123 { compatible = \"xen,domain\"; };",
	 "/chosen/n123456789012345678901234567890123", "", "1 to 31"},
	{"1d { compatible = \"xen,domain\"; };", "/chosen/1d", "", "letter"},
	{"}; out { compatible = \"xen,domain\";", "/out", "compatible", "below /chosen"},
};

START_TEST(refused)
{
	size_t len;
	void *blob = compile(wrong[_i].chosen, &len);

	ck_assert_int_eq(bootdt_read(blob, len, &tree, &err), -EINVAL);
	ck_assert_msg(!strcmp(err.node, wrong[_i].node) &&
			      !strcmp(err.property, wrong[_i].property) &&
			      strstr(err.text, wrong[_i].text),
		      "%s: found node '%s', property '%s': %s", wrong[_i].chosen, err.node,
		      err.property, err.text);
	free(blob);
}
END_TEST

START_TEST(too_many)
{
	char text[4096] = "";
	size_t len, at = 0;
	void *blob;

	for (int i = 0; i < 17; i++)
		at += (size_t)snprintf(
			text + at, sizeof(text) - at,
			"d%d { compatible = \"xen,domain\"; memory = <0 4096>; " KERNEL " };", i);
	blob = compile(text, &len);
	ck_assert_int_eq(bootdt_read(blob, len, &tree, &err), -EINVAL);
	ck_assert_str_eq(err.node, "/chosen/d16");
	free(blob);
}
END_TEST

START_TEST(damaged)
{
	size_t len;
	uint8_t *blob = compile(D(""), &len);

	ck_assert(bootdt_is_blob(blob, len));
	ck_assert(!bootdt_is_blob(blob, 16));
	for (size_t cut = 0; cut < len; cut += 7) {
		uint8_t *copy = malloc(cut + 1);

		memcpy(copy, blob, cut);
		ck_assert_int_eq(bootdt_read(copy, cut, &tree, &err), -EINVAL);
		ck_assert_str_eq(err.node, "/");
		free(copy);
	}
	blob[0] ^= 1;
	ck_assert(!bootdt_is_blob(blob, len));
	free(blob);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("bootdt");
	TCase *tc = tcase_create("read");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, whole);
	tcase_add_loop_test(tc, refused, 0, sizeof(wrong) / sizeof(wrong[0]));
	tcase_add_test(tc, too_many);
	tcase_add_test(tc, damaged);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
