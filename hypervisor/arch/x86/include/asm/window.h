/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The per-CPU window of addresses (vaspace.h): set-up, and changes to this CPU's own entries. */
#ifndef ASM_WINDOW_H
#define ASM_WINDOW_H

#include <asm/msr.h>
#include <asm/pte.h>
#include <hv/cpu.h>
#include <hv/vaspace.h>

#define WINDOW_BASE(cpu) (PERCPU_VA + (uint64_t)(cpu)*PERCPU_WINDOW_SIZE)

/* Stack pages of a window, from the lowest. */
#define STACK_PAGE_NMI   0
#define STACK_PAGE_MC    1
#define STACK_PAGE_DB    2
#define STACK_PAGE_GUARD 3 /* not mapped */

/* Entries of a CPU's window: [i] maps WINDOW_BASE + i * 4 KiB. Each CPU changes only its own. */
extern uint64_t *window_ptes[HV_MAX_CPUS];

/* Map our frames of @cpu's window: GDT page, TSS, stack, entry stub. Boot CPU. */
void percpu_window_init(unsigned cpu);
/* Top of @cpu's stack, below its cpu_info. */
static inline struct cpu_info *window_cpu_info(unsigned cpu)
{
	return (struct cpu_info *)(WINDOW_BASE(cpu) + WINDOW_STACK + STACK_SIZE) - 1;
}

/*
 * Map or unmap a frame at @offset of this CPU's window, data only. Global, so that INVLPG reaches
 * the entry whatever PCID was loaded when it was made.
 */
static inline void window_map(uint32_t offset, mfn_t mfn, bool writable)
{
	window_ptes[this_cpu()][offset >> PAGE_SHIFT] = mfn.n << PAGE_SHIFT | PTE_P | PTE_A |
							PTE_D | PTE_G | PTE_NX |
							(writable ? PTE_RW : 0);
	invlpg(WINDOW_BASE(this_cpu()) + offset);
}
static inline void window_unmap(uint32_t offset)
{
	window_ptes[this_cpu()][offset >> PAGE_SHIFT] = 0;
	invlpg(WINDOW_BASE(this_cpu()) + offset);
}

#endif
