// SPDX-License-Identifier: GPL-2.0-or-later
/* Small objects: sizes, zeroing, alignment, memory given back. */
#include "mm_main.h"

START_TEST(objects_are_zeroed_aligned_and_disjoint)
{
	static const size_t size[] = {1, 16, 17, 48, 64, 100, 500, 2048, 2049, 5000, 65536};
	uint8_t *p[ARRAY_SIZE(size)][8];

	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < ARRAY_SIZE(size); i++)
			for (unsigned j = 0; j < 8; j++) {
				size_t align = 16;

				p[i][j] = mem_alloc(size[i]);
				ck_assert_ptr_nonnull(p[i][j]);
				while (align < size[i] && align < PAGE_SIZE)
					align *= 2;
				ck_assert_uint_eq((uint64_t)((char *)p[i][j] - host_ram) % align,
						  0);
				for (size_t at = 0; at < size[i]; at++)
					ck_assert_uint_eq(p[i][j][at], 0);
				memset(p[i][j], (int)(1 + i * 8 + j), size[i]);
			}
		for (unsigned i = 0; i < ARRAY_SIZE(size); i++)
			for (unsigned j = 0; j < 8; j++) {
				ck_assert_uint_eq(p[i][j][0], 1 + i * 8 + j);
				ck_assert_uint_eq(p[i][j][size[i] - 1], 1 + i * 8 + j);
				mem_free(p[i][j]);
			}
	}
}
END_TEST

START_TEST(memory_comes_back)
{
	static void *p[3000];
	uint64_t before;

	before = heap_free_pages();
	for (unsigned i = 0; i < 3000; i++)
		p[i] = mem_alloc(64);
	ck_assert_uint_le(heap_free_pages(), before - 3000 / 64 + 1);
	for (unsigned i = 0; i < 3000; i++)
		mem_free(p[(i * 7) % 3000]);
	ck_assert_uint_eq(heap_free_pages(), before);
}
END_TEST

START_TEST(too_large_or_none_left_is_null)
{
	ck_assert_ptr_null(mem_alloc(65537));
	mem_free(NULL);
	while (mem_alloc(65536))
		;
	while (heap_alloc(0, 0))
		;
	ck_assert_ptr_null(mem_alloc(2000));
	ck_assert_ptr_null(mem_alloc(4096));
}
END_TEST

int main(void)
{
	const TTest *const cases[] = {
		objects_are_zeroed_aligned_and_disjoint,
		memory_comes_back,
		too_large_or_none_left_is_null,
	};

	return run_cases("slab", cases, ARRAY_SIZE(cases));
}
