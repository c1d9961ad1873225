// SPDX-License-Identifier: GPL-2.0-or-later
/* The two roots of a vCPU, and reading its address space. */
#include <hv/cpu.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/pt.h>
#include <hv/pv_mmu.h>

static void put_root(uint64_t cr3)
{
	struct page *pg = page_of(pte_frame(cr3));
	int rc = page_put_type_preempt(pg);

	page_put(pg);
	if (rc)
		pt_pending_set(current_vcpu(), pg);
}

int pv_root_set_kernel(struct vcpu *v, mfn_t l4)
{
	uint64_t old = v->cr3_kernel;
	int rc;

	if (old && mfn_eq(pte_frame(old), l4))
		return 0;
	rc = page_get_and_type(l4, v->domain, PGT_L4);
	if (rc)
		return rc;
	((uint64_t *)frame_virt(l4))[HV_SLOT_FIRST] = arch_m2p_slot();
	v->roots_seen = 0;
	v->cr3_kernel = mfn_to_paddr(l4).a | arch_cr3_kernel_bits;
	/* The CPU must have left the old tables before they may become anything else. */
	if (v == current_vcpu())
		arch_root_load(v);
	if (old & PTE_ADDR_MASK)
		put_root(old);
	return 0;
}

int pv_root_set_user(struct vcpu *v, mfn_t l4)
{
	uint64_t old = v->cr3_user, new = 0;
	int rc;

	if (mfn_eq(pte_frame(old), l4))
		return 0;
	if (l4.n) {
		rc = page_get_and_type(l4, v->domain, PGT_L4);
		if (rc)
			return rc;
		/* User mode must not see the M2P; a root for both modes keeps it. */
		if (!mfn_eq(pte_frame(v->cr3_kernel), l4))
			((uint64_t *)frame_virt(l4))[HV_SLOT_FIRST] = 0;
		new = mfn_to_paddr(l4).a | arch_cr3_user_bits;
	}
	v->roots_seen = 0;
	v->cr3_user = new;
	if (v == current_vcpu())
		arch_user_root_changed();
	if (old & PTE_ADDR_MASK)
		put_root(old);
	return 0;
}

void pv_roots_drop(struct vcpu *v)
{
	uint64_t kernel = v->cr3_kernel, user = v->cr3_user;

	v->cr3_kernel = v->cr3_user = 0;
	v->roots_seen = 0;
	if (kernel)
		put_root(kernel);
	if (user)
		put_root(user);
}

int pv_walk(uint64_t va, uint64_t *pte)
{
	mfn_t l1;
	const uint64_t *slot = pt_find(current_vcpu()->cr3_kernel, va, &l1);

	if (!slot)
		return -EFAULT;
	*pte = __atomic_load_n(slot, __ATOMIC_RELAXED);
	return *pte & PTE_PRESENT ? 0 : -EFAULT;
}
