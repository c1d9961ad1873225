// SPDX-License-Identifier: GPL-2.0-or-later
/* Existence counts, frames of domains, shared hypervisor memory. */
#include "mm_main.h"

START_TEST(only_the_owner_gets_references)
{
	struct domain *a = sim_domain(0), *b = sim_domain(1);
	mfn_t mfn = sim_frame(a);

	ck_assert_int_eq(page_get(mfn, b), -EINVAL);
	ck_assert_int_eq(page_get(mfn_make(SIM_FRAMES), a), -EINVAL);
	ck_assert_int_eq(page_get(mfn_make(~0ull), a), -EINVAL);
	ck_assert_int_eq(page_get(mfn_make(~0ull >> 5), a), -EINVAL);
	ck_assert_int_eq(page_get(mfn_make(1), a), -EINVAL);   /* free */
	ck_assert_int_eq(page_get(virt_frame(a), a), -EINVAL); /* the hypervisor's */
	ck_assert_int_eq(page_get(mfn, a), 0);
	ck_assert_uint_eq(sim_count(mfn), 2);
	page_put(page_of(mfn));
}
END_TEST

START_TEST(released_frame_lives_until_the_last_reference)
{
	struct domain *a = sim_domain(1);
	mfn_t mfn = sim_frame(a);
	uint64_t free = heap_free_pages();

	m2p_set(mfn, 5);
	ck_assert_int_eq(page_get(mfn, a), 0);
	ck_assert_int_eq(domain_release_page(a, mfn), 0);
	ck_assert_int_eq(domain_release_page(a, mfn), -EINVAL);
	ck_assert_uint_eq(a->pages.tot, 1);
	ck_assert_uint_eq(a->refcount, 2);
	page_put(page_of(mfn));
	ck_assert_uint_eq(a->pages.tot, 0);
	ck_assert_uint_eq(a->refcount, 1);
	ck_assert_uint_eq(heap_free_pages(), free + 1);
	ck_assert_uint_eq(m2p_get(mfn), M2P_INVALID);
	ck_assert_int_eq(page_get(mfn, a), -EINVAL);
}
END_TEST

START_TEST(new_frames_are_zeroed)
{
	struct domain *a = sim_domain(0), *b = sim_domain(1);
	mfn_t mfn = sim_frame(a);

	memset(frame_virt(mfn), 0x5a, PAGE_SIZE);
	ck_assert_int_eq(domain_release_page(a, mfn), 0);
	ck_assert_uint_eq(sim_frame(b).n, mfn.n);
	for (unsigned i = 0; i < PT_ENTRIES; i++)
		ck_assert_uint_eq(sim_table(mfn)[i], 0);
}
END_TEST

START_TEST(limit_and_state_are_kept)
{
	struct domain *a = sim_domain(1);

	a->pages.max = 5;
	ck_assert_ptr_nonnull(domain_alloc_pages(a, 2, 0, 0));
	ck_assert_ptr_null(domain_alloc_pages(a, 1, 0, 0));
	ck_assert_uint_eq(a->pages.tot, 4);
	a->state = DOMAIN_DYING;
	ck_assert_ptr_null(domain_alloc_pages(a, 0, 0, 0));
	ck_assert_ptr_null(domain_alloc_pages(a, HEAP_MAX_ORDER + 1, 0, 0));
}
END_TEST

START_TEST(shared_memory_is_mapped_but_never_a_table)
{
	struct domain *a = sim_domain(1);
	struct page *rw = heap_alloc(0, 0), *ro = heap_alloc(0, 0);
	uint64_t free = heap_free_pages();

	page_share(rw, a, true);
	page_share(ro, a, false);
	ck_assert_uint_eq(m2p_get(page_mfn(rw)), M2P_INVALID);
	ck_assert_int_eq(page_get_and_type(page_mfn(rw), a, PGT_L1), -EINVAL);
	ck_assert_int_eq(page_get_and_type(page_mfn(ro), a, PGT_WRITABLE), -EINVAL);
	ck_assert_int_eq(page_get_and_type(page_mfn(rw), a, PGT_WRITABLE), 0);
	ck_assert_int_eq(page_get(page_mfn(ro), a), 0);
	ck_assert_int_eq(domain_release_page(a, page_mfn(rw)), -EINVAL);
	page_unshare_and_free(rw);
	page_unshare_and_free(ro);
	ck_assert_uint_eq(heap_free_pages(), free);
	page_put_and_type(rw);
	page_put(ro);
	ck_assert_uint_eq(heap_free_pages(), free + 2);
	ck_assert_uint_eq(a->refcount, 1);
}
END_TEST

START_TEST(m2p_belongs_to_the_pseudo_domain)
{
	mfn_t mfn = arch_m2p_frame(0);

	ck_assert_int_eq(page_get(mfn, domain_xen), 0);
	ck_assert_int_eq(page_get_type(page_of(mfn), PGT_WRITABLE), -EINVAL);
	page_put(page_of(mfn));
}
END_TEST

