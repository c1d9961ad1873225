/* SPDX-License-Identifier: GPL-2.0-or-later */
/* set_gdt, update_descriptor. */
#include <abi/base.h>
#include <arch/mmu.h>
#include <hv/cpu.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/guest_copy.h>
#include <hv/hypercall.h>
#include <hv/page.h>
#include <hv/pv.h>

#define DESCS_PER_PAGE 512

HYPERCALL_HANDLER(set_gdt)
{
	uint64_t frames[FIRST_RESERVED_GDT_PAGE];
	unsigned n;

	if (a2 > FIRST_RESERVED_GDT_ENTRY)
		return -EINVAL;
	n = (unsigned)DIV_ROUND_UP(a2, DESCS_PER_PAGE);
	if (copy_from_guest(frames, a1, n * sizeof(*frames)))
		return -EFAULT;
	return pv_gdt_set(current_vcpu(), frames, (unsigned)a2);
}

HYPERCALL_HANDLER(update_descriptor)
{
	mfn_t mfn = paddr_to_mfn((paddr_t){a1});
	uint64_t desc = a2, type, *at;
	struct page *pg;
	int rc;

	if (a1 & 7 || !pv_desc_check(&desc))
		return -EINVAL;
	if (page_get(mfn, current_domain()))
		return -EINVAL;
	pg = page_of(mfn);
	/* Either kind of page will do; which one it is may change until the reference is there. */
	type = __atomic_load_n(&pg->type, __ATOMIC_RELAXED);
	type = (type & PGT_TYPE_MASK) == PGT_SEGDESC && (type & PGT_COUNT_MASK) ? PGT_SEGDESC
										: PGT_WRITABLE;
	rc = page_get_type(pg, type);
	if (!rc) {
		at = (uint64_t *)((char *)frame_virt(mfn) + (a1 & (PAGE_SIZE - 1)));
		__atomic_store_n(at, desc, __ATOMIC_RELAXED);
		page_put_type(pg);
	}
	page_put(pg);
	return rc;
}
