// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "stream/check.h"
#include "stream/restore.h"
#include "stream/restore_inner.h"
#include "stream/table.h"

static int read_heads(struct restore *s)
{
	struct inner_head in;
	struct domain_head dom;
	int rc = wire_read(s->w, &in, sizeof(in), s->d);

	if (!rc)
		rc = wire_read(s->w, &dom, sizeof(dom), s->d);
	if (rc)
		return rc;
	if (in.marker != INNER_MARKER || ntohl(in.id) != INNER_ID)
		return diag_set(s->d, -EINVAL, "no domain's stream is where it should begin");
	if (ntohl(in.version) < INNER_OLDEST || ntohl(in.version) > INNER_VERSION ||
	    ntohs(in.options) & INNER_BIG_ENDIAN)
		return diag_set(s->d, -EINVAL, "the domain's stream is of version %u, options %#x",
				ntohl(in.version), ntohs(in.options));
	if (dom.type != DOMAIN_PV || dom.page_shift != FRAME_SHIFT) {
		diag_set(s->d, -EINVAL, "the guest is of type %u, with pages of 2^%u bytes",
			 dom.type, dom.page_shift);
		return diag_hint(s->d, -EINVAL, "only paravirtualized guests are served");
	}
	s->static_known = ntohl(in.version) < INNER_VERSION;
	return 0;
}

static int out_of_memory(struct restore *s)
{
	return diag_set(s->d, -ENOMEM, "out of memory");
}

static int on_p2m_frames(struct restore *s, const struct record *r)
{
	const uint64_t *list;
	uint64_t last, i;
	int rc;

	if (!s->has_pv_info || !s->static_known || s->p2m)
		return diag_set(s->d, -EINVAL, "it stands in a wrong place");
	rc = check_p2m_frames(r, &list, &last, s->d);
	if (rc)
		return rc;
	if (last >= s->plan->max_pages)
		return diag_set(s->d, -EINVAL, "it is for %#llx pages, more than such a guest has",
				(unsigned long long)last + 1);
	s->nr = last + 1;
	s->nr_leaves = last / TABLE_ENTRIES + 1;
	s->p2m = malloc(s->nr * sizeof(*s->p2m));
	s->kinds = malloc(s->nr);
	s->leaves = malloc(s->nr_leaves * sizeof(*s->leaves));
	if (!s->p2m || !s->kinds || !s->leaves)
		return out_of_memory(s);
	memset(s->p2m, 0xff, s->nr * sizeof(*s->p2m));
	memset(s->kinds, KIND_NONE, s->nr);
	memcpy(s->leaves, list, s->nr_leaves * sizeof(*s->leaves));
	for (i = 0; i < s->nr_leaves; i++)
		if (s->leaves[i] >= s->nr)
			return diag_set(s->d, -EINVAL, "it names page %#llx of %#llx",
					(unsigned long long)s->leaves[i],
					(unsigned long long)s->nr);
	return 0;
}

/* Frames for those of the n pages that have none yet; pfns is used up. */
static int populate(struct restore *s, uint64_t *pfns, size_t n)
{
	uint64_t frames[VM_BATCH];
	size_t i, missing = 0;
	int rc;

	for (i = 0; i < n; i++) {
		uint64_t pfn = pfns[i];

		if (pfn < s->nr && s->p2m[pfn] == NO_FRAME) {
			s->p2m[pfn] = FRAME_ASKED;
			pfns[missing++] = pfn;
		}
	}
	if (!missing)
		return 0;
	memcpy(frames, pfns, missing * sizeof(*frames));
	rc = vm_populate(s->vm, frames, missing);
	for (i = 0; i < missing; i++)
		s->p2m[pfns[i]] = rc ? NO_FRAME : frames[i];
	return rc ? diag_set(s->d, rc, "cannot give the guest memory: %s", strerror(-rc)) : 0;
}

