/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The seam to the MMU: address translation of the hypervisor's own view, flushes, root loads. */
#ifndef ARCH_MMU_H
#define ARCH_MMU_H

#include <hv/types.h>

struct page;

/*
 * Direct map. Valid for every RAM frame; two-way. On x86 plain arithmetic on DIRECTMAP_VA, on
 * the host an offset into the byte array that stands for RAM (asm/directmap.h has the inlines
 * frame_virt(mfn) and virt_frame(va)).
 */
#include <asm/directmap.h>

/*
 * Local flushes, interrupts any. The first drops every entry of guest addresses on this CPU:
 * global ones, those of other PCIDs and the paging-structure caches too; it calls
 * tlb_note_flush() just before. The second drops one address in the kernel and the user root's
 * entries alike.
 */
void arch_tlb_flush_local(void);
void arch_tlb_flush_va_local(uint64_t va);
/*
 * The current vCPU's kernel root changed while it is in kernel mode: load v->cr3_kernel. A full
 * flush as above, tlb_note_flush() included.
 */
struct vcpu;
void arch_root_load(struct vcpu *v);
/*
 * The current vCPU, in kernel mode, has another user root: nothing that came by the old one's
 * tables may be used after the next load of v->cr3_user. Global entries may stay.
 */
void arch_user_root_changed(void);
/*
 * A CPU may keep copies of its loaded vCPU's root entries, and of where its vcpu_info and trap
 * table are. The first: those of the domain's vCPUs have changed; no CPU uses an old copy any more
 * when it returns. Interrupts on, as for arch_call_cpus(). The second: SOFTIRQ_ROOTS' work.
 */
struct domain;
void arch_roots_stale(struct domain *d);
void arch_roots_refresh(void);
/*
 * What vcpu.cr3_kernel and vcpu.cr3_user have besides the root's address: the mode's PCID and "keep
 * its entries", or 0. Set before there is a vCPU.
 */
extern uint64_t arch_cr3_kernel_bits, arch_cr3_user_bits;
/* Run fn on every CPU of @mask but this one and wait; interrupts must be on. */
struct cpumask;
void arch_call_cpus(const struct cpumask *mask, void (*fn)(void *), void *arg);

/*
 * Boot only, before the heap: back the frame table (struct page, 32 bytes a frame, zeroed) and the
 * M2P (8 bytes a frame, all ones) for frames [start, end). Called once for each range of RAM,
 * rising; neighbours may share backing. Panics without memory. Afterwards page records are at
 * FRAME_TABLE_VA + 32 * mfn, and M2P entries are at M2P_VA + 8 * mfn for guests to read, and
 * at M2P_RW_VA + 8 * mfn for us (with SMAP on we cannot read what guests can).
 */
void arch_map_frame_records(mfn_t start, mfn_t end);
/* The same: the 2^16 records from @from on, which never change, are also those from @hole on. */
void arch_alias_frame_records(mfn_t hole, mfn_t from);
/* The frame that backs the M2P's 4 KiB at M2P_VA + @i * 4096 (512 entries); MFN_INVALID: none. */
mfn_t arch_m2p_frame(uint64_t i);

/*
 * Map device memory uncached (or write-back when @wb, for firmware tables): a hypervisor address,
 * or NULL when the window is full. Stays for good; a range that lies in an earlier one of the same
 * kind gets that one's address. Boot and control paths only.
 */
void *arch_ioremap(paddr_t pa, size_t len, bool wb);

/* Write the sixteen hypervisor slots into a guest's L4 at @l4, slot 256 (M2P) included. */
void arch_fill_hv_slots(uint64_t *l4);
/* The entry of slot 256, which kernel roots have and user roots lack. */
uint64_t arch_m2p_slot(void);

/* Bits of a physical address this CPU has (MAXPHYADDR). */
extern unsigned arch_phys_bits;
/* Write back and drop the frame's cache lines on all CPUs' behalf; and all caches of this CPU. */
void arch_cache_flush_frame(mfn_t mfn);
void arch_cache_flush_all(void);
/* Machine address of the root that maps nothing but the hypervisor (idle, boot). */
paddr_t arch_idle_root(void);

#endif
