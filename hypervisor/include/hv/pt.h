/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Page-table entries of guests, among pv/pt_*.c, mm/type.c and the MMU hypercalls. "Get" checks an
 * entry and takes what it will hold, "put" gives that back; "write" exchanges a live entry.
 */
#ifndef HV_PT_H
#define HV_PT_H

#include <hv/dirty.h>
#include <hv/domain.h>
#include <hv/page.h>
#include <hv/rangeset.h>
#include <hv/tlb.h>
#include <hv/vcpu.h>
#include <abi/mmu.h>

#define PT_ENTRIES 512
#define PT_LEVEL(type)                                                                             \
	((unsigned)(((type)&PGT_TYPE_MASK) >> PGT_TYPE_SHIFT)) /* 1 to 4 if a table */
#define PT_TYPE(level) ((uint64_t)(level) << PGT_TYPE_SHIFT)

static inline mfn_t pte_frame(uint64_t e)
{
	return mfn_make((e & PTE_ADDR_MASK) >> PAGE_SHIFT);
}
static inline unsigned pt_slot(uint64_t va, unsigned level)
{
	return (unsigned)(va >> (3 + 9 * level)) & (PT_ENTRIES - 1);
}
/* Slots of a root that are the hypervisor's. */
static inline bool pt_hv_slot(unsigned slot)
{
	return slot >= HV_SLOT_FIRST && slot <= HV_SLOT_LAST;
}

/*
 * A reference to the type PGT_WRITABLE, the commonest of all. It keeps the type, so giving it back
 * is one subtraction; the stamp is there before the count may reach 0.
 */
static inline void page_put_writable(struct page *pg)
{
	dirty_mark(pg);
	pg->tlb_stamp = tlb_clock();
	__atomic_sub_fetch(&pg->type, 1, __ATOMIC_RELEASE);
}
/* page_get_type() for entries of a table under validation: a refused table is left PARTIAL. */
int page_get_type_nested(struct page *pg, uint64_t type) MUST_CHECK;
static inline int MUST_CHECK page_get_writable(struct page *pg)
{
	uint64_t x = __atomic_load_n(&pg->type, __ATOMIC_ACQUIRE);

	if (likely((x & (PGT_TYPE_MASK | PGT_VALIDATED)) == (PGT_WRITABLE | PGT_VALIDATED)) &&
	    likely(page_cas(&pg->type, &x, x + 1)))
		return 0;
	return page_get_type_nested(pg, PGT_WRITABLE);
}

/*
 * Device frames that guests may only read (MMCFG, IO-APIC, HPET): writable mappings of them become
 * read-only silently. Filled at boot.
 */
extern struct rangeset pt_mmio_read_only;

/* What a present leaf entry held goes back. */
static inline void pt_leaf_put(uint64_t e)
{
	struct page *pg = page_of(pte_frame(e));

	if (!(e & PTE_PRESENT) || unlikely(!page_valid(pte_frame(e))))
		return;
	if (e & PTE_RW)
		page_put_writable(pg);
	page_put(pg);
}

#define PT_CACHE_BITS (PTE_PWT | PTE_PCD | PTE_PAT)

/* Cache types are for domains with devices; others could only make trouble with them. */
static inline bool pt_has_devices(const struct domain *d)
{
	return d->io_mem.n || d->io_ports.n;
}

/* Bits only: -EINVAL when not allowed for @d, else *@e as the guest kernel's mark requires. */
static inline int MUST_CHECK pt_leaf_check(uint64_t *e, const struct domain *d)
{
	uint64_t v = *e;

	if (unlikely(v & PT_CACHE_BITS) && !pt_has_devices(d))
		return -EINVAL;
	/*
	 * Guest kernel and user both run in ring 3, so every page is a user page to the CPU. The
	 * mark tells the kernel's ones; the user's ones are global to outlive a change of root.
	 */
	if (!(v & PTE_USER))
		v |= PTE_USER | PTE_GUEST_KERNEL;
	*e = v & PTE_GUEST_KERNEL ? v & ~(uint64_t)PTE_GLOBAL : v | PTE_GLOBAL;
	return 0;
}

/* Memory seen uncached and cached may differ: who relies on its contents flushes first. */
static inline void pt_note_cache_type(struct page *pg, uint64_t e)
{
	if (unlikely(e & PT_CACHE_BITS))
		__atomic_or_fetch(&pg->count, PGC_UNCACHED, __ATOMIC_RELAXED);
}

