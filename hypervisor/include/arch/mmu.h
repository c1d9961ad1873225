/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The seam to the MMU: address translation of the hypervisor's own view, flushes, root loads. */
#ifndef ARCH_MMU_H
#define ARCH_MMU_H

#include <hv/types.h>

/*
 * Direct map. Valid for every RAM frame; two-way. On x86 plain arithmetic on DIRECTMAP_VA, on
 * the host an offset into the byte array that stands for RAM (asm/directmap.h has the inlines
 * frame_virt(mfn) and virt_frame(va)).
 */
#include <asm/directmap.h>

/* Local flushes. A root load with arch_root_load() counts as a full flush. Interrupts any. */
void arch_tlb_flush_local(void);
void arch_tlb_flush_va_local(uint64_t va);
/* Run fn on every CPU of @mask but this one and wait; interrupts must be on. */
struct cpumask;
void arch_call_cpus(const struct cpumask *mask, void (*fn)(void *), void *arg);

/*
 * Boot only, before the heap: back the frame table (struct page, 32 bytes a frame, zeroed) and the
 * M2P (8 bytes a frame, all ones) for frames [start, end). Called once for each range of RAM,
 * rising; neighbours may share backing. Panics without memory. Afterwards page records are at
 * FRAME_TABLE_VA + 32 * mfn, and M2P entries are read at M2P_VA + 8 * mfn (guests too) and written
 * at M2P_RW_VA + 8 * mfn.
 */
void arch_map_frame_records(mfn_t start, mfn_t end);

/*
 * Map device memory uncached (or write-back when @wb, for firmware tables): a hypervisor address,
 * or NULL when the window is full. Boot and control paths only.
 */
void *arch_ioremap(paddr_t pa, size_t len, bool wb);
/* Undo it; @va and @len as they were given and returned. */
void arch_iounmap(void *va, size_t len);

/* A frame that holds the sixteen hypervisor slots: copies them into a guest's L4 at @l4. */
void arch_fill_hv_slots(uint64_t *l4);
/* Machine address of the root that maps nothing but the hypervisor (idle, boot). */
paddr_t arch_idle_root(void);

#endif
