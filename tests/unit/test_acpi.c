/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ACPI parser over tables made here: right ones are read, damaged ones are left out. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <hypervisor/boot/acpi.h>
#include "suite.h"

#define MEM_SIZE 0x120000u
#define RSDP_AT  0xf0010u
#define XSDT_AT  0x1000u
#define MADT_AT  0x2000u
#define FADT_AT  0x3000u
#define MCFG_AT  0x4000u
#define HPET_AT  0x5000u

static uint8_t mem[MEM_SIZE];
static struct acpi_info info;

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

static void fix_sum(uint32_t pa, uint32_t len, uint32_t sum_at)
{
	uint8_t sum = 0;

	mem[pa + sum_at] = 0;
	for (uint32_t i = 0; i < len; i++)
		sum = (uint8_t)(sum + mem[pa + i]);
	mem[pa + sum_at] = (uint8_t)-sum;
}

static void seal(uint32_t pa, const char *name, uint32_t len)
{
	memcpy(mem + pa, name, 4);
	put(pa + 4, len, 4);
	fix_sum(pa, len, 9);
}

static void make_madt(void)
{
	uint32_t p = MADT_AT + 44;

	put(MADT_AT + 36, 0xfee00000, 4);
	for (unsigned i = 0; i < 3; i++, p += 8) {
		put(p, 8 << 8, 2);
		put(p + 2, 10 + i, 1); /* ACPI id */
		put(p + 3, 2 * i, 1);  /* APIC id */
		put(p + 4, i != 1, 4); /* the second one is disabled */
	}
	put(p, 1 | 12 << 8, 2);
	put(p + 2, 7, 1);
	put(p + 4, 0xfec00000, 4);
	put(p + 8, 24, 4);
	p += 12;
	put(p, 2 | 10 << 8, 2);
	put(p + 3, 9, 1);
	put(p + 4, 20, 4);
	put(p + 8, 0xf, 2); /* low, level */
	p += 10;
	put(p, 9 | 16 << 8, 2);
	put(p + 4, 300, 4);
	put(p + 8, 1, 4);
	put(p + 12, 99, 4);
	p += 16;
	seal(MADT_AT, "APIC", p - MADT_AT);
}

static void make_fadt(void)
{
	put(FADT_AT + 46, 9, 2);
	put(FADT_AT + 64, 0x604, 4);
	put(FADT_AT + 76, 0x608, 4);
	put(FADT_AT + 112, 1 << 10 | 1 << 8, 4);
	put(FADT_AT + 116, 1, 1);
	put(FADT_AT + 120, 0xcf9, 8);
	put(FADT_AT + 128, 0xf, 1);
	seal(FADT_AT, "FACP", 244);
}

static void setup(void)
{
	memset(mem, 0, sizeof(mem));
	make_madt();
	make_fadt();
	put(MCFG_AT + 44, 0xb0000000, 8);
	put(MCFG_AT + 55, 255, 1);
	seal(MCFG_AT, "MCFG", 60);
	put(HPET_AT + 44, 0xfed00000, 8);
	seal(HPET_AT, "HPET", 56);
	put(XSDT_AT + 36, MADT_AT, 8);
	put(XSDT_AT + 44, FADT_AT, 8);
	put(XSDT_AT + 52, MCFG_AT, 8);
	put(XSDT_AT + 60, HPET_AT, 8);
	seal(XSDT_AT, "XSDT", 68);
	memcpy(mem + RSDP_AT, "RSD PTR ", 8);
	put(RSDP_AT + 15, 2, 1);
	put(RSDP_AT + 20, 36, 4);
	put(RSDP_AT + 24, XSDT_AT, 8);
	fix_sum(RSDP_AT, 20, 8);
	fix_sum(RSDP_AT, 36, 32);
}

static int parse(void)
{
	return acpi_parse(&view, mem + RSDP_AT, 36, &info);
}

START_TEST(finds_rsdp)
{
	ck_assert_uint_eq(acpi_find_rsdp(&view), RSDP_AT);
	memcpy(mem + 0x9fc10, mem + RSDP_AT, 36);
	put(0x40e, 0x9fc0, 2);
	ck_assert_uint_eq(acpi_find_rsdp(&view), 0x9fc10);
	mem[0x9fc10 + 9]++;
	mem[RSDP_AT + 9]++;
	ck_assert_uint_eq(acpi_find_rsdp(&view), 0);
}
END_TEST

START_TEST(reads_all_tables)
{
	ck_assert_int_eq(parse(), 0);
	ck_assert_uint_eq(info.bad_tables, 0);
	ck_assert_uint_eq(info.cpus, 3);
	ck_assert_uint_eq(info.cpu[1].apic_id, 4);
	ck_assert_uint_eq(info.cpu[1].acpi_id, 12);
	ck_assert_uint_eq(info.cpu[2].apic_id, 300);
	ck_assert_uint_eq(info.cpu[2].acpi_id, 99);
	ck_assert_uint_eq(info.ioapics, 1);
	ck_assert_uint_eq(info.ioapic[0].gsi_base, 24);
	ck_assert_uint_eq(info.overrides, 1);
	ck_assert_uint_eq(info.override[0].isa, 9);
	ck_assert_uint_eq(info.override[0].gsi, 20);
	ck_assert(info.override[0].level && info.override[0].active_low);
	ck_assert_uint_eq(info.sci, 9);
	ck_assert_uint_eq(info.pm1a_cnt.space, 1);
	ck_assert_uint_eq(info.pm1a_cnt.addr, 0x604);
	ck_assert_uint_eq(info.pm1b_cnt.addr, 0);
	ck_assert_uint_eq(info.pm_timer.addr, 0x608);
	ck_assert_uint_eq(info.reset.addr, 0xcf9);
	ck_assert_uint_eq(info.reset_value, 0xf);
	ck_assert_uint_eq(info.mcfgs, 1);
	ck_assert_uint_eq(info.mcfg[0].base, 0xb0000000);
	ck_assert_uint_eq(info.mcfg[0].bus1, 255);
	ck_assert_uint_eq(info.hpet, 0xfed00000);
}
END_TEST

