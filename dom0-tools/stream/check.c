// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "abi/vcpu_context.h"
#include "stream/check.h"

enum { PFNS_PER_FRAME = PAGE_BYTES / 8, EXTENDED_MAX = 128, XSAVE_MIN = 16 };

const char *record_name(uint32_t type)
{
	static const char *const names[] = {
		[REC_END] = "END",
		[REC_PAGES] = "PAGE_DATA",
		[REC_PV_INFO] = "X86_PV_INFO",
		[REC_P2M_FRAMES] = "X86_PV_P2M_FRAMES",
		[REC_VCPU_BASIC] = "X86_PV_VCPU_BASIC",
		[REC_VCPU_EXTENDED] = "X86_PV_VCPU_EXTENDED",
		[REC_VCPU_XSAVE] = "X86_PV_VCPU_XSAVE",
		[REC_SHARED_INFO] = "SHARED_INFO",
		[REC_TSC_INFO] = "X86_TSC_INFO",
		[REC_VCPU_MSRS] = "X86_PV_VCPU_MSRS",
		[REC_VERIFY] = "VERIFY",
		[REC_CHECKPOINT] = "CHECKPOINT",
		[REC_STATIC_END] = "STATIC_DATA_END",
		[REC_CPUID_POLICY] = "X86_CPUID_POLICY",
		[REC_MSR_POLICY] = "X86_MSR_POLICY",
	};

	if (type >= sizeof(names) / sizeof(names[0]) || !names[type])
		return "of unknown type";
	return names[type];
}

static int too_short(const struct record *r, struct diag *d)
{
	return diag_set(d, -EINVAL, "it has %u bytes, too few", r->length);
}

static bool kind_known(unsigned kind)
{
	unsigned level = kind & KIND_LEVEL;

	if (kind == KIND_PLAIN || kind >= KIND_BROKEN)
		return true;
	return level >= KIND_L1 && level <= KIND_L4;
}

int check_pages(const struct record *r, uint64_t nr_pfns, struct pages *out, struct diag *d)
{
	struct pages_head head;
	size_t i, with_data = 0, room;

	if (r->length < sizeof(head))
		return too_short(r, d);
	memcpy(&head, r->body, sizeof(head));
	room = r->length - sizeof(head);
	if (!head.count || head.count > room / sizeof(uint64_t))
		return diag_set(d, -EINVAL, "it claims %u pages in %u bytes", head.count,
				r->length);
	out->count = head.count;
	out->entries = (const uint64_t *)(const void *)(r->body + sizeof(head));
	out->data = (const uint8_t *)(out->entries + head.count);
	for (i = 0; i < head.count; i++) {
		uint64_t e = out->entries[i];

		if (!kind_known(entry_kind(e)) || e & ~(ENTRY_PFN_MASK | 0xfULL << 60))
			return diag_set(d, -EINVAL, "its entry %zu, %#llx, is of no known kind", i,
					(unsigned long long)e);
		if (entry_pfn(e) >= nr_pfns)
			return diag_set(d, -EINVAL, "its entry %zu is page %#llx of %#llx", i,
					(unsigned long long)entry_pfn(e),
					(unsigned long long)nr_pfns);
		with_data += kind_has_data(entry_kind(e));
	}
	room -= head.count * sizeof(uint64_t);
	if (room != with_data * PAGE_BYTES)
		return diag_set(d, -EINVAL, "it has %zu bytes for the contents of %zu pages", room,
				with_data);
	return 0;
}

int check_pv_info(const struct record *r, struct diag *d)
{
	struct pv_info info;

	if (r->length < sizeof(info))
		return too_short(r, d);
	memcpy(&info, r->body, sizeof(info));
	if (info.width == 8 && info.levels == 4)
		return 0;
	diag_set(d, -EINVAL, "the guest has words of %u bytes and page tables of %u levels",
		 info.width, info.levels);
	return diag_hint(d, -EINVAL, "only 64-bit guests are served");
}

int check_p2m_frames(const struct record *r, const uint64_t **list, uint64_t *last, struct diag *d)
{
	struct p2m_head head;
	size_t n;

	if (r->length < sizeof(head))
		return too_short(r, d);
	memcpy(&head, r->body, sizeof(head));
	if (head.first || head.last == ~0u)
		return diag_set(d, -EINVAL, "it covers pages %#x to %#x", head.first, head.last);
	n = (size_t)head.last / PFNS_PER_FRAME + 1;
	if (r->length != sizeof(head) + n * sizeof(uint64_t))
		return diag_set(d, -EINVAL, "it has %u bytes for pages up to %#x", r->length,
				head.last);
	*list = (const uint64_t *)(const void *)(r->body + sizeof(head));
	*last = head.last;
	return 0;
}

static bool vcpu_size_fits(uint32_t type, size_t size)
{
	switch (type) {
	case REC_VCPU_BASIC:
		return size == sizeof(struct vcpu_guest_context);
	case REC_VCPU_EXTENDED:
		return size <= EXTENDED_MAX;
	case REC_VCPU_XSAVE:
		return size >= XSAVE_MIN;
	default:
		return size % sizeof(struct domctl_vcpu_msr) == 0;
	}
}

int check_vcpu(const struct record *r, unsigned nr_vcpus, unsigned *id, const uint8_t **blob,
	       size_t *size, struct diag *d)
{
	struct vcpu_head head;

	if (r->length < sizeof(head))
		return too_short(r, d);
	memcpy(&head, r->body, sizeof(head));
	*size = r->length - sizeof(head);
	*blob = r->body + sizeof(head);
	*id = head.id;
	if (head.id >= nr_vcpus)
		return diag_set(d, -EINVAL, "it is vCPU %u's, and the guest has %u", head.id,
				nr_vcpus);
	if (*size && !vcpu_size_fits(r->type, *size))
		return diag_set(d, -EINVAL, "its %zu bytes are not what a vCPU has", *size);
	return 0;
}

int check_size(const struct record *r, size_t size, struct diag *d)
{
	return r->length == size
		       ? 0
		       : diag_set(d, -EINVAL, "it has %u bytes, not %zu", r->length, size);
}

int check_array(const struct record *r, size_t member, struct diag *d)
{
	return r->length % member == 0
		       ? 0
		       : diag_set(d, -EINVAL, "its %u bytes are not in units of %zu", r->length,
				  member);
}
