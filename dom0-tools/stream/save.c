// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "stream/check.h"
#include "stream/p2m.h"
#include "stream/save.h"
#include "stream/save_state.h"
#include "stream/sent.h"
#include "stream/table.h"

/* Rounds go on while more than this would have to be sent with the domain standing still. */
enum { FEW_PAGES = 256 };

struct save {
	struct vm *vm;
	struct wire *w;
	const struct save_plan *plan;
	struct diag *d;
	struct p2m p2m;
	uint64_t *wanted;   /* pages of this round */
	uint64_t *deferred; /* those to be looked at again when the domain stands still */
	struct sent sent;   /* open: memory is copied in rounds */
	uint64_t fresh;     /* pages that were written in this round */
	bool running;
	bool logging;
	uint64_t entries[VM_BATCH];
	uint64_t kinds[VM_BATCH];
	mfn_t frames[VM_BATCH]; /* of those with contents */
	uint64_t *copies;       /* VM_BATCH pages */
};

static size_t words(const struct save *s)
{
	return (s->p2m.nr + 63) / 64;
}

static void mark(uint64_t *bitmap, uint64_t pfn)
{
	bitmap[pfn / 64] |= 1ULL << pfn % 64;
}

static uint64_t count(const uint64_t *bitmap, size_t n)
{
	uint64_t sum = 0;

	while (n--)
		sum += (uint64_t)__builtin_popcountll(bitmap[n]);
	return sum;
}

static uint64_t to_pfn(void *arg, uint64_t frame)
{
	return p2m_pfn(&((struct save *)arg)->p2m, frame);
}

/* The next pages that are wanted, at or after *pfn; their entries hold no kind yet. */
static size_t gather(struct save *s, uint64_t *pfn)
{
	size_t n = 0;

	while (*pfn < s->p2m.nr && n < VM_BATCH) {
		uint64_t left = s->wanted[*pfn / 64] >> *pfn % 64;

		if (!left) {
			*pfn = (*pfn | 63) + 1;
			continue;
		}
		*pfn += (uint64_t)__builtin_ctzll(left);
		if (*pfn < s->p2m.nr)
			s->entries[n++] = (*pfn)++;
	}
	return n;
}

static int ask_kinds(struct save *s, size_t n)
{
	size_t i, contents = 0;
	mfn_t frame;
	int rc;

	for (i = 0; i < n; i++)
		s->kinds[i] = __atomic_load_n(&s->p2m.frame[s->entries[i]], __ATOMIC_RELAXED);
	for (i = 0; i < n; i++)
		s->frames[i].n = s->kinds[i];
	rc = vm_kinds(s->vm, s->kinds, n);
	if (rc)
		return diag_set(s->d, rc, "cannot ask what the guest's pages are: %s",
				strerror(-rc));
	for (i = 0; i < n; i++) {
		frame = s->frames[i];
		if (!kind_has_data((unsigned)s->kinds[i])) {
			/* Ballooned out, or on its way: the last word is spoken at the end. */
			mark(s->deferred, s->entries[i]);
			continue;
		}
		s->frames[contents++] = frame;
	}
	return 0;
}

/* Page i of the batch cannot be sent now. With the domain standing still that cannot be healed. */
static int defer(struct save *s, size_t i, int rc, const char *why)
{
	uint64_t pfn = s->entries[i];

	if (!s->running)
		return diag_set(s->d, rc, "page %#llx of the guest %s: %s", (unsigned long long)pfn,
				why, strerror(-rc));
	mark(s->deferred, pfn);
	s->kinds[i] = KIND_NONE;
	return 0;
}

/*
 * A table as it is sent; the page's memory otherwise, or what is in it now if the domain may still
 * write there. NULL: deferred.
 */
static int contents_of(struct save *s, size_t i, uint8_t *page, size_t slot, void **out)
{
	unsigned level = kind_level((unsigned)s->kinds[i]), bad = 0;
	uint64_t *copy = s->copies + slot * TABLE_ENTRIES;
	int rc;

	*out = page;
	if (!level && !s->sent.page)
		return 0;
	*out = copy;
	if (!level) {
		memcpy(copy, page, PAGE_BYTES);
		return 0;
	}
	rc = table_to_pfns((uint64_t *)(void *)page, copy, level, to_pfn, s, &bad);
	if (!rc)
		return 0;
	*out = NULL;
	return defer(s, i, rc, "is a page table that maps what is not the guest's");
}

/* Has the other end page i of the batch as it is? contents NULL: there are none. */
static bool known(struct save *s, size_t i, const void *contents)
{
	if (!s->sent.page)
		return false;
	if (contents && sent_same(&s->sent, s->entries[i], (unsigned)s->kinds[i], contents)) {
		s->w->expected -= PAGE_BYTES + sizeof(uint64_t);
		return true;
	}
	if (!contents)
		sent_forget(&s->sent, s->entries[i]);
	return false;
}