START_TEST(version_1_by_rsdt)
{
	put(0x6000 + 36, MADT_AT, 4);
	put(0x6000 + 40, HPET_AT, 4);
	seal(0x6000, "RSDT", 44);
	put(RSDP_AT + 15, 0, 1);
	put(RSDP_AT + 16, 0x6000, 4);
	fix_sum(RSDP_AT, 20, 8);
	ck_assert_int_eq(acpi_parse(&view, mem + RSDP_AT, 20, &info), 0);
	ck_assert_uint_eq(info.cpus, 3);
	ck_assert_uint_ne(info.hpet, 0);
	ck_assert_uint_eq(info.sci, 0);
}
END_TEST

START_TEST(wide_fields_win)
{
	put(FADT_AT + 172, 0, 1);
	put(FADT_AT + 176, 0x1fed40000, 8);
	seal(FADT_AT, "FACP", 244);
	ck_assert_int_eq(parse(), 0);
	ck_assert_uint_eq(info.pm1a_cnt.space, 0);
	ck_assert_uint_eq(info.pm1a_cnt.addr, 0x1fed40000);
	/* A FADT that ends before them gives the old ones. */
	seal(FADT_AT, "FACP", 116);
	ck_assert_int_eq(parse(), 0);
	ck_assert_uint_eq(info.pm1a_cnt.addr, 0x604);
	ck_assert_uint_eq(info.reset.addr, 0);
}
END_TEST

START_TEST(damaged_root)
{
	mem[XSDT_AT + 20]++;
	ck_assert_int_eq(parse(), -74);
	setup();
	put(XSDT_AT + 4, 35, 4);
	ck_assert_int_eq(parse(), -74);
	setup();
	put(RSDP_AT + 24, MEM_SIZE - 8, 8);
	fix_sum(RSDP_AT, 36, 32);
	ck_assert_int_eq(parse(), -74);
	setup();
	seal(XSDT_AT, "XXXX", 68);
	ck_assert_int_eq(parse(), -74);
	ck_assert_int_eq(acpi_parse(&view, mem + RSDP_AT, 19, &info), -74);
}
END_TEST

START_TEST(damaged_tables_are_left_out)
{
	mem[HPET_AT + 50]++;                      /* checksum */
	put(MCFG_AT + 4, MEM_SIZE, 4);            /* length beyond memory */
	put(XSDT_AT + 44, 0xfffffffffffffff0, 8); /* pointer that wraps */
	seal(XSDT_AT, "XSDT", 68);
	ck_assert_int_eq(parse(), 0);
	ck_assert_uint_eq(info.bad_tables, 3);
	ck_assert_uint_eq(info.cpus, 3);
	ck_assert_uint_eq(info.hpet, 0);
	ck_assert_uint_eq(info.mcfgs, 0);
}
END_TEST

START_TEST(bad_madt_record)
{
	mem[MADT_AT + 45] = 0; /* a record of length 0 would never end */
	seal(MADT_AT, "APIC", 106);
	ck_assert_int_eq(parse(), 0);
	ck_assert_uint_eq(info.bad_tables, 1);
	setup();
	mem[MADT_AT + 45] = 200; /* beyond the table */
	seal(MADT_AT, "APIC", 106);
	ck_assert_int_eq(parse(), 0);
	ck_assert_uint_eq(info.bad_tables, 1);
	ck_assert_uint_eq(info.cpus, 0);
}
END_TEST

START_TEST(too_many_cpus)
{
	uint32_t p = MADT_AT + 44;

	for (unsigned i = 0; i < 300; i++, p += 16) {
		put(p, 9 | 16 << 8, 2);
		put(p + 4, 1000 + i, 4);
		put(p + 8, 1, 4);
	}
	memmove(mem + 0x10000, mem + MADT_AT, p - MADT_AT);
	make_fadt();
	put(0x10000 + 36, 0xfee00000, 4);
	seal(0x10000, "APIC", p - MADT_AT);
	put(XSDT_AT + 36, 0x10000, 8);
	seal(XSDT_AT, "XSDT", 44);
	ck_assert_int_eq(parse(), 0);
	ck_assert_uint_eq(info.cpus, ACPI_MAX_CPUS);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("acpi");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, finds_rsdp);
	tcase_add_test(t, reads_all_tables);
	tcase_add_test(t, version_1_by_rsdt);
	tcase_add_test(t, wide_fields_win);
	tcase_add_test(t, damaged_root);
	tcase_add_test(t, damaged_tables_are_left_out);
	tcase_add_test(t, bad_madt_record);
	tcase_add_test(t, too_many_cpus);
	suite_add_tcase(s, t);
	return suite_run(s);
}
