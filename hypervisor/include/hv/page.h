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

#include <hv/types.h>

struct domain;

struct page {
	uint64_t count; /* PGC_* */
	uint64_t type;	/* PGT_* */
	uint32_t next, prev; /* list links as frame numbers; free list or owner's list */
	uint32_t owner;	     /* frame number of struct domain, 0 = hypervisor or nobody */
	uint32_t tlb_stamp;  /* flush clock when the last mapping went (tlb.h) */
};

/* Existence count. */
#define PGC_ALLOCATED  (1ull << 63) /* the owner's own reference; dropped by free/decrease */
#define PGC_XEN_HEAP   (1ull << 62) /* hypervisor memory shared with a domain, never freed by put */
#define PGC_COUNT_MASK ((1ull << 48) - 1)

/* Type, flags and type count. */
#define PGT_TYPE_SHIFT 60
#define PGT_TYPE_MASK  (7ull << PGT_TYPE_SHIFT)
#define PGT_NONE       (0ull << PGT_TYPE_SHIFT)
#define PGT_L1	       (1ull << PGT_TYPE_SHIFT)
#define PGT_L2	       (2ull << PGT_TYPE_SHIFT)
#define PGT_L3	       (3ull << PGT_TYPE_SHIFT)
#define PGT_L4	       (4ull << PGT_TYPE_SHIFT)
#define PGT_SEGDESC    (5ull << PGT_TYPE_SHIFT)
#define PGT_WRITABLE   (7ull << PGT_TYPE_SHIFT)
#define PGT_PINNED     (1ull << 59) /* an MMUEXT pin holds one type reference */
#define PGT_VALIDATED  (1ull << 58) /* contents checked for the type */
#define PGT_PARTIAL    (1ull << 57) /* validation or its undoing was preempted half way */
#define PGT_LOCKED     (1ull << 56) /* some CPU is changing entries of this table */
#define PGT_COUNT_MASK ((1ull << 40) - 1)

/* Records and frames. Valid for every RAM frame; page_of() needs page_valid() first. */
bool page_valid(mfn_t mfn);
struct page *page_of(mfn_t mfn);
mfn_t page_mfn(const struct page *pg);
struct domain *page_owner(const struct page *pg);

/*
 * Take an existence reference to a frame that @d owns. Any context. 0, or -EINVAL: not RAM,
 * not allocated, or owned by somebody else.
 */
int page_get(mfn_t mfn, struct domain *d) MUST_CHECK;

/* Drop an existence reference; the last one frees the frame. Any context but interrupts. */
void page_put(struct page *pg);

/*
 * Take a type reference (the caller holds an existence reference). Validates on the first use of
 * a page-table type. -EINVAL: the frame has another type in use or its contents are refused;
 * -ERESTART: preempted, call again with the same arguments after the hypercall was restarted.
 */
int page_get_type(struct page *pg, uint64_t type) MUST_CHECK;
void page_put_type(struct page *pg);

/* page_get and page_get_type in one; nothing is held on error. */
int page_get_and_type(mfn_t mfn, struct domain *d, uint64_t type) MUST_CHECK;
void page_put_and_type(struct page *pg);

/*
 * Make hypervisor memory mappable by @d (shared_info, grant frames). The M2P entry becomes
 * M2P_INVALID. @writable: whether writable mappings are allowed. page_unshare() takes the domain's
 * claim back; the frame itself is freed only when no mapping is left.
 */
void page_share(struct page *pg, struct domain *d, bool writable);
void page_unshare_and_free(struct page *pg);

#endif
