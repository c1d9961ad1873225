// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The log of dirty pages: every frame that was written since the last report is in the next,
 * whoever wrote it by whatever way, and those that nobody could write are not.
 */
#include "mm_main.h"

#include <abi/memory.h>
#include <hv/dirty.h>

#define FRAMES    24u
#define SLOTS     40u
#define PFN_FIRST (DIRTY_CHUNK_PFNS - 10) /* over the border of two chunks */
#define PFNS      (PFN_FIRST + 2 * FRAMES)

static struct domain *dom0, *d;
static mfn_t t[4], t0[4], f[FRAMES];
static uint64_t report[(PFNS + 63) / 64];
static uint64_t free_before;

/* What the guest's CPU remembers as writable and dirty. */
static mfn_t cached[SLOTS];

static void forget(unsigned cpu, uint64_t va)
{
	for (unsigned i = 0; cpu == 1 && i < SLOTS; i++)
		if (va == ~0ull || va == i * PAGE_SIZE)
			cached[i] = mfn_make(0);
}

static void as_guest(void)
{
	sim_run(d->vcpu[1]);
}

static void as_control(void)
{
	sim_run(dom0->vcpu[0]);
}

static void root(struct domain *who, mfn_t tree[4])
{
	sim_tree(who, tree);
	ck_assert_int_eq(sim_mmuext(MMUEXT_NEW_BASEPTR, tree[3].n, 0, DOMID_SELF), 0);
}

static int64_t update(mfn_t table, unsigned slot, uint64_t val, unsigned cmd, domid_t from)
{
	struct mmu_update req = {mfn_to_paddr(table).a | slot * 8 | cmd, val};

	return sim_mmu_update(&req, 1, from);
}

/* The guest on CPU 1 with its frames, the control domain on CPU 0, a log that knows nothing yet. */
static void start(void)
{
	dom0 = sim_domain(0);
	d = sim_domain(1);
	host_flush_hook = forget;
	as_guest();
	root(d, t);
	for (unsigned i = 0; i < FRAMES; i++) {
		f[i] = sim_frame(d);
		m2p_set(f[i], PFN_FIRST + i);
	}
	for (unsigned i = 0; i < 4; i++)
		m2p_set(t[i], PFN_FIRST + FRAMES + i);
	as_control();
	root(dom0, t0);
	/* Small objects keep a frame once they had it. */
	ck_assert_int_eq(dirty_create(d, PFNS), 0);
	ck_assert_int_eq(dirty_free(d, false), 0);
	free_before = heap_free_pages();
	ck_assert_int_eq(dirty_create(d, PFNS), 0);
	while (dirty_grow(d->dirty) == -ERESTART)
		;
	ck_assert_uint_eq(d->dirty->chunks, 2);
	d->dirty->take = true;
	pt_dirty_begin(d);
	ck_assert_int_eq(pt_dirty_scan(d), 0);
}

static void stop(void)
{
	while (dirty_free(d, true) == -ERESTART)
		;
	ck_assert_ptr_null(d->dirty);
	ck_assert_uint_eq(dirty_domains, 0);
}

static void look(bool clean)
{
	struct dirty_log *log = d->dirty;
	int rc;

	as_control();
	log->take = clean;
	log->report = true;
	log->done = log->dirty = 0;
	pt_dirty_begin(d);
	do {
		rc = pt_dirty_scan(d);
		if (!rc)
			rc = dirty_copy(log, (uint64_t)report, PFNS, clean);
	} while (rc == -ERESTART);
	ck_assert_int_eq(rc, 0);
	for (uint64_t n = 1; n < SIM_FRAMES; n++)
		if (page_of(mfn_make(n))->count & PGC_SEEN_MASK)
			ck_abort_msg("frame %lx keeps a count", n);
}

static bool is_dirty(mfn_t mfn)
{
	uint64_t pfn = m2p_get(mfn);

	return report[pfn / 64] >> pfn % 64 & 1;
}

/* The guest writes at @slot as its CPU would; the frame it got at, or 0. */
static mfn_t write_at(unsigned slot)
{
	uint64_t *e = &sim_table(t[0])[slot];

	if (!cached[slot].n && (*e & P_RW) == P_RW) {
		*e |= PTE_ACCESSED | PTE_DIRTY;
		cached[slot] = pte_frame(*e);
	}
	return cached[slot];
}

