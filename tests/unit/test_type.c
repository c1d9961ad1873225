// SPDX-License-Identifier: GPL-2.0-or-later
/* The type machine: exclusion, validation, preemption, pins, locks, and many CPUs at once. */
#include "mm_main.h"
#include <pthread.h>

static struct domain *d;
static mfn_t t[4];

static void tree(void)
{
	d = sim_domain(1);
	sim_tree(d, t);
	sim_run(d->vcpu[0]);
}

START_TEST(types_exclude_each_other)
{
	mfn_t mfn;

	tree();
	mfn = sim_frame(d);
	ck_assert_int_eq(page_get_and_type(mfn, d, PGT_WRITABLE), 0);
	ck_assert_int_eq(page_get_and_type(mfn, d, PGT_L1), -EINVAL);
	ck_assert_int_eq(page_get_and_type(mfn, d, PGT_SEGDESC), -EINVAL);
	page_put_and_type(page_of(mfn));
	ck_assert_int_eq(page_get_and_type(mfn, d, PGT_L1), 0);
	ck_assert_int_eq(page_get_and_type(mfn, d, PGT_WRITABLE), -EINVAL);
	ck_assert_int_eq(page_get_and_type(mfn, d, PGT_L2), -EINVAL);
	page_put_and_type(page_of(mfn));
	ck_assert_int_eq(page_get_and_type(mfn, d, PGT_SEGDESC), 0);
	page_put_and_type(page_of(mfn));
	sim_table(mfn)[0] = 1; /* the test's descriptor check refuses it */
	ck_assert_int_eq(page_get_and_type(mfn, d, PGT_SEGDESC), -EINVAL);
	sim_check();
}
END_TEST

START_TEST(a_tree_is_validated_and_undone)
{
	mfn_t data;

	tree();
	data = sim_frame(d);
	sim_table(t[0])[3] = sim_pte(data, P_RW);
	sim_table(t[0])[4] = sim_pte(t[0], P_RO); /* tables may be read */
	ck_assert_int_eq(page_pin(t[3], d, PGT_L4), 0);
	for (unsigned i = 0; i < 4; i++) {
		ck_assert_uint_eq(sim_type(t[i]), PT_TYPE(i + 1));
		ck_assert_uint_eq(sim_type_count(t[i]), 1);
	}
	ck_assert_uint_eq(sim_type_count(data), 1);
	ck_assert_uint_eq(sim_table(t[3])[257] >> 52, 257); /* the hypervisor's slots are there */
	ck_assert_uint_eq(sim_table(t[3])[256], 0);
	sim_check();
	ck_assert_int_eq(page_pin(t[3], d, PGT_L4), -EINVAL);
	ck_assert_int_eq(page_unpin(page_of(t[3])), 0);
	ck_assert_int_eq(page_unpin(page_of(t[3])), -EINVAL);
	for (unsigned i = 0; i < 4; i++)
		ck_assert_uint_eq(sim_type_count(t[i]), 0);
	ck_assert_uint_eq(sim_type_count(data), 0);
	ck_assert_uint_eq(sim_table(t[3])[257], 0);
	sim_check();
}
END_TEST

START_TEST(one_bad_entry_undoes_all)
{
	tree();
	sim_table(t[0])[7] = sim_pte(t[2], P_RW); /* a table, writable */
	ck_assert_int_eq(page_pin(t[3], d, PGT_L4), -EINVAL);
	for (unsigned i = 0; i < 4; i++)
		ck_assert_uint_eq(sim_type_count(t[i]), 0);
	sim_check();
	sim_table(t[0])[7] = 0;
	ck_assert_int_eq(page_pin(t[3], d, PGT_L4), 0);
}
END_TEST

/* Many children, so that there is something to preempt. */
static void wide_tree(void)
{
	tree();
	for (unsigned i = 1; i < 20; i++) {
		sim_table(t[1])[i] = sim_pte(sim_frame(d), P_URW);
		sim_table(t[2])[i] = sim_pte(t[1], P_URW);
	}
}

START_TEST(validation_goes_on_where_it_stopped)
{
	unsigned again = 0;
	int rc;

	wide_tree();
	host_preempt_after = 0;
	while ((rc = page_pin(t[3], d, PGT_L4)) == -ERESTART) {
		sim_check();
		again++;
	}
	ck_assert_int_eq(rc, 0);
	ck_assert_uint_ge(again, 19);
	again = 0;
	for (rc = page_unpin(page_of(t[3])); rc; rc = page_drop_partial(page_of(t[3]), true)) {
		sim_check();
		again++;
	}
	ck_assert_uint_ge(again, 19);
	ck_assert_uint_eq(sim_type_count(t[3]), 0);
	host_preempt_after = -1;
}
END_TEST

