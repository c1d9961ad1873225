// SPDX-License-Identifier: GPL-2.0-or-later
/* mmuext_op: pins, roots, flushes, LDT, clearing and copying frames. */
#include <hv/counter.h>
#include <hv/cpu.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/guest_copy.h>
#include <hv/hypercall.h>
#include <hv/pt.h>
#include <hv/pv.h>
#include <hv/pv_mmu.h>
#include <hv/string.h>
#include <hv/tlb.h>
#include "mmu.h"

static int op_unpin(struct domain *d, mfn_t mfn)
{
	struct page *pg;
	int rc = page_get(mfn, d);

	if (rc)
		return rc;
	pg = page_of(mfn);
	rc = page_unpin(pg);
	if (rc == -ERESTART) {
		/* Unpinned it is; what is left of it goes before the next operation. */
		pt_pending_set(current_vcpu(), pg);
		rc = 0;
	}
	page_put(pg);
	return rc;
}

/* A frame of @d to be written by the hypervisor. */
static int op_clear(struct domain *d, mfn_t mfn)
{
	int rc = page_get_and_type(mfn, d, PGT_WRITABLE);

	if (rc)
		return rc;
	memset(frame_virt(mfn), 0, PAGE_SIZE);
	page_put_and_type(page_of(mfn));
	return 0;
}

static int op_copy(struct domain *d, mfn_t to, mfn_t from)
{
	int rc = page_get(from, d);

	if (rc)
		return rc;
	rc = page_get_and_type(to, d, PGT_WRITABLE);
	if (!rc) {
		memcpy(frame_virt(to), frame_virt(from), PAGE_SIZE);
		page_put_and_type(page_of(to));
	}
	page_put(page_of(from));
	return rc;
}

/* On other CPUs too. */
static int op_flush(const struct mmuext_op *op)
{
	const struct domain *d = current_domain();
	struct cpumask cpus = d->dirty_cpus;
	int rc = 0;

	if (op->cmd == MMUEXT_TLB_FLUSH_MULTI || op->cmd == MMUEXT_INVLPG_MULTI)
		rc = mmu_vcpu_cpus(d, op->arg2.vcpumask, &cpus);
	if (rc)
		return rc;
	if (op->cmd == MMUEXT_INVLPG_MULTI || op->cmd == MMUEXT_INVLPG_ALL)
		tlb_flush_va_cpus(&cpus, op->arg1.linear_addr);
	else
		tlb_flush_cpus(&cpus);
	return 0;
}

static int op_cache(const struct domain *d)
{
	/* Only who may have uncached mappings needs it; for others it is a way to slow all down. */
	if (!d->io_mem.n)
		return -EPERM;
	arch_cache_flush_all();
	return 0;
}

/* What may be done to another domain; the rest is about the vCPU that asks. */
#define FOREIGN_OPS                                                                                \
	(1u << MMUEXT_PIN_L1_TABLE | 1u << MMUEXT_PIN_L2_TABLE | 1u << MMUEXT_PIN_L3_TABLE |       \
	 1u << MMUEXT_PIN_L4_TABLE | 1u << MMUEXT_UNPIN_TABLE | 1u << MMUEXT_CLEAR_PAGE |          \
	 1u << MMUEXT_COPY_PAGE)