START_TEST(kernel_pages_come_once_and_user_pages_always)
{
	start();
	as_guest();
	ck_assert_int_eq(update(t[0], 1, sim_pte(f[1], P_RW), 0, DOMID_SELF), 0);
	ck_assert_int_eq(update(t[0], 2, sim_pte(f[2], P_URW), 0, DOMID_SELF), 0);
	ck_assert_int_eq(update(t[0], 3, sim_pte(f[3], P_RO | PTE_DIRTY), 0, DOMID_SELF), 0);
	for (unsigned i = 1; i <= 3; i++)
		write_at(i);
	for (unsigned round = 0; round < 3; round++) {
		look(true);
		ck_assert(is_dirty(f[1]) == (round == 0));
		ck_assert(is_dirty(f[2]));
		ck_assert(!is_dirty(f[3]) && !is_dirty(f[4]));
		for (unsigned i = 0; i < 4; i++)
			ck_assert(is_dirty(t[i]));
		ck_assert_uint_eq(d->dirty->dirty, round ? 5 : 6);
	}
	ck_assert(!(sim_table(t[0])[1] & PTE_DIRTY));
	ck_assert(sim_table(t[0])[2] & PTE_DIRTY);
	/* Written again: the CPU has to tell again. */
	ck_assert_uint_eq(write_at(1).n, f[1].n);
	look(false);
	ck_assert(is_dirty(f[1]));
	look(true);
	ck_assert(is_dirty(f[1]));
	as_guest();
	ck_assert_int_eq(update(t[0], 2, 0, 0, DOMID_SELF), 0);
	look(true);
	ck_assert(!is_dirty(f[1]) && is_dirty(f[2]));
	look(true);
	ck_assert(!is_dirty(f[2]));
	stop();
}
END_TEST

START_TEST(dirt_that_a_store_takes_away_is_kept)
{
	mfn_t table;

	start();
	as_guest();
	ck_assert_int_eq(update(t[0], 1, sim_pte(f[1], P_URW), 0, DOMID_SELF), 0);
	write_at(1);
	ck_assert_int_eq(update(t[0], 1, sim_pte(f[1], P_URW), 0, DOMID_SELF), 0);
	/* A table that is refused, after we had changed it. */
	table = f[2];
	sim_table(table)[0] = sim_pte(f[3], P_RO);
	sim_table(table)[1] = sim_pte(sim_frame(dom0), P_RO);
	ck_assert_int_eq(sim_mmuext(MMUEXT_PIN_L1_TABLE, table.n, 0, DOMID_SELF), -EINVAL);
	ck_assert_uint_ne(sim_table(table)[0], sim_pte(f[3], P_RO));
	look(true);
	ck_assert(is_dirty(f[1]) && is_dirty(table));
	look(true);
	ck_assert(!is_dirty(f[1]) && !is_dirty(table));
	stop();
}
END_TEST

START_TEST(who_keeps_a_right_to_write_is_found)
{
	mfn_t l1[2], theirs;

	start();
	/* What the guest has of another's is not its log's. */
	as_guest();
	theirs = sim_frame(dom0);
	ck_assert_int_eq(page_get_and_type(theirs, dom0, PGT_WRITABLE), 0);
	ck_assert_int_eq(pt_grant_map(9 * PAGE_SIZE, false, theirs, true, false, 0), 0);
	as_control();
	ck_assert_int_eq(update(t0[0], 1, sim_pte(f[1], P_URW), 0, 1), 0);
	ck_assert_int_eq(update(t0[0], 2, sim_pte(f[2], P_RO), 0, 1), 0);
	ck_assert_int_eq(page_get_and_type(f[3], d, PGT_WRITABLE), 0);
	ck_assert_int_eq(page_get_and_type(f[4], d, PGT_SEGDESC), 0);
	/* More mappings than can be counted. */
	as_guest();
	for (unsigned i = 0; i < 2; i++) {
		l1[i] = sim_frame(d);
		for (unsigned j = 0; j < PT_ENTRIES; j++)
			sim_table(l1[i])[j] = sim_pte(f[5], P_RW);
		ck_assert_int_eq(sim_mmuext(MMUEXT_PIN_L1_TABLE, l1[i].n, 0, DOMID_SELF), 0);
	}
	for (unsigned round = 0; round < 2; round++) {
		look(true);
		ck_assert(is_dirty(f[1]) && !is_dirty(f[2]) && is_dirty(f[3]) && is_dirty(f[4]));
		ck_assert(is_dirty(f[5]) && !(page_of(f[5])->count & PGC_UNCACHED));
	}
	ck_assert_int_eq(update(t0[0], 1, 0, 0, DOMID_SELF), 0);
	page_put_and_type(page_of(f[3]));
	page_put_and_type(page_of(f[4]));
	as_guest();
	ck_assert_int_eq(sim_mmuext(MMUEXT_UNPIN_TABLE, l1[1].n, 0, DOMID_SELF), 0);
	look(true);
	ck_assert(is_dirty(f[1]) && is_dirty(f[3]) && is_dirty(f[4]) && is_dirty(f[5]));
	look(true);
	for (unsigned i = 1; i <= 5; i++)
		ck_assert(!is_dirty(f[i]));
	stop();
}
END_TEST

