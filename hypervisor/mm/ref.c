// SPDX-License-Identifier: GPL-2.0-or-later
/* The existence count, and hypervisor memory that domains may map. */
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/m2p.h>
#include <hv/page.h>
#include <hv/tlb.h>

int page_get_and_type(mfn_t mfn, struct domain *d, uint64_t type)
{
	int rc = page_get(mfn, d);

	if (rc)
		return rc;
	rc = page_get_type(page_of(mfn), type);
	if (rc)
		page_put(page_of(mfn));
	return rc;
}

void page_put_and_type(struct page *pg)
{
	page_put_type(pg);
	page_put(pg);
}

void page_share(struct page *pg, struct domain *d, bool writable)
{
	domain_pages_note_shared(d, 1);
	m2p_set(page_mfn(pg), M2P_INVALID);
	/* A type reference of ours keeps the type what it is. */
	pg->type = (writable ? PGT_WRITABLE : PGT_NONE) | PGT_VALIDATED | 1;
	pg->owner = (uint32_t)virt_frame(d).n;
	__atomic_store_n(&pg->count, PGC_ALLOCATED | PGC_XEN_HEAP | 1, __ATOMIC_RELEASE);
}

void page_unshare_and_free(struct page *pg)
{
	page_put_type(pg);
	__atomic_and_fetch(&pg->count, ~PGC_ALLOCATED, __ATOMIC_RELAXED);
	page_put(pg);
}