START_TEST(claims_of_a_domain)
{
	struct domain *a = sim_domain(1);

	sim_frame(a);
	ck_assert_int_eq(domain_claim_pages(a, 1), -EINVAL); /* it has as many */
	ck_assert_int_eq(domain_claim_pages(a, 10), 0);
	ck_assert_uint_eq(a->pages.outstanding_claim, 9);
	ck_assert_int_eq(domain_claim_pages(a, 20), -EINVAL);
	ck_assert_ptr_nonnull(domain_alloc_pages(a, 1, 0, 0));
	ck_assert_uint_eq(a->pages.outstanding_claim, 7);
	ck_assert_int_eq(domain_claim_pages(a, 0), 0);
	ck_assert_uint_eq(heap_claimed_pages(), 0);
	ck_assert_int_eq(domain_claim_pages(a, SIM_FRAMES * 2), -EINVAL);
}
END_TEST

/* The byte in @pg when a domain has it again. */
static uint8_t byte_found(struct domain *d, const struct page *pg)
{
	struct page *got;

	do {
		got = domain_alloc_pages(d, 0, 0, 0);
		ck_assert_ptr_nonnull(got);
	} while (got != pg);
	return *(uint8_t *)page_virt(pg);
}

static struct page *released(struct domain *d, struct page *pg)
{
	*(uint8_t *)page_virt(pg) = 0x5a;
	ck_assert_int_eq(domain_release_page(d, page_mfn(pg)), 0);
	return pg;
}

/* A byte that came there without a type reference shows who clears and who does not. */
START_TEST(cleared_is_what_may_have_been_written)
{
	struct domain *a = sim_domain(1);
	struct page *pg = domain_alloc_pages(a, 0, 0, 0);

	ck_assert_uint_eq(byte_found(a, released(a, pg)), 0x5a); /* nobody could write */
	ck_assert_int_eq(page_get_and_type(page_mfn(pg), a, PGT_WRITABLE), 0);
	page_put_and_type(pg);
	ck_assert_uint_eq(byte_found(a, released(a, pg)), 0);

	memset(page_virt(pg), 0, PAGE_SIZE);
	ck_assert_int_eq(page_get_and_type(page_mfn(pg), a, PGT_L1), 0);
	page_put_and_type(pg);
	ck_assert_uint_eq(byte_found(a, released(a, pg)), 0);
}
END_TEST

START_TEST(cleared_is_what_the_control_domain_or_we_had)
{
	struct domain *a = sim_domain(1);
	struct page *pg = domain_alloc_pages(a, 0, 0, MEMF_NO_SCRUB), *our;

	ck_assert_uint_eq(byte_found(a, released(a, pg)), 0);
	a->privileged = true;
	released(a, pg);
	byte_found(a, pg);
	released(a, pg);
	a->privileged = false;
	ck_assert_uint_eq(byte_found(a, pg), 0);

	released(a, pg); /* zero, as far as is known */
	do {
		our = heap_alloc(0, 0);
		ck_assert_ptr_nonnull(our);
	} while (our != pg);
	*(uint8_t *)page_virt(our) = 0x5a;
	heap_free(our, 0);
	ck_assert_uint_eq(byte_found(a, pg), 0);
}
END_TEST

START_TEST(the_end_of_a_domain_takes_its_claim_back)
{
	struct domain *a = sim_domain(0), *b = sim_domain(1);

	sim_run(a->vcpu[0]);
	ck_assert_int_eq(domain_claim_pages(b, 10), 0);
	b->state = DOMAIN_DYING;
	ck_assert_int_eq(domain_relinquish_pages(b), 0);
	ck_assert_uint_eq(heap_claimed_pages(), 0);
	ck_assert_int_eq(domain_claim_pages(b, 10), -EINVAL);
}
END_TEST

START_TEST(relinquish_in_small_steps)
{
	struct domain *a = sim_domain(0), *b = sim_domain(1);
	mfn_t t[4], kept = sim_frame(b);
	unsigned calls = 0;
	uint64_t free;

	sim_run(a->vcpu[0]);
	sim_tree(b, t);
	sim_table(t[0])[0] = sim_pte(kept, P_RW);
	ck_assert_int_eq(page_pin(t[3], b, PGT_L4), 0);
	ck_assert_int_eq(page_get(kept, b), 0); /* somebody still maps it */
	free = heap_free_pages();
	for (unsigned i = 0; i < 600; i++)
		sim_frame(b); /* taken in runs, not all at once */
	b->state = DOMAIN_DYING;
	host_preempt_after = 0;
	while (domain_relinquish_pages(b) == -ERESTART)
		calls++;
	host_preempt_after = -1;
	ck_assert_uint_ge(calls, 4);
	ck_assert_uint_eq(b->pages.tot, 1);
	page_put(page_of(kept));
	ck_assert_uint_eq(b->pages.tot, 0);
	ck_assert_uint_eq(heap_free_pages(), free + 5);
	/* And as whole blocks. */
	ck_assert_ptr_nonnull(heap_alloc(9, 0));
}
END_TEST

int main(void)
{
	const TTest *const cases[] = {
		only_the_owner_gets_references,
		released_frame_lives_until_the_last_reference,
		new_frames_are_zeroed,
		limit_and_state_are_kept,
		shared_memory_is_mapped_but_never_a_table,
		m2p_belongs_to_the_pseudo_domain,
		claims_of_a_domain,
		cleared_is_what_may_have_been_written,
		cleared_is_what_the_control_domain_or_we_had,
		the_end_of_a_domain_takes_its_claim_back,
		relinquish_in_small_steps,
	};

	return run_cases("page", cases, ARRAY_SIZE(cases));
}
