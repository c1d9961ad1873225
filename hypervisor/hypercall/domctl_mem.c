/* SPDX-License-Identifier: GPL-2.0-or-later */
/* domctl: memory limits, kinds of frames, rights to hardware. */
#include "domctl.h"

#include <arch/mmu.h>
#include <hv/errno.h>
#include <hv/guest_copy.h>
#include <hv/pv.h>
#include <hv/string.h>

/* A batch of getpageframeinfo3; the ABI's own limit. */
#define FRAMEINFO_MAX 1024

int domctl_max_mem(struct xen_domctl *op, struct domain *d)
{
	uint64_t max = op->u.max_mem.max_memkb >> (PAGE_SHIFT - 10);

	/* Below what it has now is fine: the balloon is to bring it down. */
	spin_lock(&d->pages.lock);
	d->pages.max = max;
	spin_unlock(&d->pages.lock);
	return 0;
}

_Static_assert(XEN_DOMCTL_PFINFO_L4TAB == 4 * XEN_DOMCTL_PFINFO_L1TAB, "kinds go by level");

static uint32_t frame_kind(mfn_t mfn, struct domain *d)
{
	uint32_t kind = XEN_DOMCTL_PFINFO_NOTAB;
	struct page *pg;
	uint64_t type, nr;

	if (page_get(mfn, d))
		return XEN_DOMCTL_PFINFO_XTAB;
	pg = page_of(mfn);
	type = __atomic_load_n(&pg->type, __ATOMIC_RELAXED);
	nr = (type & PGT_TYPE_MASK) >> PGT_TYPE_SHIFT;
	if (nr >= 1 && nr <= 4 && (type & PGT_COUNT_MASK)) {
		kind = (uint32_t)nr * XEN_DOMCTL_PFINFO_L1TAB;
		if (type & PGT_PINNED)
			kind |= XEN_DOMCTL_PFINFO_LPINTAB;
	}
	page_put(pg);
	return kind;
}

int domctl_getpageframeinfo3(struct xen_domctl *op, struct domain *d)
{
	uint64_t num = op->u.getpageframeinfo3.num, gva = op->u.getpageframeinfo3.array;
	uint64_t entry;

	if (num > FRAMEINFO_MAX)
		return -E2BIG;
	for (uint64_t i = 0; i < num; i++) {
		if (copy_elem_from_guest(&entry, gva, i))
			return -EFAULT;
		entry = frame_kind(mfn_make(entry), d);
		if (copy_elem_to_guest(gva, i, &entry))
			return -EFAULT;
	}
	return 0;
}

/* Grant or take a right to [first, first + nr); the control domain must hold it itself. */
static int permission(struct rangeset *target, const struct rangeset *own, uint64_t first,
		      uint64_t nr, uint64_t limit, uint8_t allow)
{
	uint64_t last;

	if (!nr || __builtin_add_overflow(first, nr - 1, &last) || last > limit)
		return -EINVAL;
	if (!rangeset_contains(own, first, last))
		return -EPERM;
	return allow ? rangeset_add(target, first, last) : rangeset_remove(target, first, last);
}

int domctl_iomem_permission(struct xen_domctl *op, struct domain *d)
{
	const struct domctl_iomem_permission *in = &op->u.iomem_permission;

	return permission(&d->io_mem, &control_domain->io_mem, in->first_mfn, in->nr_mfns,
			  (1ull << 40) - 1, in->allow_access);
}

int domctl_ioport_permission(struct xen_domctl *op, struct domain *d)
{
	const struct domctl_ioport_permission *in = &op->u.ioport_permission;

	return permission(&d->io_ports, &control_domain->io_ports, in->first_port, in->nr_ports,
			  0xffff, in->allow_access);
}

int domctl_irq_permission(struct xen_domctl *op, struct domain *d)
{
	const struct domctl_irq_permission *in = &op->u.irq_permission;

	return permission(&d->irq_caps, &control_domain->irq_caps, in->pirq, 1, UINT32_MAX,
			  in->allow_access);
}

/* Fill a frame of the domain with the hypercall stubs (kernels that publish HYPERCALL_PAGE). */
int domctl_hypercall_init(struct xen_domctl *op, struct domain *d)
{
	mfn_t mfn = mfn_make(op->u.hypercall_init.gmfn);
	int rc = page_get_and_type(mfn, d, PGT_WRITABLE);

	if (rc)
		return rc;
	pv_hypercall_page_fill(frame_virt(mfn));
	page_put_and_type(page_of(mfn));
	return 0;
}