static uint64_t to_frame(void *arg, uint64_t pfn)
{
	const struct restore *s = arg;

	return pfn < s->nr ? s->p2m[pfn] : NO_FRAME;
}

/* A table may name pages that come later. */
static int fill_table(struct restore *s, uint64_t pfn, uint64_t *table)
{
	uint64_t list[TABLE_ENTRIES];
	unsigned bad = 0;
	int rc = populate(s, list, table_pfns(table, list));

	if (rc)
		return rc;
	rc = table_to_frames(table, to_frame, s, &bad);
	return rc ? diag_set(s->d, rc, "page table %#llx names in entry %u a page that is none",
			     (unsigned long long)pfn, bad)
		  : 0;
}

static int store_pages(struct restore *s, const uint64_t *entries, size_t n, const uint8_t *data)
{
	mfn_t frames[VM_BATCH];
	uint8_t *map;
	size_t i, at = 0;
	int rc = 0;

	for (i = 0; i < n; i++)
		if (kind_has_data(entry_kind(entries[i])))
			frames[at++].n = s->p2m[entry_pfn(entries[i])];
	if (!at)
		return 0;
	map = vm_map(s->vm, true, frames, at);
	if (!map)
		return diag_set(s->d, -errno, "cannot map the new guest's memory: %s",
				strerror(errno));
	memcpy(map, data, at * PAGE_BYTES);
	for (i = 0, at = 0; i < n && !rc; i++) {
		unsigned kind = entry_kind(entries[i]);

		if (kind_level(kind))
			rc = fill_table(s, entry_pfn(entries[i]),
					(uint64_t *)(void *)(map + at * PAGE_BYTES));
		at += kind_has_data(kind);
	}
	vm_unmap(map, at);
	return rc;
}

/* At most VM_BATCH entries. */
static int take_pages(struct restore *s, const uint64_t *entries, size_t n, const uint8_t *data)
{
	uint64_t pfns[VM_BATCH];
	size_t i, there = 0;
	int rc;

	for (i = 0; i < n; i++) {
		unsigned kind = entry_kind(entries[i]);

		s->kinds[entry_pfn(entries[i])] = (uint8_t)kind;
		if (kind != KIND_NONE && kind != KIND_BROKEN)
			pfns[there++] = entry_pfn(entries[i]);
	}
	rc = populate(s, pfns, there);
	return rc ? rc : store_pages(s, entries, n, data);
}

static int on_pages(struct restore *s, const struct record *r)
{
	struct pages p;
	size_t at, i;
	int rc;

	if (!s->p2m)
		return diag_set(s->d, -EINVAL, "it comes before the list of the guest's frames");
	rc = check_pages(r, s->nr, &p, s->d);
	for (at = 0; at < p.count && !rc; at += VM_BATCH) {
		size_t n = p.count - at < VM_BATCH ? p.count - at : VM_BATCH;

		rc = take_pages(s, p.entries + at, n, p.data);
		for (i = 0; i < n; i++)
			p.data += kind_has_data(entry_kind(p.entries[at + i])) * PAGE_BYTES;
	}
	return rc;
}

static int keep(struct restore *s, struct blob *b, const void *data, size_t size)
{
	void *copy = malloc(size);

	if (!copy)
		return out_of_memory(s);
	memcpy(copy, data, size);
	free(b->data);
	*b = (struct blob){copy, size};
	return 0;
}

static int on_vcpu(struct restore *s, const struct record *r)
{
	const uint8_t *data;
	struct vcpu_blobs *v;
	size_t size;
	unsigned id;
	int rc = check_vcpu(r, s->nr_vcpus, &id, &data, &size, s->d);

	if (rc || !size)
		return rc;
	v = &s->vcpus[id];
	switch (r->type) {
	case REC_VCPU_BASIC:
		return keep(s, &v->basic, data, size);
	case REC_VCPU_EXTENDED:
		return keep(s, &v->extended, data, size);
	case REC_VCPU_XSAVE:
		return keep(s, &v->xsave, data, size);
	default:
		return keep(s, &v->msrs, data, size);
	}
}

