// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What an entry of a guest's table may say, and the references it holds. No table is looked at
 * here: an entry comes and goes by value.
 */
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/pt.h>

#define CACHE_BITS	(PTE_PWT | PTE_PCD | PTE_PAT)
#define UPPER_FORBIDDEN (PTE_PWT | PTE_PCD | PTE_PSE | PTE_GLOBAL)

struct rangeset pt_mmio_read_only;

/* Cache types are for domains with devices; others could only make trouble with them. */
static bool has_devices(const struct domain *d)
{
	return d->io_mem.n || d->io_ports.n;
}

int pt_leaf_check(uint64_t *e, const struct domain *d)
{
	if (unlikely(*e & CACHE_BITS) && !has_devices(d))
		return -EINVAL;
	/*
	 * Guest kernel and user both run in ring 3, so every page is a user page to the CPU. The
	 * mark tells the kernel's ones; the user's ones are global to outlive a change of root.
	 */
	if (!(*e & PTE_USER))
		*e |= PTE_USER | PTE_GUEST_KERNEL;
	if (*e & PTE_GUEST_KERNEL)
		*e &= ~(uint64_t)PTE_GLOBAL;
	else
		*e |= PTE_GLOBAL;
	return 0;
}

/* Write-back and write-through device memory becomes uncached. */
static uint64_t device_cache_type(uint64_t e)
{
	switch (e & CACHE_BITS) {
	case 0:			/* WB */
	case PTE_PWT:		/* WT */
	case PTE_PWT | PTE_PAT: /* WP */
		return (e & ~(uint64_t)CACHE_BITS) | PTE_PWT | PTE_PCD;
	default:
		return e;
	}
}

static int device_get(uint64_t *e, struct domain *d, struct domain *from)
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

int pt_leaf_get(uint64_t *e, struct domain *d, struct domain *from)
{
	uint64_t v = *e;
	struct page *pg;
	int rc;

	if (!(v & PTE_PRESENT))
		return 0;
	rc = pt_leaf_check(&v, d);
	if (unlikely(rc))
		return rc;
	if (unlikely(page_get(pte_frame(v), from)))
		rc = device_get(&v, d, from);
	else if (v & PTE_RW) {
		pg = page_of(pte_frame(v));
		if (unlikely(from != d))
			__atomic_or_fetch(&pg->count, PGC_FOREIGN, __ATOMIC_RELAXED);
		rc = page_get_type_nested(pg, PGT_WRITABLE);
		if (unlikely(rc))
			page_put(pg);
	}
	if (likely(!rc))
		*e = v;
	return rc;
}

void pt_leaf_put(uint64_t e)
{
	struct page *pg;

	if (!(e & PTE_PRESENT) || unlikely(!page_valid(pte_frame(e))))
		return;
	pg = page_of(pte_frame(e));
	if (e & PTE_RW)
		page_put_type(pg);
	page_put(pg);
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
