// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * memory_op. The sub-operation is in the low bits of cmd; above them a restarted call finds how
 * many extents are done.
 */
#include <hv/dirty.h>
#include <hv/errno.h>
#include <hv/guest_copy.h>
#include <hv/heap.h>
#include <hv/hypercall.h>
#include <hv/m2p.h>
#include <abi/base.h>
#include <abi/memory.h>
#include "memory.h"

#define MAX_ORDER_CONTROL 12
#define MAX_ORDER         9

unsigned memory_max_order(const struct domain *d)
{
	return d->privileged ? MAX_ORDER_CONTROL : MAX_ORDER;
}

/* Give back a block that the guest could not be told about. */
static void release_block(struct domain *d, mfn_t mfn, unsigned order)
{
	for (uint64_t i = 0; i < 1ull << order; i++)
		(void)!domain_release_page(d, mfn_add(mfn, i));
}

/* One extent of increase (no pfn) or populate; false ends the call with a short count. */
static bool extent_add(struct domain *d, const struct memory_reservation *r, uint64_t i,
		       bool populate)
{
	unsigned bits = r->mem_flags & XENMEMF_ADDRESS_BITS_MASK;
	struct page *pg;
	uint64_t pfn, mfn;

	if (populate && copy_elem_from_guest(&pfn, r->extent_start, i))
		return false;
	pg = domain_alloc_pages(d, r->extent_order, bits, 0);
	if (!pg)
		return false;
	mfn = page_mfn(pg).n;
	for (uint64_t j = 0; populate && j < 1ull << r->extent_order; j++) {
		m2p_set(mfn_make(mfn + j), pfn + j);
		dirty_mark(pg + j);
	}
	if (r->extent_start && copy_elem_to_guest(r->extent_start, i, &mfn)) {
		release_block(d, mfn_make(mfn), r->extent_order);
		return false;
	}
	return true;
}

static bool extent_remove(struct domain *d, const struct memory_reservation *r, uint64_t i)
{
	uint64_t mfn;

	if (copy_elem_from_guest(&mfn, r->extent_start, i))
		return false;
	for (uint64_t j = 0; j < 1ull << r->extent_order; j++)
		if (domain_release_page(d, mfn_make(mfn + j)))
			return false;
	return true;
}

/* Returns how many extents are done; *@restart: there is more to do. */
static uint64_t change_reservation(unsigned op, struct domain *d,
				   const struct memory_reservation *r, uint64_t done, bool *restart)
{
	uint64_t start = done;

	for (; done < r->nr_extents; done++) {
		if (done != start && hypercall_preempt_check()) {
			*restart = true;
			break;
		}
		if (op == XENMEM_decrease_reservation
			    ? !extent_remove(d, r, done)
			    : !extent_add(d, r, done, op == XENMEM_populate_physmap))
			break;
	}
	return done;
}

static int64_t op_reservation(unsigned op, uint64_t done, uint64_t arg)
{
	struct memory_reservation r;
	bool restart = false;
	struct domain *d;

	/* The ABI answers with the count done, errors included. */
	if (copy_from_guest(&r, arg, sizeof(r)) || done > r.nr_extents ||
	    r.nr_extents > INT64_MAX >> MEMOP_EXTENT_SHIFT ||
	    r.extent_order > memory_max_order(current_domain()) ||
	    r.mem_flags & XENMEMF_populate_on_demand || priv_target(r.domid, &d))
		return (int64_t)done;
	done = change_reservation(op, d, &r, done, &restart);
	domain_put(d);
	return restart ? hypercall_restart(HC_MEMORY_OP, op | done << MEMOP_EXTENT_SHIFT, arg, 0, 0,
					   0)
		       : (int64_t)done;
}

/* What the guest says of itself, for the tools; 0 before and after its life. */
static int64_t max_gpfn(struct domain *d)
{
	uint64_t n = 0;

	spin_lock(&d->lock);
	if (d->shared_info)
		n = __atomic_load_n(&d->shared_info->arch.max_pfn, __ATOMIC_RELAXED);
	spin_unlock(&d->lock);
	return n ? (int64_t)(n - 1) : 0;
}