static int on_pv_info(struct restore *s, const struct record *r)
{
	s->has_pv_info = true;
	return check_pv_info(r, s->d);
}

static int on_policy(struct restore *s, const struct record *r)
{
	bool leaves = r->type == REC_CPUID_POLICY;
	int rc = check_array(
		r, leaves ? sizeof(struct domctl_cpuid_leaf) : sizeof(struct domctl_msr_entry),
		s->d);

	return rc || !r->length
		       ? rc
		       : keep(s, leaves ? &s->leaves_of_cpu : &s->msrs_of_cpu, r->body, r->length);
}

static int on_record(struct restore *s, const struct record *r)
{
	int rc;

	switch (r->type) {
	case REC_PAGES:
		return on_pages(s, r);
	case REC_PV_INFO:
		return on_pv_info(s, r);
	case REC_P2M_FRAMES:
		return on_p2m_frames(s, r);
	case REC_VCPU_BASIC:
	case REC_VCPU_EXTENDED:
	case REC_VCPU_XSAVE:
	case REC_VCPU_MSRS:
		return on_vcpu(s, r);
	case REC_SHARED_INFO:
		rc = check_size(r, FRAME_SIZE, s->d);
		return rc ? rc : keep(s, &s->shared, r->body, r->length);
	case REC_TSC_INFO:
		rc = check_size(r, sizeof(struct tsc_record), s->d);
		return rc ? rc : keep(s, &s->tsc, r->body, r->length);
	case REC_CPUID_POLICY:
	case REC_MSR_POLICY:
		return on_policy(s, r);
	case REC_STATIC_END:
		s->static_known = true;
		return restore_policy(s);
	case REC_VERIFY:
		/* What follows is sent again for comparison; to take it again does no harm. */
		return 0;
	default:
		if (r->type & REC_OPTIONAL)
			return 0;
		return diag_set(s->d, -EINVAL, "what it means is not known");
	}
}

static int read_records(struct restore *s)
{
	struct record r = {.body = NULL};
	int rc;

	for (;;) {
		rc = wire_next(s->w, &r, s->d);
		if (rc || r.type == REC_END)
			break;
		rc = on_record(s, &r);
		if (rc == -EINVAL || rc == -ERANGE)
			diag_at(s->d, rc, "%s is damaged: record %s at byte %llu", s->w->name,
				record_name(r.type), (unsigned long long)r.at);
		if (rc)
			break;
	}
	record_release(&r);
	return rc;
}

static void release(struct restore *s)
{
	unsigned i;

	for (i = 0; i < s->nr_vcpus && s->vcpus; i++) {
		free(s->vcpus[i].basic.data);
		free(s->vcpus[i].extended.data);
		free(s->vcpus[i].xsave.data);
		free(s->vcpus[i].msrs.data);
	}
	free(s->vcpus);
	free(s->shared.data);
	free(s->tsc.data);
	free(s->leaves_of_cpu.data);
	free(s->msrs_of_cpu.data);
	free(s->p2m);
	free(s->kinds);
	free(s->leaves);
}

int stream_restore(struct vm *vm, struct wire *w, const struct restore_plan *plan,
		   struct restore_result *res, struct diag *d)
{
	struct restore s = {.vm = vm, .w = w, .plan = plan, .d = d, .nr_vcpus = vm_vcpus(vm)};
	int rc;

	s.vcpus = calloc(s.nr_vcpus, sizeof(*s.vcpus));
	rc = s.vcpus ? read_heads(&s) : out_of_memory(&s);
	if (!rc)
		rc = read_records(&s);
	if (!rc) {
		rc = restore_finish(&s, res);
		if (rc == -EINVAL || rc == -ERANGE)
			diag_at(d, rc, "%s cannot be brought to life", w->name);
	}
	release(&s);
	return rc;
}