/* References of a checked, present entry. Device frames are pt_device_get()'s. */
int pt_device_get(uint64_t *e, struct domain *d, struct domain *from) MUST_CHECK;
static inline ALWAYS_INLINE int MUST_CHECK pt_leaf_take(uint64_t *e, struct domain *d,
							struct domain *from)
{
	struct page *pg = page_of(pte_frame(*e));
	int rc;

	if (unlikely(page_get(pte_frame(*e), from))) {
		uint64_t device = *e; /* *@e can stay in a register */

		rc = pt_device_get(&device, d, from);
		*e = device;
		return rc;
	}
	pt_note_cache_type(pg, *e);
	if (!(*e & PTE_RW))
		return 0;
	if (unlikely(from != d))
		__atomic_or_fetch(&pg->count, PGC_FOREIGN, __ATOMIC_RELAXED);
	rc = page_get_writable(pg);
	if (unlikely(rc))
		page_put(pg);
	return rc;
}

/*
 * Leaf entry *@e for a table of @d, its frame owned by @from (@d, or whom @d may map: checked by
 * the caller). Not present: nothing. May adjust *@e (user bit, mark, cache type). -EINVAL: bits
 * or frame not allowed; -EPERM: device frame without the right.
 */
static inline int MUST_CHECK pt_leaf_get(uint64_t *e, struct domain *d, struct domain *from)
{
	int rc;

	if (!(*e & PTE_PRESENT))
		return 0;
	rc = pt_leaf_check(e, d);
	return unlikely(rc) ? rc : pt_leaf_take(e, d, from);
}

/* Bits of an upper entry: -EINVAL when not allowed; sets the user bit. */
int pt_upper_check(uint64_t *e) MUST_CHECK;
/* Entry of a table of @level (2 to 4) of @d. As above; -ERESTART as page_get_type(). */
int pt_upper_get(uint64_t *e, unsigned level, struct domain *d) MUST_CHECK;
/* -ERESTART (only with @preempt): its table is left PARTIAL. */
int pt_upper_put(uint64_t e, bool preempt);

/*
 * mm/type.c's hooks. Entries of table @pg from *@progress up are checked and take their
 * references; on return those below *@progress have them. 0, an error of the gets, or -ERESTART.
 */
int pt_validate(struct page *pg, unsigned level, unsigned *progress) MUST_CHECK;
/* Entries below *@progress give theirs back, from the top. 0, or -ERESTART with @preempt. */
int pt_devalidate(struct page *pg, unsigned level, unsigned *progress, bool preempt);

/*
 * Reading the log of the paused @d: pt_dirty_scan() marks what was or may be written, as
 * log->report and log->take say; -ERESTART when preempted. Under the control lock.
 */
void pt_dirty_begin(struct domain *d);
int pt_dirty_scan(struct domain *d) MUST_CHECK;

enum pt_write_mode {
	PT_STORE,   /* the new value as it is */
	PT_KEEP_AD, /* accessed and dirty bits found there stay */
	PT_COMPARE, /* only if the entry still is the old value; -EAGAIN otherwise */
};

/*
 * Exchange entry *@slot, number @index, of a locked table of @level 2 to 4. Errors of
 * pt_upper_get(), then nothing has changed. When 0 is returned the old entry's table may be left
 * for pt_pending_finish(): check vcpu.pt_pending.
 */
int pt_upper_write(uint64_t *slot, unsigned index, unsigned level, uint64_t new,
		   enum pt_write_mode mode, struct domain *d) MUST_CHECK;

/*
 * The leaf entry that maps @va in @root (its L1 table's frame in *@l1), by reading tables without
 * locks: anything may be changed until the table is locked. NULL: not mapped that far.
 */
uint64_t *pt_find(uint64_t root, uint64_t va, mfn_t *l1);

/* Note @pg for later / drop what was noted: 0, or -ERESTART. */
void pt_pending_set(struct vcpu *v, struct page *pg);
int pt_pending_drop(struct vcpu *v) MUST_CHECK;
static inline int MUST_CHECK pt_pending_finish(struct vcpu *v)
{
	return likely(!v->pt_pending.n) ? 0 : pt_pending_drop(v);
}

#endif
