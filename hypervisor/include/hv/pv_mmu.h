/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What other parts may ask of the PV MMU (pv/pt_*.c): everything that touches a guest's live page
 * tables goes through here.
 */
#ifndef HV_PV_MMU_H
#define HV_PV_MMU_H

#include <hv/page.h>

struct domain;
struct vcpu;
struct regs;

/*
 * Grant maps. The entry at @where (linear address of the current vCPU's kernel root, or machine
 * address of the PTE when @is_pte) becomes a mapping of @frame, which the caller has referenced
 * (existence, plus writable type when @writable); the old content's references are dropped.
 * @avail: software bits 9..11. -EINVAL: no L1 table there or not the domain's; the references
 * stay the caller's. On success they belong to the entry: if the guest overwrites it, or its table
 * goes, they are dropped there and then; only pt_grant_unmap() hands them back.
 */
int pt_grant_map(uint64_t where, bool is_pte, mfn_t frame, bool writable, bool user,
		 unsigned avail) MUST_CHECK;
/*
 * Clear the entry if it still maps @frame with that right (or, @new_va != 0, move the mapping of
 * @new_va there). The references are the caller's again, to drop after the TLBs of
 * domain.dirty_cpus were flushed. -EINVAL: the entry is something else, nothing to drop.
 */
int pt_grant_unmap(uint64_t where, bool is_pte, mfn_t frame, bool writable,
		   uint64_t new_va) MUST_CHECK;

/*
 * A guest's page fault, before it is bounced. True: handled (spurious after an upgrade, LDT/GDT
 * alias, a store to a page table or read-only MMIO emulated); retry the guest. @kernel: guest in
 * kernel mode.
 */
bool pv_mmu_fault(struct regs *regs, uint64_t va, uint32_t error_code, bool kernel);

/*
 * Take/leave a root for a vCPU: typed references on the L4 frame. -EINVAL, -ERESTART. Used by
 * MMUEXT_NEW_BASEPTR, contexts, dom0 builder. mfn 0 for the user root: none. The vCPU is current,
 * or its state is in no CPU (not even lazily loaded): the old root is given up.
 */
int pv_root_set_kernel(struct vcpu *v, mfn_t l4) MUST_CHECK;
int pv_root_set_user(struct vcpu *v, mfn_t l4) MUST_CHECK;
void pv_roots_drop(struct vcpu *v);

/* Linear to machine address by the current kernel root; read-only walk. -EFAULT: not mapped. */
int pv_walk(uint64_t va, uint64_t *pte) MUST_CHECK;

#endif
