/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The log of dirty pages: which pfns of a domain may have other contents than when they were last
 * reported. Live migration asks for it (domctl shadow_op).
 *
 * Whoever writes to a frame, be it by a mapping of its owner, of another domain, or here, holds a
 * reference to the type PGT_WRITABLE. Giving a reference to any type back marks the frame first.
 * Writers that keep theirs are found when the log is read: pv/pt_dirty.c.
 */
#ifndef HV_DIRTY_H
#define HV_DIRTY_H

#include <hv/m2p.h>
#include <hv/page.h>

#define DIRTY_CHUNK_PFNS (8 * PAGE_SIZE)
#define DIRTY_PFNS_MAX   (1ull << 27) /* what a guest's three-level table of pfns can name */

/*
 * hypercall/domctl_dirty.c owns all but the bitmap. Calls about the log go on under the control
 * lock; marks come at any time.
 */
struct dirty_log {
	uint64_t token;    /* of the call in progress, over all its restarts; 0: none */
	uint8_t step;      /* how far it is */
	bool take, report; /* it makes writable mappings clean; it looks for writers */
	uint64_t done;     /* pfns reported */
	uint64_t dirty;    /* those of them that were dirty */
	uint32_t chunks;   /* there are */
	uint32_t chunks_max;
	uint64_t *chunk[]; /* the bitmap by frames */
};

extern uint32_t dirty_domains; /* that have a log */

/* Any context but interrupts; @pg is in use by somebody. */
void dirty_mark_slow(const struct page *pg);
static inline void dirty_mark(const struct page *pg)
{
	if (unlikely(__atomic_load_n(&dirty_domains, __ATOMIC_RELAXED)))
		dirty_mark_slow(pg);
}

/* Mark @pfn; under the control lock. Beyond the log: nothing. */
void dirty_set(struct dirty_log *log, uint64_t pfn);

/* A log for pfns below @pfns, in domain.dirty, without its chunks yet. -ENOMEM. */
int dirty_create(struct domain *d, uint64_t pfns) MUST_CHECK;
/* Allocate the chunks. -ENOMEM, -ERESTART. */
int dirty_grow(struct dirty_log *log) MUST_CHECK;
/* Give all back, if there is a log; with @preempt -ERESTART. */
int dirty_free(struct domain *d, bool preempt);

/*
 * Copy bits from log->done on to the bitmap at guest address @to (0: nowhere), up to @pfns, and
 * with @clear clear them. -EFAULT, -ERESTART.
 */
int dirty_copy(struct dirty_log *log, uint64_t to, uint64_t pfns, bool clear) MUST_CHECK;

#endif
