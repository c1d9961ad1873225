/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory maps: overlaps, reservations, start-up allocation, hand-over to the heap. */
#include <check.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <hypervisor/boot/e820.h>
#include <hv/console.h>
#include <hv/heap.h>
#include <arch/mmu.h>
#include "suite.h"

#define MIB (1ull << 20)

char *host_ram;
static struct {
	uint64_t start, end;
} given[16];
static unsigned given_count;
static jmp_buf panicked;

void heap_add(mfn_t start, mfn_t end)
{
	given[given_count].start = start.n << PAGE_SHIFT;
	given[given_count++].end = end.n << PAGE_SHIFT;
}

void panic(const char *fmt, ...)
{
	(void)fmt;
	longjmp(panicked, 1);
}

static void setup(void)
{
	static const struct e820_entry map[] = {
		{MIB, 15 * MIB, E820_RAM},
		{0, 0x9fc00, E820_RAM},
		{0x9fc00, 0x400, E820_RESERVED},
	};

	host_ram = calloc(16, MIB);
	memset(host_ram, 0xaa, 16 * MIB);
	e820_init(map, ARRAY_SIZE(map));
	e820_reserve(0, MIB);
	given_count = 0;
	boot_alloc_limit = 0;
}

static void teardown(void)
{
	free(host_ram);
}

START_TEST(tidy_sorts_and_joins)
{
	static const struct e820_entry in[] = {
		{0x3000, 0x1000, E820_RAM}, {0x1000, 0x1000, E820_RAM},  {0x2000, 0x1000, E820_RAM},
		{0x5000, 0, E820_RAM},      {0x8000, 0x1000, E820_ACPI},
	};
	struct e820_entry out[8];

	ck_assert_uint_eq(e820_tidy(in, ARRAY_SIZE(in), out, 8), 2);
	ck_assert_uint_eq(out[0].addr, 0x1000);
	ck_assert_uint_eq(out[0].size, 0x3000);
	ck_assert_uint_eq(out[1].addr, 0x8000);
	ck_assert_uint_eq(out[1].type, E820_ACPI);
}
END_TEST

START_TEST(tidy_less_usable_wins)
{
	static const struct e820_entry in[] = {
		{0, 0x10000, E820_RAM},
		{0x4000, 0x2000, E820_RESERVED},
		{0x5000, 0x2000, E820_UNUSABLE},
		{0xf000, 0x2000, 99},                   /* a type we don't know */
		{0xfffffffffffff000, 0x2000, E820_RAM}, /* wraps: ignored */
	};
	static const struct e820_entry want[] = {
		{0, 0x4000, E820_RAM},           {0x4000, 0x1000, E820_RESERVED},
		{0x5000, 0x2000, E820_UNUSABLE}, {0x7000, 0x8000, E820_RAM},
		{0xf000, 0x2000, E820_RESERVED},
	};
	struct e820_entry out[8];
	unsigned n = e820_tidy(in, ARRAY_SIZE(in), out, 8);

	ck_assert_uint_eq(n, ARRAY_SIZE(want));
	for (unsigned i = 0; i < n; i++) {
		ck_assert_uint_eq(out[i].addr, want[i].addr);
		ck_assert_uint_eq(out[i].size, want[i].size);
		ck_assert_uint_eq(out[i].type, want[i].type);
	}
	ck_assert_uint_eq(e820_tidy(in, ARRAY_SIZE(in), out, 2), 2);
}
END_TEST

START_TEST(map_is_kept)
{
	ck_assert_uint_eq(e820_count(), 3);
	ck_assert_uint_eq(e820_get(0)->addr, 0);
	ck_assert_uint_eq(e820_get(2)->addr, MIB);
	ck_assert_uint_eq(e820_ram_end().n, 16 * MIB >> PAGE_SHIFT);
}
END_TEST

START_TEST(allocates_from_the_top)
{
	paddr_t a = boot_alloc(4096, 4096), b = boot_alloc(2 * MIB, 2 * MIB);

	ck_assert_uint_eq(a.a, 16 * MIB - 4096);
	ck_assert_uint_eq(b.a, 12 * MIB);
	ck_assert_int_eq(host_ram[a.a] | host_ram[b.a] | host_ram[b.a + 2 * MIB - 1], 0);
	ck_assert_int_ne(host_ram[b.a - 1], 0);
	/* The hole that alignment left is used. */
	ck_assert_uint_eq(boot_alloc(MIB, 4096).a, 15 * MIB - 4096);
	boot_alloc_limit = 8 * MIB;
	ck_assert_uint_eq(boot_alloc(4096, 4096).a, 8 * MIB - 4096);
}
END_TEST

START_TEST(out_of_memory_panics)
{
	if (setjmp(panicked))
		return;
	boot_alloc(16 * MIB, 4096);
	ck_abort_msg("allocated more than there is");
}
END_TEST

START_TEST(heap_gets_the_rest)
{
	e820_reserve(4 * MIB + 1, 5 * MIB - 1);
	e820_reserve(5 * MIB, 6 * MIB);
	e820_reserve(2 * MIB, 2 * MIB + 1);
	boot_alloc(4096, 4096);
	ck_assert(e820_allocating());
	e820_to_heap();
	ck_assert(!e820_allocating());
	ck_assert_uint_eq(given_count, 3);
	ck_assert_uint_eq(given[0].start, MIB);
	ck_assert_uint_eq(given[0].end, 2 * MIB);
	ck_assert_uint_eq(given[1].start, 2 * MIB + 4096);
	ck_assert_uint_eq(given[1].end, 4 * MIB);
	ck_assert_uint_eq(given[2].start, 6 * MIB);
	ck_assert_uint_eq(given[2].end, 16 * MIB - 4096);
	if (setjmp(panicked))
		return;
	boot_alloc(4096, 4096);
	ck_abort_msg("allocated what the heap owns");
}
END_TEST

START_TEST(reservations_merge_or_panic)
{
	if (setjmp(panicked))
		ck_abort_msg("adjacent reservations were not merged");
	for (unsigned i = 0; i < 1000; i++)
		e820_reserve(2 * MIB + i * 4096ull, 2 * MIB + (i + 1) * 4096ull);
	if (setjmp(panicked))
		return;
	for (unsigned i = 0; i < 100; i++)
		e820_reserve(8 * MIB + i * 8192ull, 8 * MIB + i * 8192ull + 4096);
	ck_abort_msg("lost a reservation");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("e820");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, tidy_sorts_and_joins);
	tcase_add_test(t, tidy_less_usable_wins);
	tcase_add_test(t, map_is_kept);
	tcase_add_test(t, allocates_from_the_top);
	tcase_add_test(t, out_of_memory_panics);
	tcase_add_test(t, heap_gets_the_rest);
	tcase_add_test(t, reservations_merge_or_panic);
	suite_add_tcase(s, t);
	return suite_run(s);
}
