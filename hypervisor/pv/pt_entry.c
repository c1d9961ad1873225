// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What an entry of a guest's table may say, and the references it holds. No table is looked at
 * here: an entry comes and goes by value.
 */
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/pt.h>

#define UPPER_FORBIDDEN (PTE_PWT | PTE_PCD | PTE_PSE | PTE_GLOBAL)

struct rangeset pt_mmio_read_only;

/* Write-back and write-through device memory becomes uncached. */
static uint64_t device_cache_type(uint64_t e)
{
	switch (e & PT_CACHE_BITS) {
	case 0:                 /* WB */
	case PTE_PWT:           /* WT */
	case PTE_PWT | PTE_PAT: /* WP */
		return (e & ~(uint64_t)PT_CACHE_BITS) | PTE_PWT | PTE_PCD;
	default:
		return e;
	}
}

int pt_device_get(uint64_t *e, struct domain *d, struct domain *from)
{
	uint64_t n = pte_frame(*e).n;

	if (page_valid(mfn_make(n)) || n >> (arch_phys_bits - PAGE_SHIFT))
		return -EINVAL;
	if (from != d && from != domain_io && !rangeset_contains(&from->io_mem, n, n))
		return -EPERM;
	if (!rangeset_contains(&d->io_mem, n, n))
		return -EPERM;
	if (rangeset_contains(&pt_mmio_read_only, n, n))
		*e &= ~(uint64_t)PTE_RW;
	*e = device_cache_type(*e);
	return 0;
}

int pt_upper_check(uint64_t *e)
{
	if (*e & UPPER_FORBIDDEN)
		return -EINVAL;
	*e |= PTE_USER;
	return 0;
}

int pt_upper_get(uint64_t *e, unsigned level, struct domain *d)
{
	uint64_t v = *e;
	struct page *pg;
	int rc;

	if (!(v & PTE_PRESENT))
		return 0;
	rc = pt_upper_check(&v);
	if (rc)
		return rc;
	rc = page_get(pte_frame(v), d);
	if (rc)
		return rc;
	pg = page_of(pte_frame(v));
	rc = page_get_type_nested(pg, PT_TYPE(level - 1));
	if (rc)
		page_put(pg);
	else
		*e = v;
	return rc;
}

int pt_upper_put(uint64_t e, bool preempt)
{
	struct page *pg;
	int rc = 0;

	if (!(e & PTE_PRESENT))
		return 0;
	pg = page_of(pte_frame(e));
	if (preempt)
		rc = page_put_type_preempt(pg);
	else
		page_put_type(pg);
	page_put(pg);
	return rc;
}