static void add_part(struct iovec *parts, size_t *n, void *page)
{
	struct iovec *last = &parts[*n - 1];

	if ((char *)last->iov_base + last->iov_len == (char *)page) {
		last->iov_len += PAGE_BYTES;
		return;
	}
	parts[(*n)++] = (struct iovec){page, PAGE_BYTES};
}

/* Write the record of the n pages; those with contents are mapped one after the other at map. */
static int write_batch(struct save *s, size_t n, uint8_t *map)
{
	struct iovec parts[VM_BATCH + 2];
	struct pages_head head = {0};
	size_t nparts = 2, slot = 0, kept = 0, i;
	void *page;
	int rc = 0;

	parts[1] = (struct iovec){s->entries, 0};
	for (i = 0; i < n; i++) {
		page = NULL;
		if (kind_has_data((unsigned)s->kinds[i])) {
			rc = contents_of(s, i, map + slot * PAGE_BYTES, slot, &page);
			slot++;
		}
		if (rc)
			return rc;
		if (known(s, i, page))
			continue;
		if (page)
			add_part(parts, &nparts, page);
		s->entries[kept++] = s->entries[i] | s->kinds[i] << ENTRY_KIND_SHIFT;
	}
	/* No record, which else asks. */
	if (!kept)
		return s->w->tick ? s->w->tick(s->w) : 0;
	s->fresh += kept;
	head.count = (uint32_t)kept;
	parts[0] = (struct iovec){&head, sizeof(head)};
	parts[1].iov_len = kept * sizeof(s->entries[0]);
	return wire_put(s->w, REC_PAGES, parts, nparts, s->d);
}

/* A page may have gone since its kind was asked: find out which ones. */
static int drop_unmappable(struct save *s, size_t n, size_t *contents)
{
	size_t i, at = 0, kept = 0;
	int rc = 0;

	for (i = 0; i < n && !rc; i++) {
		void *p;

		if (!kind_has_data((unsigned)s->kinds[i]))
			continue;
		p = vm_map(s->vm, false, &s->frames[at], 1);
		if (p)
			s->frames[kept++] = s->frames[at];
		else
			rc = defer(s, i, -errno, "cannot be mapped");
		vm_unmap(p, 1);
		at++;
	}
	*contents = kept;
	return rc;
}

static int send_batch(struct save *s, size_t n)
{
	size_t contents = 0, i;
	uint8_t *map = NULL;
	int rc = ask_kinds(s, n);

	for (i = 0; i < n && !rc; i++)
		contents += kind_has_data((unsigned)s->kinds[i]);
	if (!rc && contents) {
		map = vm_map(s->vm, false, s->frames, contents);
		if (!map) {
			rc = drop_unmappable(s, n, &contents);
			if (!rc && contents)
				map = vm_map(s->vm, false, s->frames, contents);
			if (!rc && contents && !map)
				rc = diag_set(s->d, -errno, "cannot map the guest's memory: %s",
					      strerror(errno));
		}
	}
	if (!rc)
		rc = write_batch(s, n, map);
	vm_unmap(map, contents);
	return rc;
}

static int send_wanted(struct save *s, unsigned round)
{
	uint64_t pfn = 0, pages = count(s->wanted, words(s));
	size_t n;
	int rc = 0;

	s->w->expected = s->w->done + pages * (PAGE_BYTES + sizeof(uint64_t));
	s->fresh = 0;
	if (s->plan->round)
		s->plan->round(s->plan->arg, round, pages);
	while (!rc && (n = gather(s, &pfn)) > 0)
		rc = send_batch(s, n);
	return rc;
}

static int suspend(struct save *s)
{
	int rc = s->plan->suspend(s->plan->arg, s->d);

	if (!rc)
		s->running = false;
	return rc;
}

static int read_log(struct save *s)
{
	int rc = vm_dirty_read(s->vm, s->wanted, s->p2m.nr);

	return rc ? diag_set(s->d, rc, "cannot read the log of changed pages: %s", strerror(-rc))
		  : 0;
}

static int send_running(struct save *s)
{
	unsigned round = 1;
	int rc = vm_dirty_begin(s->vm);

	if (rc) {
		diag_set(s->d, rc, "the hypervisor keeps no log of changed pages: %s",
			 strerror(-rc));
		return diag_hint(s->d, rc, "save the guest, and restore it on the other machine");
	}
	s->logging = true;
	for (;;) {
		rc = send_wanted(s, round);
		if (!rc && p2m_moved(&s->p2m)) {
			diag_set(s->d, -EAGAIN, "the guest has moved the list of its frames");
			rc = diag_hint(s->d, -EAGAIN, "try again; the guest goes on");
		}
		if (!rc)
			rc = read_log(s);
		/* The log reports more than has changed: what this round found counts, too. */
		if (rc || round++ >= s->plan->rounds || s->fresh <= FEW_PAGES ||
		    count(s->wanted, words(s)) <= FEW_PAGES)
			return rc;
	}
}

