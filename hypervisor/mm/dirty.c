// SPDX-License-Identifier: GPL-2.0-or-later
/* The log's bitmap: marks, memory, reports. */
#include <hv/dirty.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/guest_copy.h>
#include <hv/heap.h>
#include <hv/hypercall.h>
#include <hv/string.h>

#define WORD_PFNS  64u
#define COPY_WORDS 64u

uint32_t dirty_domains;

/* Between marks and the end of a log. */
static struct spinlock lock = SPINLOCK_INIT(RANK_DIRTY);

void dirty_set(struct dirty_log *log, uint64_t pfn)
{
	uint64_t i = pfn / DIRTY_CHUNK_PFNS;

	if (i < log->chunks)
		__atomic_fetch_or(&log->chunk[i][pfn % DIRTY_CHUNK_PFNS / WORD_PFNS],
				  1ull << pfn % WORD_PFNS, __ATOMIC_SEQ_CST);
}

void dirty_mark_slow(const struct page *pg)
{
	struct domain *d = page_owner(pg);

	if (!d || !__atomic_load_n(&d->dirty, __ATOMIC_RELAXED))
		return;
	spin_lock(&lock);
	if (d->dirty)
		dirty_set(d->dirty, m2p_get(page_mfn(pg)));
	spin_unlock(&lock);
}

int dirty_create(struct domain *d, uint64_t pfns)
{
	uint64_t n = DIV_ROUND_UP(MIN(pfns, DIRTY_PFNS_MAX), DIRTY_CHUNK_PFNS);
	struct dirty_log *log = mem_alloc(sizeof(*log) + n * sizeof(log->chunk[0]));

	if (!log)
		return -ENOMEM;
	log->chunks_max = (uint32_t)n;
	__atomic_store_n(&d->dirty, log, __ATOMIC_SEQ_CST);
	__atomic_add_fetch(&dirty_domains, 1, __ATOMIC_SEQ_CST);
	return 0;
}

int dirty_grow(struct dirty_log *log)
{
	while (log->chunks < log->chunks_max) {
		uint64_t *chunk = heap_alloc_zeroed();

		if (!chunk)
			return -ENOMEM;
		spin_lock(&lock);
		log->chunk[log->chunks++] = chunk;
		spin_unlock(&lock);
		if (hypercall_preempt_check())
			return -ERESTART;
	}
	return 0;
}

int dirty_free(struct domain *d, bool preempt)
{
	struct dirty_log *log = d->dirty;

	if (!log)
		return 0;
	while (log->chunks) {
		uint64_t *chunk;

		spin_lock(&lock);
		chunk = log->chunk[--log->chunks];
		spin_unlock(&lock);
		heap_free_virt(chunk);
		if (preempt && hypercall_preempt_check())
			return -ERESTART;
	}
	spin_lock(&lock);
	d->dirty = NULL;
	spin_unlock(&lock);
	__atomic_sub_fetch(&dirty_domains, 1, __ATOMIC_SEQ_CST);
	mem_free(log);
	return 0;
}

/*
 * The words that hold @bytes of the report from log->done on. A bit that is set again between the
 * look and the clearing stands for a write that the caller will see, for it reads pages later.
 */
static int copy_words(struct dirty_log *log, uint64_t to, uint64_t bytes, bool clear)
{
	uint64_t *from =
		&log->chunk[log->done / DIRTY_CHUNK_PFNS][log->done % DIRTY_CHUNK_PFNS / WORD_PFNS];
	uint64_t buf[COPY_WORDS] = {0};
	uint64_t n = DIV_ROUND_UP(bytes, sizeof(buf[0]));

	for (uint64_t i = 0; i < n; i++)
		buf[i] = __atomic_load_n(&from[i], __ATOMIC_SEQ_CST);
	memset((char *)buf + bytes, 0, sizeof(buf) - bytes);
	if (to && copy_to_guest(to + log->done / 8, buf, bytes))
		return -EFAULT;
	for (uint64_t i = 0; i < n; i++) {
		if (clear)
			__atomic_fetch_and(&from[i], ~buf[i], __ATOMIC_SEQ_CST);
		for (; buf[i]; buf[i] &= buf[i] - 1)
			log->dirty++;
	}
	return 0;
}

int dirty_copy(struct dirty_log *log, uint64_t to, uint64_t pfns, bool clear)
{
	while (log->done < pfns) {
		uint64_t n = MIN(pfns - log->done, (uint64_t)COPY_WORDS * WORD_PFNS);
		int rc = copy_words(log, to, DIV_ROUND_UP(n, 8), clear);

		if (rc)
			return rc;
		log->done += n;
		if (log->done < pfns && hypercall_preempt_check())
			return -ERESTART;
	}
	return 0;
}
