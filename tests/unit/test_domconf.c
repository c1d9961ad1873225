// SPDX-License-Identifier: GPL-2.0-or-later
/* What keys mean, what is refused and in which words, and that the kept record says the same. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf/domconf.h"
#include "lib/e820.h"
#include "suite.h"

static struct domconf *conf;
static struct diag d;
static char warnings[512];

static void warn(void *arg, const char *text)
{
	(void)arg;
	strncat(warnings, text, sizeof(warnings) - strlen(warnings) - 1);
}

static int load(const char *text)
{
	struct cfg c;
	int rc;

	domconf_free(conf);
	warnings[0] = '\0';
	cfg_init(&c);
	rc = cfg_parse(&c, "f.cfg", text, strlen(text), &d);
	ck_assert_int_eq(rc, 0);
	rc = domconf_from_cfg(conf, &c, warn, NULL, &d);
	cfg_free(&c);
	return rc;
}

static void setup(void)
{
	conf = calloc(1, sizeof(*conf));
}

static void teardown(void)
{
	domconf_free(conf);
	free(conf);
}

#define BASE "name='g'\nkernel='/k'\n"

START_TEST(test_defaults)
{
	ck_assert_int_eq(load(BASE), 0);
	ck_assert_str_eq(conf->name, "g");
	ck_assert_uint_eq(conf->memory_kib, 128 << 10);
	ck_assert_uint_eq(conf->maxmem_kib, 128 << 10);
	ck_assert_uint_eq(conf->vcpus, 1);
	ck_assert_uint_eq(conf->maxvcpus, 1);
	ck_assert_str_eq(conf->cmdline, "");
	ck_assert_int_eq(conf->on_poweroff, END_DESTROY);
	ck_assert_int_eq(conf->on_reboot, END_RESTART);
	ck_assert_int_eq(conf->on_crash, END_DESTROY);
	ck_assert(!conf->has_uuid);
}
END_TEST

START_TEST(test_all_keys)
{
	ck_assert_int_eq(
		load(BASE
		     "type='pv'\nuuid='00112233-4455-6677-8899-aabbccddeeff'\nramdisk='/i'\n"
		     "root='/dev/xvda'\nextra='ro quiet'\nmemory=256\nmaxmem=512\nvcpus=2\n"
		     "maxvcpus=4\ncpus='0-1'\ncpu_weight=512\ncap=50\ntsc_mode='native'\n"
		     "disk=['/a,raw,xvda,w','/b,,xvdb,r']\nvif=['','mac=00:16:3e:00:00:01']\n"
		     "on_poweroff='preserve'\non_reboot='destroy'\non_crash='rename-restart'\n"),
		0);
	ck_assert_str_eq(conf->cmdline, "root=/dev/xvda ro quiet");
	ck_assert_uint_eq(conf->uuid[15], 0xff);
	ck_assert_uint_eq(conf->maxmem_kib, 512 << 10);
	ck_assert_uint_eq(conf->vcpus, 2);
	ck_assert_uint_eq(conf->maxvcpus, 4);
	ck_assert_uint_eq(conf->ndisks, 2);
	ck_assert(conf->disks[1].readonly);
	ck_assert_uint_eq(conf->nvifs, 2);
	ck_assert(!conf->vifs[0].has_mac && conf->vifs[1].has_mac);
	ck_assert_int_eq(conf->on_poweroff, END_PRESERVE);
	ck_assert_int_eq(conf->on_crash, END_RENAME_RESTART);
	ck_assert_uint_eq(conf->tsc_mode, 2);
	ck_assert_str_eq(warnings, "");
}
END_TEST

START_TEST(test_record_round_trip)
{
	struct domconf *again = calloc(1, sizeof(*again));
	uint8_t mac[6] = {0, 0x16, 0x3e, 1, 2, 3};
	json_t *j, *k;

	ck_assert_int_eq(
		load(BASE
		     "memory=300\nvcpus=3\ncmdline='a \"b\" c'\ndisk=['/a b,raw,xvda,w']\n"
		     "vif=['bridge=br7']\non_crash='restart'\ncpu_weight=9\ntsc_mode='native'"),
		0);
	ck_assert_int_eq(domconf_set_mac(conf, 0, mac), 0);
	j = domconf_to_json(conf);
	ck_assert_int_eq(domconf_from_json(again, j, &d), 0);
	k = domconf_to_json(again);
	ck_assert(json_equal(j, k));
	ck_assert_mem_eq(again->vifs[0].mac, mac, 6);
	ck_assert_str_eq(again->vifs[0].bridge, "br7");
	ck_assert_str_eq(again->disks[0].target, "/a b");
	ck_assert_str_eq(again->cmdline, "a \"b\" c");
	json_decref(j);
	json_decref(k);
	domconf_free(again);
	free(again);
}
END_TEST

START_TEST(test_unserved_keys)
{
	ck_assert_int_eq(load(BASE "vnc=1\nnomigrate=1\npci=[]\n"), 0);
	ck_assert_ptr_nonnull(strstr(warnings, "f.cfg:3: vnc has no meaning"));
	ck_assert_ptr_nonnull(strstr(warnings, "f.cfg:4: nomigrate is known but not served yet"));
	ck_assert_int_eq(load(BASE "bootloader='pygrub'"), -EINVAL);
	ck_assert_ptr_nonnull(strstr(d.text, "f.cfg:3: bootloader is known but not served yet"));
	ck_assert_int_eq(load(BASE "type='hvm'"), -EOPNOTSUPP);
}
END_TEST

START_TEST(test_unknown_key_is_named)
{
	ck_assert_int_eq(load(BASE "memroy=3"), -EINVAL);
	ck_assert_str_eq(d.text, "f.cfg:3: unknown key 'memroy'");
	ck_assert_str_eq(d.hint, "did you mean 'memory'?");
	ck_assert_int_eq(load(BASE "qqqqqqqqqqqqqq=3"), -EINVAL);
	ck_assert_ptr_null(strstr(d.hint, "did you mean"));
}
END_TEST

START_TEST(test_pci_devices)
{
	struct domconf *again = calloc(1, sizeof(*again));
	json_t *j;

	ck_assert_int_eq(load(BASE "pci=['00:05.0','1:00:06.1,seize=0,permissive=1']\npci_seize=1"),
			 0);
	ck_assert_ptr_nonnull(strstr(warnings, "f.cfg:3: pci: no IOMMU is used"));
	ck_assert_uint_eq(conf->npcis, 2);
	ck_assert_int_eq(conf->pcis[0].seize, 1);
	ck_assert_int_eq(conf->pcis[0].permissive, 0);
	ck_assert_int_eq(conf->pcis[1].seize, 0);
	ck_assert_int_eq(conf->pcis[1].permissive, 1);
	ck_assert(domconf_keeps_holes(conf));
	j = domconf_to_json(conf);
	ck_assert_int_eq(domconf_from_json(again, j, &d), 0);
	ck_assert_uint_eq(again->npcis, 2);
	ck_assert_str_eq(again->pcis[1].bdf, "0001:00:06.1");
	ck_assert_int_eq(again->pcis[0].seize, 1);
	json_decref(j);
	domconf_free(again);
	free(again);
	ck_assert_int_eq(load(BASE "pci=['00:05.0']\ne820_host=0"), 0);
	ck_assert(!domconf_keeps_holes(conf));
	ck_assert_int_eq(load(BASE "e820_host=1"), 0);
	ck_assert(domconf_keeps_holes(conf));
	ck_assert_int_eq(load(BASE), 0);
	ck_assert(!domconf_keeps_holes(conf));
}
END_TEST

#define MIB (1ull << 20)
#define GIB (1ull << 30)

START_TEST(test_memory_around)
{
	static const struct e820_entry machine[] = {
		{0, 640 << 10, E820_RAM},
		{MIB, 2 * GIB - 2 * MIB - 100, E820_RAM},
		{2 * GIB - MIB, MIB, E820_RESERVED},
		{4 * GIB, 2 * GIB, E820_RAM},
	};
	const uint64_t low = 2 * GIB - MIB - 4096;
	struct e820_entry map[2];

	ck_assert_uint_eq(e820_around(machine, 4, GIB, map), 1);
	ck_assert_uint_eq(map[0].size, GIB);
	ck_assert_uint_eq(e820_around(machine, 4, low, map), 1);
	ck_assert_uint_eq(e820_around(machine, 4, 3 * GIB, map), 2);
	ck_assert_uint_eq(map[0].addr, 0);
	ck_assert_uint_eq(map[0].size, low);
	ck_assert_uint_eq(map[1].addr, 4 * GIB);
	ck_assert_uint_eq(map[1].size, 3 * GIB - low);
	ck_assert_uint_eq(map[1].type, E820_RAM);
	/* Nothing is known of the machine. */
	ck_assert_uint_eq(e820_around(NULL, 0, 3 * GIB, map), 1);
	ck_assert_uint_eq(e820_around(NULL, 0, 5 * GIB, map), 2);
}
END_TEST

