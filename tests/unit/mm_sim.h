/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small machine for tests of the memory manager and the PV MMU: domains with frames and vCPUs on
 * the fake machine, TLBs that cache what a CPU walked, and a recount of every reference.
 */
#ifndef MM_SIM_H
#define MM_SIM_H

#include <hv/cpu.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/heap.h>
#include <hv/hypercall.h>
#include <hv/m2p.h>
#include <hv/page.h>
#include <hv/pt_write.h>
#include <hv/pv_mmu.h>
#include <hv/tlb.h>
#include "host.h"

#define SIM_FRAMES 2048ul
#define SIM_CPUS   2

#define P_RW       (PTE_PRESENT | PTE_RW)
#define P_RO       PTE_PRESENT
#define P_URW      (PTE_PRESENT | PTE_RW | PTE_USER)

void sim_start(void);
/* All domains end; aborts if any frame or reference is left. */
void sim_stop(void);
/* A domain with a vCPU on each CPU; id 0 is the control domain. */
struct domain *sim_domain(domid_t id);
/* The vCPU is current on its CPU (its id) from now on. */
void sim_run(struct vcpu *v);
/* A fresh frame of @d. */
mfn_t sim_frame(struct domain *d);

static inline uint64_t *sim_table(mfn_t mfn)
{
	return frame_virt(mfn);
}
static inline uint64_t sim_pte(mfn_t mfn, uint64_t bits)
{
	return mfn_to_paddr(mfn).a | bits;
}
static inline uint64_t sim_type(mfn_t mfn)
{
	return page_of(mfn)->type & PGT_TYPE_MASK;
}
static inline uint64_t sim_type_count(mfn_t mfn)
{
	return page_of(mfn)->type & PGT_COUNT_MASK;
}
static inline uint64_t sim_count(mfn_t mfn)
{
	return page_of(mfn)->count & PGC_COUNT_MASK;
}

/*
 * Four tables over each other, unvalidated: t[3] the root ... t[0] an L1 at va 0, in slot 0 each.
 */
void sim_tree(struct domain *d, mfn_t t[4]);

/* The current vCPU touches @va: its CPU's TLB and paging-structure caches learn what is there. */
void sim_touch(uint64_t va, bool write);

/*
 * Recount all references from tables, pins and roots, and compare with the frames; look for
 * writable mappings of tables, in TLBs too. Aborts with a message.
 */
void sim_check(void);
/* If set: may @d, which is not in control, map this frame of another one? */
extern bool (*sim_may_map)(const struct domain *d, mfn_t mfn, bool write);

/* The last write to configuration space. */
struct sim_pci_write {
	unsigned reg, size;
	uint32_t value;
};
extern struct sim_pci_write sim_pci_write;

/* A hypercall with its restarts. */
int64_t sim_mmu_update(const struct mmu_update *reqs, uint32_t n, uint32_t foreigndom);
int64_t sim_mmuext(uint32_t cmd, uint64_t arg1, uint64_t arg2, uint32_t foreigndom);

#endif
