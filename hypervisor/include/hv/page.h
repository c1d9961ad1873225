/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine frame's record: who owns it, how many references keep it, and its one type.
 *
 * Two counts. The existence count keeps the frame allocated to its owner; every mapping, every
 * type reference and every use inside the hypervisor holds one. The type count says how many
 * uses rely on the present type; the type may change only at zero. A frame with a page-table or
 * descriptor type can have no writable mapping because a writable mapping holds a reference to
 * the type PAGE_WRITABLE. Both counts are atomic; no lock is needed to take or drop references.
 */
#ifndef HV_PAGE_H
#define HV_PAGE_H

#include <hv/errno.h>
#include <hv/types.h>
#include <arch/mmu.h>

struct domain;

struct page {
	uint64_t count;      /* PGC_* */
	uint64_t type;       /* PGT_* */
	uint32_t next, prev; /* list links as frame numbers; free list or owner's list */
	uint32_t owner; /* frame number of struct domain (which starts a frame), 0 = hypervisor */
	uint32_t tlb_stamp; /* flush clock when the last mapping went (tlb.h) */
};

/* Existence count. */
#define PGC_ALLOCATED (1ull << 63) /* the owner's own reference; dropped by free/decrease */
#define PGC_XEN_HEAP                                                                               \
	(1ull << 62)                /* hypervisor memory shared with a domain; on no domain's list \
				     */
#define PGC_FOREIGN    (1ull << 61) /* was mapped by another domain: any CPU's TLB may know it */
#define PGC_NOT_RAM    (1ull << 60) /* record of a hole: no frame behind it */
#define PGC_FREE       (1ull << 59) /* first frame of a free block; the order is in type */
#define PGC_UNCACHED   (1ull << 58) /* was mapped with another cache type than write-back */
#define PGC_SEEN_SHIFT 48           /* 10 bits, in use while a log of dirty pages is read */
#define PGC_SEEN_MASK  (0x3ffull << PGC_SEEN_SHIFT)
#define PGC_COUNT_MASK ((1ull << 48) - 1)

/*
 * Type, flags and type count. A table type is in one of these states while its count is not 0:
 * VALIDATED; PARTIAL (entries below PGT_PROGRESS hold references, the state itself holds the one
 * type reference and an existence reference, nobody else holds a type reference); neither (some
 * CPU is at it, others wait).
 */
#define PGT_TYPE_SHIFT     60
#define PGT_TYPE_MASK      (7ull << PGT_TYPE_SHIFT)
#define PGT_NONE           (0ull << PGT_TYPE_SHIFT)
#define PGT_L1             (1ull << PGT_TYPE_SHIFT)
#define PGT_L2             (2ull << PGT_TYPE_SHIFT)
#define PGT_L3             (3ull << PGT_TYPE_SHIFT)
#define PGT_L4             (4ull << PGT_TYPE_SHIFT)
#define PGT_SEGDESC        (5ull << PGT_TYPE_SHIFT)
#define PGT_WRITABLE       (7ull << PGT_TYPE_SHIFT)
#define PGT_PINNED         (1ull << 59) /* an MMUEXT pin holds one type reference */
#define PGT_VALIDATED      (1ull << 58) /* contents checked for the type */
#define PGT_PARTIAL        (1ull << 57) /* validation or its undoing was preempted half way */
#define PGT_LOCKED         (1ull << 56) /* some CPU is changing entries; holds a type reference */
#define PGT_PROGRESS_SHIFT 40           /* 10 bits, meaningful with PGT_PARTIAL */
#define PGT_PROGRESS_MASK  (0x3ffull << PGT_PROGRESS_SHIFT)
#define PGT_COUNT_MASK     ((1ull << 40) - 1)
/* Of a free frame: it holds zeroes. Each frame of a block has its own. */
#define PGT_ZERO (1ull << 55)

/* RAM given to frame_table_init(): frames [start, end). */
struct ram_range {
	mfn_t start, end;
};

/*
 * Boot, once, before heap_add(), with the direct map and boot_alloc() up: make and mark the
 * records of all frames (arch_map_frame_records). @ram ascends and does not overlap.
 */
void frame_table_init(const struct ram_range *ram, unsigned n);

/* One past the last frame of RAM. */
extern uint64_t frame_table_end;

/* Is there RAM at @mfn? The records of holes are marked, those of many holes are one. */
static inline bool page_valid(mfn_t mfn)
{
	return mfn.n < frame_table_end && !(FRAME_TABLE[mfn.n].count & PGC_NOT_RAM);
}
/* The record; page_valid(@mfn) must hold. */
static inline struct page *page_of(mfn_t mfn)
{
	return &FRAME_TABLE[mfn.n];
}
static inline mfn_t page_mfn(const struct page *pg)
{
	return mfn_make((uint64_t)(pg - FRAME_TABLE));
}
static inline void *page_virt(const struct page *pg)
{
	return frame_virt(page_mfn(pg));
}
static inline struct domain *page_owner(const struct page *pg)
{
	uint32_t owner = __atomic_load_n(&pg->owner, __ATOMIC_RELAXED);

	return owner ? (struct domain *)frame_virt(mfn_make(owner)) : NULL;
}
static inline bool page_owned_by(const struct page *pg, const struct domain *d)
{
	return __atomic_load_n(&pg->owner, __ATOMIC_RELAXED) == (uint32_t)virt_frame(d).n;
}