static const char *const wrongs[] = {
	"kernel='/k'",
	"name='g'",
	"name=''\nkernel='/k'",
	"name='a b'\nkernel='/k'",
	"name='Domain-0'\nkernel='/k'",
	BASE "memory=0",
	BASE "memory='lots'",
	BASE "memory=512\nmaxmem=256",
	BASE "vcpus=33",
	BASE "vcpus=4\nmaxvcpus=2",
	BASE "disk='/a,raw,xvda'",
	BASE "disk=['/a,raw,xvda','/b,raw,xvda']",
	BASE "disk=[['x']]",
	BASE "vif=[3,'mac=x']",
	BASE "on_crash='explode'",
	BASE "on_crash='soft-reset'",
	BASE "uuid='12'",
	BASE "cpus=['0','1']",
	BASE "kernel=['a']",
	BASE "cap=70000",
	BASE "tsc_mode='x'",
	BASE "pci='00:05.0'",
	BASE "pci=['00:05.0','0000:00:05.0']",
	BASE "pci=[['x']]",
	BASE "pci=['there']",
	BASE "pci_seize=2",
	BASE "e820_host='maybe'",
};

START_TEST(test_wrong)
{
	ck_assert_int_lt(load(wrongs[_i]), 0);
	ck_assert_ptr_nonnull(strstr(d.text, "f.cfg"));
}
END_TEST