START_TEST(bits_stay_until_they_are_reported)
{
	struct dirty_log *log;

	start();
	log = d->dirty;
	ck_assert_int_eq(sim_mmuext(MMUEXT_CLEAR_PAGE, f[1].n, 0, 1), 0);
	ck_assert_int_eq(sim_mmuext(MMUEXT_CLEAR_PAGE, f[3].n, 0, 1), 0);
	ck_assert_int_eq(sim_mmuext(MMUEXT_CLEAR_PAGE, f[20].n, 0, 1), 0);
	ck_assert_int_eq(dirty_copy(log, 8, PFNS, true), -EFAULT);
	log->done = 0;
	memset(report, 0xff, sizeof(report));
	/* Whole bytes; the rest neither changes nor is forgotten. */
	ck_assert_int_eq(dirty_copy(log, (uint64_t)report, PFN_FIRST + 2, true), 0);
	ck_assert(is_dirty(f[1]) && is_dirty(f[20]));
	ck_assert_uint_eq(log->dirty, 1);
	ck_assert_int_eq(dirty_copy(log, 0, PFN_FIRST, true), 0);
	log->done = log->dirty = 0;
	ck_assert_int_eq(dirty_copy(log, (uint64_t)report, PFNS, true), 0);
	ck_assert(!is_dirty(f[1]) && is_dirty(f[3]) && is_dirty(f[20]));
	ck_assert_uint_eq(log->dirty, 2);
	log->done = 0;
	ck_assert_int_eq(dirty_copy(log, 0, PFNS, true), 0);
	log->done = log->dirty = 0;
	ck_assert_int_eq(dirty_copy(log, 0, PFNS, true), 0);
	ck_assert_uint_eq(log->dirty, 0);
	/* A pfn beyond the log, and a frame that is nobody's memory. */
	m2p_set(f[1], 1ull << 60);
	dirty_mark(page_of(f[1]));
	m2p_set(f[1], M2P_INVALID);
	dirty_mark(page_of(f[1]));
	stop();
	dirty_mark(page_of(f[1]));
	ck_assert_uint_eq(heap_free_pages(), free_before);
}
END_TEST

