/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Both Multiboot forms, whole and damaged. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <hypervisor/boot/multiboot.h>
#include "suite.h"

#define MEM_SIZE 0x10000u
#define INFO_AT  0x1000u

static uint8_t mem[MEM_SIZE];
static struct boot_info info;
static uint32_t tag_at;

static const void *at(void *ctx, uint64_t pa, size_t len)
{
	(void)ctx;
	return pa + len <= MEM_SIZE ? mem + pa : NULL;
}

static const struct phys_view view = {.at = at};

static void put(uint32_t pa, uint64_t v, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		mem[pa + i] = (uint8_t)(v >> (8 * i));
}

static void text(uint32_t pa, const char *s)
{
	memcpy(mem + pa, s, strlen(s) + 1);
}

static void make_mb1(void)
{
	memset(mem, 0, sizeof(mem));
	put(INFO_AT, 1 << 2 | 1 << 3 | 1 << 6 | 1 << 9, 4);
	put(INFO_AT + 16, 0x2000, 4);
	text(0x2000, "pavise  noreboot loglvl=all");
	put(INFO_AT + 20, 2, 4);
	put(INFO_AT + 24, 0x3000, 4);
	put(0x3000, 0x100000, 4);
	put(0x3004, 0x180000, 4);
	put(0x3008, 0x2100, 4);
	text(0x2100, "vmlinuz console=hvc0");
	put(0x3010, 0x200000, 4);
	put(0x3014, 0x200010, 4);
	put(INFO_AT + 44, 48, 4);
	put(INFO_AT + 48, 0x4000, 4);
	put(0x4000, 20, 4);
	put(0x4004, 0, 8);
	put(0x400c, 0x9fc00, 8);
	put(0x4014, 1, 4);
	put(0x4018, 20, 4);
	put(0x401c, 0x100000, 8);
	put(0x4024, 0x3ff00000, 8);
	put(0x402c, 1, 4);
	put(INFO_AT + 64, 0x2200, 4);
	text(0x2200, "qemu");
}

static void tag(uint32_t type, const void *data, uint32_t len)
{
	put(tag_at, type, 4);
	put(tag_at + 4, 8 + len, 4);
	if (len)
		memcpy(mem + tag_at + 8, data, len);
	tag_at += (8 + len + 7) / 8 * 8;
	put(INFO_AT, tag_at - INFO_AT, 4);
}

static void begin_mb2(void)
{
	memset(mem, 0, sizeof(mem));
	tag_at = INFO_AT + 8;
	tag(2, "GRUB 2.06-13", 13);
	tag(1, "noreboot", 9);
}

static void tag_memory(void)
{
	uint8_t map[8 + 24] = {24};

	map[8 + 2] = 0x10; /* start 0x100000 */
	map[8 + 8 + 3] = 0x40;
	map[8 + 16] = 1;
	tag(6, map, sizeof(map));
}

static int parse(uint32_t magic)
{
	return multiboot_parse(&view, magic, INFO_AT, &info);
}

START_TEST(mb1_whole)
{
	make_mb1();
	ck_assert_int_eq(parse(MULTIBOOT1_MAGIC), 0);
	ck_assert_str_eq(info.cmdline, "noreboot loglvl=all");
	ck_assert_uint_eq(info.modules, 2);
	ck_assert_uint_eq(info.module[0].start.a, 0x100000);
	ck_assert_uint_eq(info.module[0].size, 0x80000);
	ck_assert_str_eq(info.module[0].text, "console=hvc0");
	ck_assert_str_eq(info.module[1].text, "");
	ck_assert_uint_eq(info.e820_count, 2);
	ck_assert_uint_eq(info.e820[1].addr, 0x100000);
	ck_assert_uint_eq(info.e820[1].size, 0x3ff00000);
}
END_TEST

START_TEST(mb1_grub_gives_no_names)
{
	make_mb1();
	text(0x2200, "GRUB 2.06");
	ck_assert_int_eq(parse(MULTIBOOT1_MAGIC), 0);
	ck_assert_str_eq(info.cmdline, "pavise  noreboot loglvl=all");
	text(0x2200, "GNU GRUB 0.97");
	ck_assert_int_eq(parse(MULTIBOOT1_MAGIC), 0);
	ck_assert_str_eq(info.cmdline, "noreboot loglvl=all");
}
END_TEST