static int ext_one(struct vcpu *v, struct domain *d, const struct mmuext_op *op)
{
	const mfn_t mfn = mfn_make(op->arg1.mfn);

	if (unlikely(d != v->domain) && (op->cmd > 31 || !(FOREIGN_OPS >> op->cmd & 1)))
		return -EPERM;
	switch (op->cmd) {
	case MMUEXT_PIN_L1_TABLE:
	case MMUEXT_PIN_L2_TABLE:
	case MMUEXT_PIN_L3_TABLE:
	case MMUEXT_PIN_L4_TABLE:
		return page_pin(mfn, d, PT_TYPE(op->cmd - MMUEXT_PIN_L1_TABLE + 1));
	case MMUEXT_UNPIN_TABLE:
		return op_unpin(d, mfn);
	case MMUEXT_CLEAR_PAGE:
		return op_clear(d, mfn);
	case MMUEXT_COPY_PAGE:
		return op_copy(d, mfn, mfn_make(op->arg2.src_mfn));
	case MMUEXT_NEW_BASEPTR:
		return pv_root_set_kernel(v, mfn);
	case MMUEXT_NEW_USER_BASEPTR:
		return pv_root_set_user(v, mfn);
	case MMUEXT_TLB_FLUSH_LOCAL:
		COUNT_FOR(v, tlb_flushes, 1);
		arch_tlb_flush_local();
		return 0;
	case MMUEXT_INVLPG_LOCAL:
		COUNT_FOR(v, tlb_page_flushes, 1);
		arch_tlb_flush_va_local(op->arg1.linear_addr);
		return 0;
	case MMUEXT_TLB_FLUSH_MULTI:
	case MMUEXT_INVLPG_MULTI:
	case MMUEXT_TLB_FLUSH_ALL:
	case MMUEXT_INVLPG_ALL:
		return op_flush(op);
	case MMUEXT_FLUSH_CACHE:
	case MMUEXT_FLUSH_CACHE_GLOBAL:
		return op_cache(d);
	case MMUEXT_SET_LDT:
		return pv_ldt_set(v, op->arg1.linear_addr, op->arg2.nr_ents);
	case MMUEXT_MARK_SUPER:
	case MMUEXT_UNMARK_SUPER:
		return -EOPNOTSUPP;
	default:
		return -ENOSYS;
	}
}

static int ext_all(struct domain *d, uint64_t ops, uint32_t count, uint32_t *done)
{
	struct vcpu *v = current_vcpu();
	struct mmuext_op op;
	int rc;

	while (*done < count) {
		if (guest_get(&op, ops + (uint64_t)*done * sizeof(op)))
			return -EFAULT;
		rc = ext_one(v, d, &op);
		if (rc)
			return rc;
		++*done;
		if (v->pt_pending.n || (*done < count && hypercall_preempt_check()))
			return -ERESTART;
	}
	return 0;
}

static NOINLINE int64_t ext_list(uint64_t ops, uint64_t count_arg, uint64_t pdone,
				 uint64_t foreigndom)
{
	uint32_t count = (uint32_t)count_arg & ~MMU_UPDATE_PREEMPTED, before = 0, done = 0;
	struct domain *d;
	int64_t rc;

	if (unlikely((uint32_t)count_arg & MMU_UPDATE_PREEMPTED) && pdone &&
	    copy_from_guest(&before, pdone, sizeof(before)))
		return -EFAULT;
	if (unlikely(pt_pending_finish(current_vcpu())))
		return hypercall_restart(HC_MMUEXT_OP, ops, count_arg, pdone, foreigndom, 0);
	rc = mmu_owner_get((domid_t)foreigndom, &d);
	if (rc)
		return rc;
	rc = ext_all(d, ops, count, &done);
	mmu_owner_put(d);
	before += done;
	if (pdone && guest_put(pdone, &before))
		return -EFAULT;
	if (rc != -ERESTART)
		return rc;
	return hypercall_restart(HC_MMUEXT_OP, ops + (uint64_t)done * sizeof(struct mmuext_op),
				 (count - done) | MMU_UPDATE_PREEMPTED, pdone, foreigndom, 0);
}

int64_t hc_mmuext_op(uint64_t ops, uint64_t count_arg, uint64_t pdone, uint64_t foreigndom,
		     UNUSED uint64_t unused)
{
	uint64_t op[2]; /* its command and first argument */

	/* Most calls are one flush on this CPU, which needs nothing of what the others do. */
	if (likely(!((count_arg ^ 1) | pdone | (foreigndom ^ DOMID_SELF))) &&
	    guest_words_get(op, ops, sizeof(op))) {
		if ((uint32_t)op[0] == MMUEXT_TLB_FLUSH_LOCAL) {
			COUNT_FOR(current_vcpu(), tlb_flushes, 1);
			arch_tlb_flush_local();
			return 0;
		}
		if ((uint32_t)op[0] == MMUEXT_INVLPG_LOCAL) {
			COUNT_FOR(current_vcpu(), tlb_page_flushes, 1);
			arch_tlb_flush_va_local(op[1]);
			return 0;
		}
	}
	return ext_list(ops, count_arg, pdone, foreigndom);
}