/* Sub-operations whose argument is a domid and whose result is a number. */
static int64_t op_count(unsigned op, uint64_t arg)
{
	struct domain *d;
	int64_t rc;
	domid_t id;

	if (copy_from_guest(&id, arg, sizeof(id)))
		return -EFAULT;
	rc = priv_target(id, &d);
	if (rc)
		return rc;
	switch (op) {
	case XENMEM_current_reservation:
		rc = (int64_t)d->pages.tot;
		break;
	case XENMEM_maximum_reservation:
		rc = (int64_t)d->pages.max;
		break;
	default:
		rc = max_gpfn(d);
	}
	domain_put(d);
	return rc;
}

static int op_claim(uint64_t arg)
{
	struct memory_reservation r;
	struct domain *d;
	int rc;

	if (copy_from_guest(&r, arg, sizeof(r)))
		return -EFAULT;
	if (!current_domain()->privileged)
		return -EPERM;
	if (r.extent_start || r.extent_order || r.mem_flags)
		return -EINVAL;
	rc = priv_target(r.domid, &d);
	if (rc)
		return rc;
	rc = domain_claim_pages(d, r.nr_extents);
	domain_put(d);
	return rc;
}

static int op_map(unsigned op, uint64_t arg)
{
	struct memory_map m;
	int rc;

	if (op == XENMEM_machine_memory_map && !current_domain()->privileged)
		return -EPERM;
	if (copy_from_guest(&m, arg, sizeof(m)))
		return -EFAULT;
	rc = op == XENMEM_memory_map ? memory_map_get(current_domain(), m.buffer, &m.nr_entries)
				     : memory_map_machine(m.buffer, &m.nr_entries);
	return rc ?: copy_to_guest(arg, &m, sizeof(m));
}

static int op_set_map(uint64_t arg)
{
	struct memory_foreign_map m;
	struct domain *d;
	int rc;

	if (copy_from_guest(&m, arg, sizeof(m)))
		return -EFAULT;
	if (!current_domain()->privileged)
		return -EPERM;
	rc = priv_target(m.domid, &d);
	if (rc)
		return rc;
	rc = memory_map_set(d, m.map.buffer, m.map.nr_entries);
	domain_put(d);
	return rc;
}

static int64_t op_exchange(uint64_t arg)
{
	int rc = memory_exchange(arg);

	return rc == -ERESTART ? hypercall_restart(HC_MEMORY_OP, XENMEM_exchange, arg, 0, 0, 0)
			       : rc;
}

int64_t hc_memory_op(uint64_t cmd, uint64_t arg, UNUSED uint64_t a3, UNUSED uint64_t a4,
		     UNUSED uint64_t a5)
{
	unsigned op = cmd & MEMOP_CMD_MASK;

	switch (op) {
	case XENMEM_increase_reservation:
	case XENMEM_decrease_reservation:
	case XENMEM_populate_physmap:
		return op_reservation(op, cmd >> MEMOP_EXTENT_SHIFT, arg);
	case XENMEM_maximum_ram_page:
		return (int64_t)frame_table_end;
	case XENMEM_current_reservation:
	case XENMEM_maximum_reservation:
	case XENMEM_maximum_gpfn:
		return op_count(op, arg);
	case XENMEM_machphys_mfn_list:
		return memory_machphys_list(arg);
	case XENMEM_machphys_mapping:
		return memory_machphys_mapping(arg);
	case XENMEM_memory_map:
	case XENMEM_machine_memory_map:
		return op_map(op, arg);
	case XENMEM_set_memory_map:
		return op_set_map(arg);
	case XENMEM_exchange:
		return op_exchange(arg);
	case XENMEM_claim_pages:
		return op_claim(arg);
	case XENMEM_acquire_resource:
		return memory_acquire_resource(arg);
	case XENMEM_get_vnumainfo:
	case XENMEM_reserved_device_memory_map:
		return -EOPNOTSUPP;
	default:
		/* add_to_physmap and its like are for translated guests. */
		return -ENOSYS;
	}
}
