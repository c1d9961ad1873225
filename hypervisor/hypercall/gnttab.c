/* SPDX-License-Identifier: GPL-2.0-or-later */
/* grant_table_op: arrays of operations, each with its own status. */
#include <hv/grant.h>

#include <abi/base.h>
#include <abi/grant.h>
#include <hv/counter.h>
#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/guest_copy.h>
#include <hv/hypercall.h>
#include <hv/priv.h>
#include <hv/tlb.h>

#define UNMAP_BATCH 32u /* unmaps that share one TLB flush */

/*
 * An operation works on the array at @uop of *@count elements; on -ERESTART both say what is left.
 */
typedef int gnttab_fn(uint64_t *uop, uint32_t *count);

/* -ERESTART when the element at hand is not the first of this call and the CPU is wanted. */
static int preempted(bool begun)
{
	return begun && hypercall_preempt_check() ? -ERESTART : 0;
}

static int op_map_grant_ref(uint64_t *uop, uint32_t *count)
{
	struct domain *d = current_domain();
	struct gnttab_map_grant_ref op;

	for (bool begun = false; *count; --*count, *uop += sizeof(op), begun = true) {
		if (preempted(begun))
			return -ERESTART;
		if (copy_from_guest(&op, *uop, sizeof(op)))
			return -EFAULT;
		grant_map(d, &op);
		if (copy_to_guest(*uop, &op, sizeof(op)))
			return -EFAULT;
	}
	return 0;
}

static int op_copy(uint64_t *uop, uint32_t *count)
{
	struct domain *d = current_domain();
	struct gnttab_copy op;

	for (bool begun = false; *count; --*count, *uop += sizeof(op), begun = true) {
		if (preempted(begun))
			return -ERESTART;
		if (copy_from_guest(&op, *uop, sizeof(op)))
			return -EFAULT;
		grant_copy(d, &op);
		if (copy_to_guest(*uop + offsetof(struct gnttab_copy, status), &op.status,
				  sizeof(op.status)))
			return -EFAULT;
	}
	return 0;
}

/* Both kinds of unmap, decoded. */
struct unmap_args {
	uint64_t host_addr, bus_addr, new_va;
	uint32_t handle;
};

static int unmap_args_get(uint64_t uop, struct unmap_args *a)
{
	struct gnttab_unmap_grant_ref op;

	if (copy_from_guest(&op, uop, sizeof(op)))
		return -EFAULT;
	*a = (struct unmap_args){
		.host_addr = op.host_addr, .bus_addr = op.dev_bus_addr, .handle = op.handle};
	return 0;
}

static int replace_args_get(uint64_t uop, struct unmap_args *a)
{
	struct gnttab_unmap_and_replace op;

	if (copy_from_guest(&op, uop, sizeof(op)))
		return -EFAULT;
	*a = (struct unmap_args){
		.host_addr = op.host_addr, .new_va = op.new_addr, .handle = op.handle};
	return 0;
}

/* Elements and place of the status are equal in both. */
_Static_assert(sizeof(struct gnttab_unmap_grant_ref) == sizeof(struct gnttab_unmap_and_replace) &&
		       offsetof(struct gnttab_unmap_grant_ref, status) ==
			       offsetof(struct gnttab_unmap_and_replace, status),
	       "unmap structures differ");

static int unmap_batch(uint64_t uop, uint32_t n, int (*get)(uint64_t uop, struct unmap_args *a))
{
	struct grant_unmapped done[UNMAP_BATCH];
	struct domain *d = current_domain();
	struct unmap_args a;
	struct cpumask cpus;
	uint32_t ndone = 0;
	int16_t status;
	int rc = 0;

	for (uint32_t i = 0; i < n && !rc; i++, uop += sizeof(struct gnttab_unmap_grant_ref)) {
		rc = get(uop, &a);
		if (rc)
			break;
		status = (int16_t)grant_unmap(d, a.handle, a.host_addr, a.bus_addr, a.new_va,
					      &done[ndone]);
		if (status == GNTST_okay)
			ndone++;
		if (copy_to_guest(uop + offsetof(struct gnttab_unmap_grant_ref, status), &status,
				  sizeof(status)))
			rc = -EFAULT;
	}
	if (!ndone)
		return rc;
	/* Only when no CPU can reach the frames any more may their owners have them back. */
	cpus = d->dirty_cpus;
	tlb_flush_cpus(&cpus);
	for (uint32_t i = 0; i < ndone; i++)
		grant_unmap_finish(d, &done[i]);
	return rc;
}