START_TEST(half_validated_tables_can_be_dropped_or_taken_over)
{
	wide_tree();
	host_preempt_after = 3;
	ck_assert_int_eq(page_pin(t[3], d, PGT_L4), -ERESTART);
	ck_assert_uint_ne(page_of(t[3])->type & PGT_PARTIAL, 0);
	/* Another use of a half-done table below completes it; then all is dropped. */
	host_preempt_after = -1;
	ck_assert_int_eq(page_get_and_type(t[2], d, PGT_L3), 0);
	ck_assert_int_eq(page_drop_partial(page_of(t[3]), false), 0);
	page_put_and_type(page_of(t[2]));
	sim_check();
	ck_assert_uint_eq(sim_type_count(t[2]), 0);
}
END_TEST

START_TEST(refusal_after_preemption_is_undone_later)
{
	wide_tree();
	sim_table(t[1])[19] = sim_pte(mfn_make(SIM_FRAMES + 9), P_URW);
	host_preempt_after = 0;
	while (sim_mmuext(MMUEXT_PIN_L4_TABLE, t[3].n, 0, DOMID_SELF) == HOST_RESTARTED)
		;
	sim_check();
	host_preempt_after = -1;
	ck_assert_int_eq(pt_pending_finish(current_vcpu()), 0);
	for (unsigned i = 0; i < 4; i++)
		ck_assert_uint_eq(sim_type_count(t[i]), 0);
	sim_check();
}
END_TEST

START_TEST(type_change_flushes_those_who_may_know)
{
	mfn_t mfn;

	tree();
	mfn = sim_frame(d);
	ck_assert_int_eq(page_get_and_type(mfn, d, PGT_WRITABLE), 0);
	page_put_and_type(page_of(mfn));
	host_flushes = (struct host_flushes){0};
	ck_assert_int_eq(page_get_and_type(mfn, d, PGT_L1), 0);
	ck_assert_uint_eq(host_flushes.full, 1); /* the domain runs on one CPU */
	ck_assert_uint_eq(host_flushes.calls, 0);
	page_put_and_type(page_of(mfn));
}
END_TEST

START_TEST(a_pin_on_a_dying_domain_is_refused)
{
	tree();
	d->state = DOMAIN_DYING;
	ck_assert_int_eq(page_pin(t[3], d, PGT_L4), -EINVAL);
	ck_assert_uint_eq(sim_type_count(t[3]), 0);
	d->state = DOMAIN_ALIVE;
}
END_TEST

START_TEST(only_validated_tables_are_locked)
{
	tree();
	ck_assert(!page_lock(page_of(t[0])));
	ck_assert_int_eq(page_pin(t[0], d, PGT_L1), 0);
	ck_assert(page_lock(page_of(t[0])));
	ck_assert_uint_eq(sim_type_count(t[0]), 2);
	page_unlock(page_of(t[0]));
	ck_assert_uint_eq(sim_type_count(t[0]), 1);
	ck_assert_ptr_null(pt_lock(mfn_make(SIM_FRAMES), d));
	ck_assert_ptr_null(pt_lock(t[0], domain_xen));
}
END_TEST

#define ROUNDS 20000

static int writers, tables;

/* Each thread is a CPU that takes the frame as one type or the other; both at once must not be. */
static void *contend(void *arg)
{
	bool table = (uint64_t)arg & 1;
	int *mine = table ? &tables : &writers, *other = table ? &writers : &tables;

	host_cpu = (unsigned)(uint64_t)arg;
	for (unsigned i = 0; i < ROUNDS; i++) {
		if (page_get_and_type(t[0], d, table ? PGT_L1 : PGT_WRITABLE))
			continue;
		__atomic_add_fetch(mine, 1, __ATOMIC_SEQ_CST);
		if (__atomic_load_n(other, __ATOMIC_SEQ_CST))
			abort();
		if (table) {
			if (!page_lock(page_of(t[0])))
				abort();
			page_unlock(page_of(t[0]));
		}
		__atomic_sub_fetch(mine, 1, __ATOMIC_SEQ_CST);
		page_put_and_type(page_of(t[0]));
	}
	return NULL;
}

static void no_call(unsigned cpu, uint64_t va)
{
	(void)cpu;
	(void)va;
}

START_TEST(cpus_race_for_types)
{
	pthread_t thread[4];

	tree();
	/* No IPIs between the threads: the fake plays other CPUs in the caller's thread. */
	d->dirty_cpus = (struct cpumask){0};
	host_flush_hook = no_call;
	for (uint64_t i = 0; i < 4; i++)
		ck_assert_int_eq(pthread_create(&thread[i], NULL, contend, (void *)i), 0);
	for (unsigned i = 0; i < 4; i++)
		pthread_join(thread[i], NULL);
	ck_assert_uint_eq(sim_type_count(t[0]), 0);
	ck_assert_uint_eq(sim_count(t[0]), 1);
}
END_TEST

int main(void)
{
	const TTest *const cases[] = {
		types_exclude_each_other,
		a_tree_is_validated_and_undone,
		one_bad_entry_undoes_all,
		validation_goes_on_where_it_stopped,
		half_validated_tables_can_be_dropped_or_taken_over,
		refusal_after_preemption_is_undone_later,
		type_change_flushes_those_who_may_know,
		a_pin_on_a_dying_domain_is_refused,
		only_validated_tables_are_locked,
		cpus_race_for_types,
	};

	return run_cases("type", cases, ARRAY_SIZE(cases));
}
