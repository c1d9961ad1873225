/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Page-table entries of guests, among pv/pt_*.c, mm/type.c and the MMU hypercalls. "Get" checks an
 * entry and takes what it will hold, "put" gives that back; "write" exchanges a live entry.
 */
#ifndef HV_PT_H
#define HV_PT_H

#include <hv/page.h>
#include <hv/rangeset.h>
#include <abi/mmu.h>

struct domain;
struct vcpu;

#define PT_ENTRIES 512
#define PT_LEVEL(type) ((unsigned)(((type) & PGT_TYPE_MASK) >> PGT_TYPE_SHIFT)) /* 1 to 4 if a table */
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
 * Device frames that guests may only read (MMCFG, IO-APIC, HPET): writable mappings of them become
 * read-only silently. Filled at boot.
 */
extern struct rangeset pt_mmio_read_only;

/*
 * Leaf entry *@e for a table of @d, its frame owned by @from (@d, or whom @d may map: checked by
 * the caller). Not present: nothing. May adjust *@e (user bit, mark, cache type). -EINVAL: bits
 * or frame not allowed; -EPERM: device frame without the right.
 */
int pt_leaf_get(uint64_t *e, struct domain *d, struct domain *from) MUST_CHECK;
void pt_leaf_put(uint64_t e);
/* Bits only: -EINVAL when not allowed for @d, else *@e as the guest kernel's mark requires. */
int pt_leaf_check(uint64_t *e, const struct domain *d) MUST_CHECK;

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
/* page_get_type() for entries of a table under validation. */
int page_get_type_nested(struct page *pg, uint64_t type) MUST_CHECK;

enum pt_write_mode {
	PT_STORE,   /* the new value as it is */
	PT_KEEP_AD, /* accessed and dirty bits found there stay */
	PT_COMPARE, /* only if the entry still is the old value; -EAGAIN otherwise */
};

/*
 * Exchange entry *@slot of an L1 table of @d, which is locked by the caller; @old: its value just
 * read. Errors of pt_leaf_get().
 */
int pt_leaf_write(uint64_t *slot, uint64_t old, uint64_t new, enum pt_write_mode mode,
		  struct domain *d, struct domain *from) MUST_CHECK;
/*
 * The same for a table of @level 2 to 4, @index its slot number. Errors of pt_upper_get(), then
 * nothing has changed. When 0 is returned the old entry's table may be left for
 * pt_pending_finish(): check vcpu.pt_pending.
 */
int pt_upper_write(uint64_t *slot, unsigned index, unsigned level, uint64_t new,
		   enum pt_write_mode mode, struct domain *d) MUST_CHECK;

/* Lock the table at @mfn if it is a validated one of @d: its record, else NULL. */
struct page *pt_lock(mfn_t mfn, const struct domain *d);

/*
 * The leaf entry that maps @va in @root (its L1 table's frame in *@l1), by reading tables without
 * locks: anything may be changed until the table is locked. NULL: not mapped that far.
 */
uint64_t *pt_find(uint64_t root, uint64_t va, mfn_t *l1);

/* Note @pg for later / drop what was noted: 0, or -ERESTART. */
void pt_pending_set(struct vcpu *v, struct page *pg);
int pt_pending_finish(struct vcpu *v);

#endif