/* One random step; notes in @written[] whose contents changed. */
static void step(bool written[FRAMES], bool held[FRAMES], bool table[FRAMES])
{
	unsigned i = (unsigned)rand() % FRAMES, slot = 1 + (unsigned)rand() % (SLOTS - 1);
	static const uint64_t kinds[] = {P_RW, P_URW, P_RO, P_RW | PTE_DIRTY, P_URW | PTE_DIRTY};
	uint64_t kind = kinds[(unsigned)rand() % 5];
	struct mmu_update m2p = {mfn_to_paddr(f[i]).a | MMU_MACHPHYS_UPDATE,
				 PFN_FIRST + (unsigned)rand() % (2 * FRAMES)};

	if (rand() % 4)
		as_guest();
	else
		as_control();
	switch (rand() % 12) {
	case 0:
	case 1:
	case 2:
		(void)!update(t[0], slot, sim_pte(f[i], kind),
			      rand() % 2 ? MMU_PT_UPDATE_PRESERVE_AD : 0, 1);
		break;
	case 3:
		(void)!update(t[0], slot, 0, 0, 1);
		break;
	case 4:
	case 5:
	case 6:
		for (unsigned j = 0; j < FRAMES; j++)
			written[j] |= mfn_eq(f[j], write_at(slot));
		break;
	case 7:
		as_control();
		(void)!update(t0[0], slot, rand() % 2 ? sim_pte(f[i], kind) : 0, 0, 1);
		break;
	case 8:
		for (unsigned j = 0; j < FRAMES; j++)
			written[j] |= mfn_eq(f[j], pte_frame(sim_table(t0[0])[slot])) &&
				      (sim_table(t0[0])[slot] & P_RW) == P_RW;
		break;
	case 9:
		written[i] |= !sim_mmuext(MMUEXT_CLEAR_PAGE, f[i].n, 0, 1);
		written[i] |= !sim_mmu_update(&m2p, 1, 1);
		break;
	case 10:
		if (held[i])
			page_put_and_type(page_of(f[i]));
		held[i] = !held[i] && !page_get_and_type(f[i], d, PGT_WRITABLE);
		written[i] |= held[i];
		break;
	case 11:
		if (table[i])
			ck_assert_int_eq(sim_mmuext(MMUEXT_UNPIN_TABLE, f[i].n, 0, 1), 0);
		table[i] = !table[i] && !sim_mmuext(MMUEXT_PIN_L1_TABLE, f[i].n, 0, 1);
		written[i] |= table[i] && !update(f[i], slot, (uint64_t)rand() << 1, 0, 1);
		break;
	}
}

START_TEST(no_write_is_missed)
{
	bool written[FRAMES] = {false}, held[FRAMES] = {false}, table[FRAMES] = {false};
	unsigned clean_frames = 0, written_frames = 0;

	start();
	srand(1);
	for (unsigned round = 0; round < 800; round++) {
		bool clean = rand() % 3;

		for (int n = rand() % 40; n > 0; n--)
			step(written, held, table);
		host_preempt_after = rand() % 2 ? rand() % 3 : -1;
		look(clean);
		host_preempt_after = -1;
		for (unsigned i = 0; i < FRAMES; i++) {
			ck_assert(is_dirty(f[i]) || !written[i]);
			clean_frames += !is_dirty(f[i]);
			written_frames += written[i];
			if (clean)
				written[i] = false;
		}
	}
	/* Both must happen, or nothing was shown. */
	ck_assert_uint_gt(clean_frames, 300);
	ck_assert_uint_gt(written_frames, 300);
	for (unsigned i = 0; i < FRAMES; i++)
		if (held[i])
			page_put_and_type(page_of(f[i]));
	stop();
}
END_TEST

START_TEST(memory_given_meanwhile_counts_as_written)
{
	uint64_t pfn = PFN_FIRST + 3, mfn = pfn;
	struct memory_reservation r = {.extent_start = (uint64_t)&mfn, .nr_extents = 1, .domid = 1};
	struct memory_exchange x = {.in = r, .out = r};

	start();
	ck_assert_int_eq(hc_memory_op(XENMEM_populate_physmap, (uint64_t)&r, 0, 0, 0), 1);
	look(true);
	ck_assert_uint_eq(m2p_get(mfn_make(mfn)), pfn);
	ck_assert(is_dirty(mfn_make(mfn)));
	look(true);
	ck_assert(!is_dirty(mfn_make(mfn)));
	x.in.extent_start = (uint64_t)&f[5].n;
	x.in.domid = x.out.domid = DOMID_SELF;
	as_guest();
	mfn = pfn;
	ck_assert_int_eq(hc_memory_op(XENMEM_exchange, (uint64_t)&x, 0, 0, 0), 0);
	look(true);
	ck_assert(is_dirty(mfn_make(mfn)));
	f[5] = mfn_make(mfn);
	stop();
}
END_TEST

int main(void)
{
	const TTest *const cases[] = {
		kernel_pages_come_once_and_user_pages_always, dirt_that_a_store_takes_away_is_kept,
		who_keeps_a_right_to_write_is_found,          bits_stay_until_they_are_reported,
		memory_given_meanwhile_counts_as_written,     no_write_is_missed,
	};

	return run_cases("dirty", cases, ARRAY_SIZE(cases));
}
