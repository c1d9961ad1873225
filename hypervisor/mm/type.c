// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The type of a frame: one word that all CPUs change by compare-and-swap. The states and the rules
 * of preemption are in README.md. This file knows when contents must be checked, not what is in
 * them.
 */
#include <hv/counter.h>
#include <hv/cpu.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/hypercall.h>
#include <hv/pt.h>
#include <hv/pv.h>
#include <hv/sched.h>
#include <hv/tlb.h>

static bool is_table(uint64_t word)
{
	return PT_LEVEL(word) >= 1 && PT_LEVEL(word) <= 4;
}

/* Before the contents count for anything: nobody may write by a translation from earlier. */
static void flush_former_use(const struct page *pg)
{
	const struct domain *d = page_owner(pg);

	if (!d || pg->count & PGC_FOREIGN)
		tlb_flush_stale(&cpus_online, pg->tlb_stamp);
	else
		tlb_flush_stale(&d->dirty_cpus, pg->tlb_stamp);
}

/*
 * Leave a table this CPU was busy with as PARTIAL. The one type reference becomes the state's own;
 * @has_page: so does the existence reference that the former PARTIAL state had.
 */
static void leave_partial(struct page *pg, uint64_t type, unsigned progress, bool has_page)
{
	if (!has_page)
		__atomic_add_fetch(&pg->count, 1, __ATOMIC_RELAXED);
	__atomic_store_n(&pg->type,
			 type | PGT_PARTIAL | (uint64_t)progress << PGT_PROGRESS_SHIFT | 1,
			 __ATOMIC_RELEASE);
}

/* Undo a table this CPU is busy with; its entries below @progress hold references. */
static int undo_table(struct page *pg, uint64_t type, unsigned progress, bool has_page,
		      bool preempt)
{
	int rc = pt_devalidate(pg, PT_LEVEL(type), &progress, preempt);

	if (rc) {
		leave_partial(pg, type, progress, has_page);
		return rc;
	}
	dirty_mark(pg);
	pg->tlb_stamp = tlb_clock();
	__atomic_store_n(&pg->type, type, __ATOMIC_RELEASE);
	if (has_page)
		page_put(pg);
	return 0;
}

int page_drop_partial(struct page *pg, bool preempt)
{
	uint64_t x = __atomic_load_n(&pg->type, __ATOMIC_ACQUIRE);

	do {
		if (!(x & PGT_PARTIAL))
			return 0;
	} while (!page_cas(&pg->type, &x, (x & PGT_TYPE_MASK) | 1));
	return undo_table(pg, x & PGT_TYPE_MASK,
			  (unsigned)((x & PGT_PROGRESS_MASK) >> PGT_PROGRESS_SHIFT), true, preempt);
}

/* Check contents; this CPU has made the frame busy with one reference of the caller's. */
static int validate(struct page *pg, uint64_t type, unsigned progress, bool has_page)
{
	int rc;

	if (type == PGT_SEGDESC) {
		rc = pv_desc_page_check(page_virt(pg)) ? 0 : -EINVAL;
		__atomic_store_n(&pg->type, rc ? type : type | PGT_VALIDATED | 1, __ATOMIC_RELEASE);
		return rc;
	}
	COUNT(promotions, 1);
	rc = pt_validate(pg, PT_LEVEL(type), &progress);
	if (rc) {
		leave_partial(pg, type, progress, has_page);
		return rc;
	}
	__atomic_or_fetch(&pg->type, PGT_VALIDATED, __ATOMIC_RELEASE);
	if (has_page)
		page_put(pg);
	return 0;
}

/* Everything but one more reference to a type that is there. */
static int get_type_slow(struct page *pg, uint64_t type)
{
	uint64_t x = __atomic_load_n(&pg->type, __ATOMIC_ACQUIRE), nx;

	for (;;) {
		if (x & PGT_COUNT_MASK) {
			if ((x & PGT_TYPE_MASK) != type)
				return -EINVAL;
			if (x & PGT_VALIDATED) {
				if (page_cas(&pg->type, &x, x + 1))
					return 0;
				continue;
			}
			if (!(x & PGT_PARTIAL)) {
				cpu_relax();
				x = __atomic_load_n(&pg->type, __ATOMIC_ACQUIRE);
				continue;
			}
			if (page_cas(&pg->type, &x, type | 1))
				return validate(
					pg, type,
					(unsigned)((x & PGT_PROGRESS_MASK) >> PGT_PROGRESS_SHIFT),
					true);
			continue;
		}
		nx = type | 1;
		if (page_cas(&pg->type, &x, nx))
			break;
	}
	/* Under type "none" there were neither writable mappings nor walks. */
	if ((x & PGT_TYPE_MASK) != type && (x & PGT_TYPE_MASK) != PGT_NONE)
		flush_former_use(pg);
	if (is_table(type) || type == PGT_SEGDESC) {
		if (unlikely(pg->count & PGC_UNCACHED))
			arch_cache_flush_frame(page_mfn(pg));
		return validate(pg, type, 0, false);
	}
	__atomic_or_fetch(&pg->type, PGT_VALIDATED, __ATOMIC_RELEASE);
	return 0;
}