/* Lists of pages by next and prev, ended by 0: frame 0 is in none. */
static inline void page_list_add(uint32_t *head, struct page *pg)
{
	pg->prev = 0;
	pg->next = *head;
	*head = (uint32_t)page_mfn(pg).n;
	if (pg->next)
		FRAME_TABLE[pg->next].prev = *head;
}
static inline void page_list_remove(uint32_t *head, const struct page *pg)
{
	if (pg->next)
		FRAME_TABLE[pg->next].prev = pg->prev;
	if (pg->prev)
		FRAME_TABLE[pg->prev].next = pg->next;
	else
		*head = pg->next;
}

/* Pseudo domains that own what DOMID_XEN may read (the M2P), and nothing (DOMID_IO). */
extern struct domain *domain_xen, *domain_io;

static inline bool page_cas(uint64_t *word, uint64_t *expected, uint64_t value)
{
	return __atomic_compare_exchange_n(word, expected, value, false, __ATOMIC_ACQ_REL,
					   __ATOMIC_ACQUIRE);
}

/* Drop an existence reference; the last one frees the frame. Any context but interrupts. */
void page_free_last(struct page *pg);
static inline void page_put(struct page *pg)
{
	uint64_t left = __atomic_sub_fetch(&pg->count, 1, __ATOMIC_ACQ_REL);

	if (unlikely(!(left & PGC_COUNT_MASK)))
		page_free_last(pg);
}

/*
 * Take an existence reference to a frame that @d owns. Any context. 0, or -EINVAL: not RAM,
 * not allocated, or owned by somebody else.
 */
static inline int MUST_CHECK page_get(mfn_t mfn, struct domain *d)
{
	struct page *pg;
	uint64_t count;

	if (unlikely(mfn.n >= frame_table_end))
		return -EINVAL;
	pg = page_of(mfn);
	count = __atomic_load_n(&pg->count, __ATOMIC_RELAXED);
	do {
		/* Holes have a count of 0, too. */
		if (unlikely(!(count & PGC_COUNT_MASK) || !page_owned_by(pg, d)))
			return -EINVAL;
	} while (unlikely(!page_cas(&pg->count, &count, count + 1)));
	/* It may have been freed and given away between the look and the swap. */
	if (unlikely(!page_owned_by(pg, d))) {
		page_put(pg);
		return -EINVAL;
	}
	return 0;
}

/*
 * Take a type reference (the caller holds an existence reference). Validates on the first use of
 * a page-table type. -EINVAL: the frame has another type in use or its contents are refused
 * (-EPERM: for want of a right); -ERESTART: preempted, call again with the same arguments after
 * the hypercall was restarted. Preempted only when a vCPU is current.
 */
int page_get_type(struct page *pg, uint64_t type) MUST_CHECK;
void page_put_type(struct page *pg);

/* page_get and page_get_type in one; nothing is held on error. */
int page_get_and_type(mfn_t mfn, struct domain *d, uint64_t type) MUST_CHECK;
void page_put_and_type(struct page *pg);

/*
 * For callers that can be restarted. page_put_type_preempt(): the reference is gone in any case;
 * -ERESTART: the table is left PARTIAL and must be dropped by page_drop_partial(), which does
 * nothing when it is not PARTIAL (any more). page_drop_partial() without @preempt returns 0.
 */
int page_put_type_preempt(struct page *pg) MUST_CHECK;
int page_drop_partial(struct page *pg, bool preempt);

/*
 * One more type reference, noted in the frame (MMUEXT pin). page_pin(): errors of
 * page_get_and_type(), and -EINVAL when pinned already. page_unpin(): -EINVAL when not pinned;
 * -ERESTART as page_put_type_preempt().
 */
int page_pin(mfn_t mfn, struct domain *d, uint64_t type) MUST_CHECK;
int page_unpin(struct page *pg) MUST_CHECK;

/*
 * The right to change a table's entries. True if the frame is a validated table; then it stays so
 * until page_unlock(). Waits for other holders: hold one at a time, briefly.
 */
bool page_lock_slow(struct page *pg) MUST_CHECK;
static inline bool MUST_CHECK page_lock(struct page *pg)
{
	uint64_t x = __atomic_load_n(&pg->type, __ATOMIC_ACQUIRE);

	/* L1 to L4; a validated table is in use. */
	if (likely(x >= PGT_L1 && x < PGT_SEGDESC &&
		   (x & (PGT_VALIDATED | PGT_PARTIAL | PGT_LOCKED)) == PGT_VALIDATED) &&
	    likely(page_cas(&pg->type, &x, (x | PGT_LOCKED) + 1)))
		return true;
	return page_lock_slow(pg);
}
static inline void page_unlock(struct page *pg)
{
	__atomic_sub_fetch(&pg->type, PGT_LOCKED + 1, __ATOMIC_RELEASE);
}

/*
 * Make hypervisor memory mappable by @d (shared_info, grant frames): @pg is from heap_alloc(),
 * order 0. The M2P entry becomes M2P_INVALID. @writable: whether writable mappings are allowed.
 * page_unshare_and_free() takes the domain's claim back; the frame itself is freed only when no
 * mapping is left.
 */
void page_share(struct page *pg, struct domain *d, bool writable);
void page_unshare_and_free(struct page *pg);

/* domain_pages.c: frames of the hypervisor that @d may map became more or fewer. */
void domain_pages_note_shared(struct domain *d, int delta);

/*
 * domain_pages.c: a walk over the frames of @d, one at a time; domain.pages.cursor is 0 at its end,
 * frames that come meanwhile are not met. domain_pages_seek() moves on to the first one for which
 * @stop, called under RANK_PAGES, says so, and returns it with a reference; or NULL after some
 * steps. The walk stays there until domain_pages_pass().
 */
void domain_pages_rewind(struct domain *d);
struct page *domain_pages_seek(struct domain *d, bool (*stop)(struct domain *d, struct page *pg));
void domain_pages_pass(struct domain *d, const struct page *pg);

#endif