START_TEST(test_command_line_length)
{
	char text[1200] = BASE "extra='";

	memset(text + strlen(text), 'x', 1023);
	strcat(text, "'");
	ck_assert_int_eq(load(text), 0);
	text[strlen(text) - 1] = '\0';
	strcat(text, "x'");
	ck_assert_int_eq(load(text), -EINVAL);
}
END_TEST

START_TEST(test_uuid)
{
	uint8_t u[16];
	char text[37];

	ck_assert_int_eq(uuid_parse("0123456789abcdefABCDEF0123456789", u), 0);
	uuid_format(u, text);
	ck_assert_str_eq(text, "01234567-89ab-cdef-abcd-ef0123456789");
	ck_assert_int_eq(uuid_parse(text, u), 0);
	ck_assert_int_eq(uuid_parse("01234567-89ab-cdef-abcd-ef01234567890", u), -EINVAL);
	ck_assert_int_eq(uuid_parse("01234567-89ab-cdef-abcd-ef012345678", u), -EINVAL);
	ck_assert_int_eq(uuid_parse("g1234567-89ab-cdef-abcd-ef0123456789", u), -EINVAL);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("domconf");
	TCase *t = tcase_create("domconf");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_defaults);
	tcase_add_test(t, test_all_keys);
	tcase_add_test(t, test_record_round_trip);
	tcase_add_test(t, test_unserved_keys);
	tcase_add_test(t, test_pci_devices);
	tcase_add_test(t, test_memory_around);
	tcase_add_test(t, test_unknown_key_is_named);
	tcase_add_loop_test(t, test_wrong, 0, sizeof(wrongs) / sizeof(wrongs[0]));
	tcase_add_test(t, test_command_line_length);
	tcase_add_test(t, test_uuid);
	suite_add_tcase(s, t);
	return suite_run(s);
}