int page_get_type_nested(struct page *pg, uint64_t type)
{
	uint64_t x = __atomic_load_n(&pg->type, __ATOMIC_ACQUIRE);

	/* The usual case, writable data, also from count 0. */
	if (likely((x & (PGT_TYPE_MASK | PGT_VALIDATED)) == (type | PGT_VALIDATED)) &&
	    likely(page_cas(&pg->type, &x, x + 1)))
		return 0;
	return get_type_slow(pg, type);
}

int page_get_type(struct page *pg, uint64_t type)
{
	int rc = page_get_type_nested(pg, type);

	if (likely(!rc) || rc == -ERESTART || !is_table(type))
		return rc;
	/* Refused: what was checked so far is undone, at once or, when that is long, soon. */
	if (page_drop_partial(pg, current_vcpu()))
		pt_pending_set(current_vcpu(), pg);
	return rc;
}

static int put_type(struct page *pg, bool preempt)
{
	uint64_t x = __atomic_load_n(&pg->type, __ATOMIC_ACQUIRE), nx;

	dirty_mark(pg);
	for (;;) {
		nx = x - 1;
		if (likely(nx & PGT_COUNT_MASK)) {
			if (unlikely((nx & (PGT_LOCKED | PGT_COUNT_MASK)) == (PGT_LOCKED | 1))) {
				/* The lock's own reference must not become the last. */
				cpu_relax();
				x = __atomic_load_n(&pg->type, __ATOMIC_ACQUIRE);
				continue;
			}
		} else if (is_table(x)) {
			if (page_cas(&pg->type, &x, x & ~PGT_VALIDATED))
				return undo_table(pg, x & PGT_TYPE_MASK, PT_ENTRIES, false,
						  preempt);
			continue;
		} else {
			pg->tlb_stamp = tlb_clock();
			if ((x & PGT_TYPE_MASK) == PGT_SEGDESC)
				nx &= ~PGT_VALIDATED;
		}
		if (likely(page_cas(&pg->type, &x, nx)))
			return 0;
	}
}

void page_put_type(struct page *pg)
{
	(void)put_type(pg, false);
}

int page_put_type_preempt(struct page *pg)
{
	return put_type(pg, current_vcpu());
}

int page_pin(mfn_t mfn, struct domain *d, uint64_t type)
{
	int rc = page_get_and_type(mfn, d, type);
	struct page *pg;

	if (rc)
		return rc;
	pg = page_of(mfn);
	if (__atomic_fetch_or(&pg->type, PGT_PINNED, __ATOMIC_ACQ_REL) & PGT_PINNED) {
		page_put_and_type(pg);
		return -EINVAL;
	}
	/* Relinquishing may have passed by before the pin was there to see. */
	if (__atomic_load_n(&d->state, __ATOMIC_SEQ_CST) != DOMAIN_ALIVE) {
		if (page_unpin(pg) == -ERESTART)
			pt_pending_set(current_vcpu(), pg);
		return -EINVAL;
	}
	return 0;
}

int page_unpin(struct page *pg)
{
	int rc;

	if (!(__atomic_fetch_and(&pg->type, ~PGT_PINNED, __ATOMIC_ACQ_REL) & PGT_PINNED))
		return -EINVAL;
	rc = page_put_type_preempt(pg);
	page_put(pg);
	return rc;
}

bool page_lock_slow(struct page *pg)
{
	uint64_t x = __atomic_load_n(&pg->type, __ATOMIC_ACQUIRE);

	for (;;) {
		if (!(x & PGT_COUNT_MASK) || !is_table(x) || x & PGT_PARTIAL)
			return false;
		if (x & PGT_LOCKED || !(x & PGT_VALIDATED)) {
			cpu_relax();
			x = __atomic_load_n(&pg->type, __ATOMIC_ACQUIRE);
			continue;
		}
		if (page_cas(&pg->type, &x, (x | PGT_LOCKED) + 1))
			return true;
	}
}