/* What is left in wanted, what changed since it was filled, and what was put off. */
static int gather_rest(struct save *s)
{
	uint64_t *before = malloc(words(s) * sizeof(*before));
	size_t i;
	int rc;

	if (!before)
		return diag_set(s->d, -ENOMEM, "out of memory");
	memcpy(before, s->wanted, words(s) * sizeof(*before));
	rc = read_log(s);
	for (i = 0; i < words(s); i++)
		s->wanted[i] |= before[i] | s->deferred[i];
	free(before);
	return rc;
}

static int send_memory(struct save *s)
{
	int rc;

	memset(s->wanted, 0xff, words(s) * sizeof(*s->wanted));
	if (s->p2m.nr % 64)
		s->wanted[words(s) - 1] = (1ULL << s->p2m.nr % 64) - 1;
	if (!s->plan->rounds)
		return send_wanted(s, 0);
	rc = send_running(s);
	if (!rc)
		rc = suspend(s);
	if (!rc)
		rc = gather_rest(s);
	return rc ? rc : send_wanted(s, 0);
}

static int send_heads(struct save *s)
{
	struct inner_head in = {
		.marker = INNER_MARKER,
		.id = htonl(INNER_ID),
		.version = htonl(INNER_VERSION),
	};
	struct domain_head dom = {.type = DOMAIN_PV, .page_shift = FRAME_SHIFT};
	struct iovec iov[] = {{&in, sizeof(in)}, {&dom, sizeof(dom)}};
	struct pv_info info = {.width = 8, .levels = 4};
	int rc;

	vm_version(s->vm, &dom.major, &dom.minor);
	rc = wire_write(s->w, iov, 2, s->d);
	if (!rc)
		rc = wire_put1(s->w, REC_PV_INFO, &info, sizeof(info), s->d);
	if (!rc)
		rc = save_policy(s->vm, s->w, s->d);
	return rc ? rc : wire_put1(s->w, REC_STATIC_END, NULL, 0, s->d);
}

static int send_p2m_frames(struct save *s)
{
	struct p2m_head head = {.last = (uint32_t)(s->p2m.nr - 1)};
	uint64_t *list = calloc(s->p2m.nr_leaves, sizeof(*list));
	struct iovec parts[] = {{&head, sizeof(head)}, {list, s->p2m.nr_leaves * sizeof(*list)}};
	size_t i;
	int rc = list ? 0 : diag_set(s->d, -ENOMEM, "out of memory");

	for (i = 0; i < s->p2m.nr_leaves && !rc; i++) {
		list[i] = p2m_pfn(&s->p2m, s->p2m.leaves[i].n);
		if (list[i] == ~0ULL)
			rc = diag_set(s->d, -ERANGE,
				      "the list of the guest's frames is not all its own");
	}
	if (!rc)
		rc = wire_put(s->w, REC_P2M_FRAMES, parts, 2, s->d);
	free(list);
	return rc;
}

static int prepare(struct save *s)
{
	int rc = p2m_open(&s->p2m, s->vm, s->d);

	if (rc)
		return rc;
	s->wanted = calloc(words(s), sizeof(*s->wanted));
	s->deferred = calloc(words(s), sizeof(*s->deferred));
	s->copies = malloc((size_t)VM_BATCH * PAGE_BYTES);
	if (s->plan->rounds)
		rc = sent_open(&s->sent, s->p2m.nr);
	return !rc && s->wanted && s->deferred && s->copies
		       ? 0
		       : diag_set(s->d, -ENOMEM, "out of memory");
}

static int run(struct save *s)
{
	int rc = s->plan->rounds ? 0 : suspend(s);

	if (!rc)
		rc = prepare(s);
	if (!rc)
		rc = send_heads(s);
	if (!rc)
		rc = send_p2m_frames(s);
	if (!rc)
		rc = send_memory(s);
	if (!rc)
		rc = save_state(s->vm, s->w, s->p2m.shared, to_pfn, s, s->d);
	return rc ? rc : wire_put1(s->w, REC_END, NULL, 0, s->d);
}

int stream_save(struct vm *vm, struct wire *w, const struct save_plan *plan, struct diag *d)
{
	struct save *s = calloc(1, sizeof(*s));
	int rc;

	if (!s)
		return diag_set(d, -ENOMEM, "out of memory");
	*s = (struct save){.vm = vm, .w = w, .plan = plan, .d = d, .running = true};
	rc = run(s);
	if (s->logging)
		vm_dirty_end(vm);
	p2m_close(&s->p2m);
	free(s->wanted);
	free(s->deferred);
	free(s->copies);
	sent_close(&s->sent);
	free(s);
	return rc;
}
