// SPDX-License-Identifier: GPL-2.0-or-later
/* The frame allocator: alignment, limits, merging, claims, flushes before reuse. */
#include "mm_main.h"

START_TEST(blocks_are_aligned_and_disjoint)
{
	struct page *pg[5][20];

	for (unsigned o = 0; o < 5; o++)
		for (unsigned i = 0; i < 20; i++) {
			pg[o][i] = heap_alloc(o, 0);
			ck_assert_ptr_nonnull(pg[o][i]);
			ck_assert_uint_eq(page_mfn(pg[o][i]).n & ((1u << o) - 1), 0);
			memset(page_virt(pg[o][i]), (int)(o * 20 + i), PAGE_SIZE << o);
		}
	for (unsigned o = 0; o < 5; o++)
		for (unsigned i = 0; i < 20; i++) {
			const uint8_t *b = page_virt(pg[o][i]);

			for (size_t at = 0; at < PAGE_SIZE << o; at += 512)
				ck_assert_uint_eq(b[at], o * 20 + i);
			heap_free(pg[o][i], o);
		}
}
END_TEST

START_TEST(address_limit_is_kept)
{
	struct page *pg;
	unsigned n = 0;

	for (; (pg = heap_alloc(0, 20)); n++)
		ck_assert_uint_lt(page_mfn(pg).n, 1u << 8);
	ck_assert_uint_eq(n, 255); /* all below 1 MiB but frame 0 */
	ck_assert_ptr_null(heap_alloc(0, 12));
	ck_assert_ptr_null(heap_alloc(HEAP_MAX_ORDER + 1, 0));
	ck_assert_ptr_nonnull(heap_alloc(0, 0));
}
END_TEST

START_TEST(high_memory_goes_first)
{
	ck_assert_uint_ge(page_mfn(heap_alloc(0, 0)).n, SIM_FRAMES / 2);
	ck_assert_uint_ge(page_mfn(heap_alloc(3, 0)).n, SIM_FRAMES / 2);
}
END_TEST

START_TEST(freed_blocks_merge)
{
	uint64_t before = heap_free_pages();
	struct page *big = heap_alloc(9, 0), *pg[512];

	ck_assert_ptr_nonnull(big);
	for (unsigned i = 0; i < 512; i++) /* one by one, odd ones first */
		pg[i] = big + (i < 256 ? 2 * i + 1 : 2 * (i - 256));
	for (unsigned i = 0; i < 512; i++)
		heap_free(pg[i], 0);
	ck_assert_uint_eq(heap_free_pages(), before);
	ck_assert_ptr_eq(heap_alloc(9, 0), big);
}
END_TEST

START_TEST(claimed_frames_are_kept_for_the_claimant)
{
	uint64_t claim = heap_free_pages() - 2, other = 0;

	ck_assert_int_eq(heap_claim(heap_free_pages() + 1), -ENOMEM);
	ck_assert_int_eq(heap_claim(claim), 0);
	ck_assert_int_eq(heap_claim(3), -ENOMEM);
	ck_assert_uint_eq(heap_claimed_pages(), claim);
	ck_assert_ptr_nonnull(heap_alloc_claimed(1, 0, &other));
	ck_assert_ptr_null(heap_alloc_claimed(0, 0, &other));
	ck_assert_ptr_null(heap_alloc(0, 0)); /* nor may the hypervisor take them */
	ck_assert_ptr_nonnull(heap_alloc_claimed(0, 0, &claim));
	ck_assert_uint_eq(heap_claimed_pages(), claim);
	heap_unclaim(claim);
	ck_assert_ptr_nonnull(heap_alloc_claimed(0, 0, &other));
}
END_TEST

START_TEST(stale_cpus_are_flushed_once)
{
	struct page *pg = heap_alloc(0, 0);

	host_flushes = (struct host_flushes){0};
	pg->tlb_stamp = tlb_clock();
	heap_free(pg, 0);
	ck_assert_ptr_eq(heap_alloc(0, 0), pg);
	ck_assert_uint_eq(host_flushes.full, SIM_CPUS);
	heap_free(pg, 0);
	ck_assert_ptr_eq(heap_alloc(0, 0), pg);
	ck_assert_uint_eq(host_flushes.full, SIM_CPUS);
}
END_TEST

START_TEST(merging_keeps_the_latest_stamp)
{
	struct page *pg = heap_alloc(1, 0);

	pg[0].tlb_stamp = tlb_clock();
	arch_tlb_flush_local();
	pg[1].tlb_stamp = tlb_clock();
	host_flushes = (struct host_flushes){0};
	heap_free(pg + 1, 0);
	heap_free(pg, 0);
	ck_assert_ptr_eq(heap_alloc(1, 0), pg);
	ck_assert_uint_eq(host_flushes.full, SIM_CPUS);
}
END_TEST

int main(void)
{
	const TTest *const cases[] = {
		blocks_are_aligned_and_disjoint,
		address_limit_is_kept,
		high_memory_goes_first,
		freed_blocks_merge,
		claimed_frames_are_kept_for_the_claimant,
		stale_cpus_are_flushed_once,
		merging_keeps_the_latest_stamp,
	};

	return run_cases("buddy", cases, ARRAY_SIZE(cases));
}