static int unmap_all(uint64_t *uop, uint32_t *count, int (*get)(uint64_t uop, struct unmap_args *a))
{
	for (bool begun = false; *count; begun = true) {
		uint32_t n = MIN(*count, UNMAP_BATCH);
		int rc = preempted(begun);

		if (!rc)
			rc = unmap_batch(*uop, n, get);
		if (rc)
			return rc;
		*count -= n;
		*uop += n * sizeof(struct gnttab_unmap_grant_ref);
	}
	return 0;
}

static int op_unmap_grant_ref(uint64_t *uop, uint32_t *count)
{
	return unmap_all(uop, count, unmap_args_get);
}

static int op_unmap_and_replace(uint64_t *uop, uint32_t *count)
{
	return unmap_all(uop, count, replace_args_get);
}

/* priv_target() with a status for an error. */
static int16_t target_get(domid_t id, struct domain **out)
{
	int rc = priv_target(id, out);

	return rc == -ESRCH ? GNTST_bad_domain : rc ? GNTST_permission_denied : GNTST_okay;
}

static int16_t setup_table(struct domain *d, const struct gnttab_setup_table *op)
{
	uint64_t frame;
	mfn_t mfn;

	if (grant_table_grow(d, op->nr_frames))
		return GNTST_general_error;
	for (uint32_t i = 0; i < op->nr_frames; i++) {
		if (grant_table_frame(d, i, &mfn))
			return GNTST_general_error;
		frame = mfn.n;
		if (copy_elem_to_guest(op->frame_list, i, &frame))
			return GNTST_bad_virt_addr;
	}
	return GNTST_okay;
}

static int op_setup_table(uint64_t *uop, uint32_t *count)
{
	struct gnttab_setup_table op;
	struct domain *d;

	if (*count != 1)
		return -EINVAL;
	if (copy_from_guest(&op, *uop, sizeof(op)))
		return -EFAULT;
	op.status = target_get(op.dom, &d);
	if (op.status == GNTST_okay) {
		op.status = setup_table(d, &op);
		domain_put(d);
	}
	return copy_to_guest(*uop, &op, sizeof(op)) ? -EFAULT : 0;
}

static int op_query_size(uint64_t *uop, uint32_t *count)
{
	struct gnttab_query_size op;
	struct domain *d;

	if (*count != 1)
		return -EINVAL;
	if (copy_from_guest(&op, *uop, sizeof(op)))
		return -EFAULT;
	op.status = target_get(op.dom, &d);
	if (op.status == GNTST_okay) {
		grant_table_size(d, &op.nr_frames, &op.max_nr_frames);
		domain_put(d);
	}
	return copy_to_guest(*uop, &op, sizeof(op)) ? -EFAULT : 0;
}

/* There is version 1; who asks for 2 is told to stay there. */
static int op_set_version(uint64_t *uop, uint32_t *count)
{
	struct gnttab_set_version op;
	int rc = 0;

	if (*count != 1)
		return -EINVAL;
	if (copy_from_guest(&op, *uop, sizeof(op)))
		return -EFAULT;
	if (op.version != 1)
		rc = op.version == 2 ? -ENOSYS : -EINVAL;
	op.version = 1;
	return copy_to_guest(*uop, &op, sizeof(op)) ? -EFAULT : rc;
}

static int op_get_version(uint64_t *uop, uint32_t *count)
{
	struct gnttab_get_version op;
	struct domain *d;
	int rc;

	if (*count != 1)
		return -EINVAL;
	if (copy_from_guest(&op, *uop, sizeof(op)))
		return -EFAULT;
	rc = priv_target(op.dom, &d);
	if (rc)
		return rc;
	domain_put(d);
	op.version = 1;
	return copy_to_guest(*uop, &op, sizeof(op)) ? -EFAULT : 0;
}

/* Absent: dump, transfer, status frames (version 2), swap, cache flush (not on x86). */
#define ROW(nr, name, privilege) [nr] = op_##name,
static gnttab_fn *const ops[] = {ABI_OPS_grant_table_op(ROW)};

_Static_assert(ARRAY_SIZE(ops) <= PAVISE_COUNTER_multicall_entries - PAVISE_COUNTER_grant_ops,
	       "grant operations that no counter is for");

HYPERCALL_HANDLER(grant_table_op)
{
	uint32_t cmd = (uint32_t)a1, count = (uint32_t)a3;
	int rc;

	if (a3 > INT32_MAX)
		return -EINVAL;
	if (cmd >= ARRAY_SIZE(ops) || !ops[cmd])
		return -ENOSYS;
	rc = ops[cmd](&a2, &count);
	current_vcpu()->counters[PAVISE_COUNTER_grant_ops + cmd] += a3 - count;
	return rc == -ERESTART ? hypercall_restart(HC_GRANT_TABLE_OP, a1, a2, count, a4, a5) : rc;
}