START_TEST(mb1_damaged)
{
	make_mb1();
	put(0x4000, 4, 4); /* entry too short */
	ck_assert_int_eq(parse(MULTIBOOT1_MAGIC), -74);
	make_mb1();
	put(0x4018, 0xfffffff0, 4); /* second one past the end: the first still counts */
	ck_assert_int_eq(parse(MULTIBOOT1_MAGIC), 0);
	ck_assert_uint_eq(info.e820_count, 1);
	make_mb1();
	put(INFO_AT + 48, MEM_SIZE - 4, 4);
	ck_assert_int_eq(parse(MULTIBOOT1_MAGIC), -74);
	make_mb1();
	put(0x3004, 0xfffff, 4); /* module ends before it starts */
	put(INFO_AT + 16, MEM_SIZE, 4);
	ck_assert_int_eq(parse(MULTIBOOT1_MAGIC), 0);
	ck_assert_uint_eq(info.modules, 1);
	ck_assert_uint_eq(info.modules_left_out, 1);
	ck_assert_str_eq(info.cmdline, "");
	ck_assert_int_eq(multiboot_parse(&view, MULTIBOOT1_MAGIC, MEM_SIZE - 100, &info), -74);
	ck_assert_int_eq(parse(0x1234), -22);
}
END_TEST

START_TEST(mb2_whole)
{
	uint8_t module[8 + 13] = {0, 0, 0x10, 0, 0, 0, 0x20, 0};
	uint8_t fb[24] = {[21] = 1};
	uint8_t rsdp[36] = "RSD PTR ", old[20] = "RSD PTR old";

	begin_mb2();
	memcpy(module + 8, "console=hvc0", 13);
	tag(3, module, sizeof(module));
	tag(8, fb, sizeof(fb));
	tag(15, rsdp, sizeof(rsdp));
	tag(14, old, sizeof(old));
	tag_memory();
	tag(0, NULL, 0);
	ck_assert_int_eq(parse(MULTIBOOT2_MAGIC), 0);
	ck_assert_str_eq(info.cmdline, "noreboot");
	ck_assert_uint_eq(info.modules, 1);
	ck_assert_uint_eq(info.module[0].size, 0x100000);
	ck_assert_str_eq(info.module[0].text, "console=hvc0");
	ck_assert_uint_eq(info.rsdp_len, 36);
	ck_assert_int_eq(memcmp(info.rsdp, rsdp, 36), 0);
	ck_assert(info.framebuffer && !info.efi);
	ck_assert_uint_eq(info.e820_count, 1);
	ck_assert_uint_eq(info.e820[0].size, 0x40000000);
}
END_TEST

START_TEST(mb2_efi_names_the_rsdp)
{
	static const uint8_t guid[16] = {0x71, 0xe8, 0x68, 0x88, 0xf1, 0xe4, 0xd3, 0x11,
					 0xbc, 0x22, 0x00, 0x80, 0xc7, 0x3c, 0x88, 0x81};
	uint8_t systab[8] = {0, 0x50};

	begin_mb2();
	put(0x5000 + 104, 2, 8);
	put(0x5000 + 112, 0x6000, 8);
	memcpy(mem + 0x6018, guid, 16);
	put(0x6028, 0x7fe14, 8);
	tag(12, systab, 8);
	tag_memory();
	tag(0, NULL, 0);
	ck_assert_int_eq(parse(MULTIBOOT2_MAGIC), 0);
	ck_assert(info.efi);
	ck_assert_uint_eq(info.rsdp_pa, 0x7fe14);
	/* A table out of reach is no RSDP, and no reason to stop. */
	put(0x5000 + 112, MEM_SIZE - 8, 8);
	ck_assert_int_eq(parse(MULTIBOOT2_MAGIC), 0);
	ck_assert_uint_eq(info.rsdp_pa, 0);
}
END_TEST

START_TEST(mb2_damaged)
{
	begin_mb2();
	tag(0, NULL, 0); /* no memory map */
	ck_assert_int_eq(parse(MULTIBOOT2_MAGIC), -74);
	begin_mb2();
	tag_memory(); /* no end tag */
	ck_assert_int_eq(parse(MULTIBOOT2_MAGIC), -74);
	begin_mb2();
	tag_memory();
	put(INFO_AT + 8 + 4, 7, 4); /* tag shorter than its header */
	ck_assert_int_eq(parse(MULTIBOOT2_MAGIC), -74);
	put(INFO_AT + 8 + 4, 0xfffffff9, 4);
	ck_assert_int_eq(parse(MULTIBOOT2_MAGIC), -74);
	put(INFO_AT, 0xffffffff, 4);
	ck_assert_int_eq(parse(MULTIBOOT2_MAGIC), -74);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("multiboot");
	TCase *t = tcase_create("all");

	tcase_add_test(t, mb1_whole);
	tcase_add_test(t, mb1_grub_gives_no_names);
	tcase_add_test(t, mb1_damaged);
	tcase_add_test(t, mb2_whole);
	tcase_add_test(t, mb2_efi_names_the_rsdp);
	tcase_add_test(t, mb2_damaged);
	suite_add_tcase(s, t);
	return suite_run(s);
}
