/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Narrow roots (`xpti=`): what guests run on where the CPU lets speculation read all that is mapped
 * (Meltdown). Each CPU has two, for guest kernel and guest user mode, with the guest's slots copied
 * from the vCPU's roots and, of the hypervisor, the text and data of the entry code, the CPU's
 * window (stack, descriptor tables, TSS, and its vCPU's record, vcpu_info and traps), and for the
 * kernel the M2P. They are a copy and so may be stale, like a TLB: arch_roots_stale() says when.
 */
#ifndef ASM_NARROW_H
#define ASM_NARROW_H

struct vcpu;

/* Choose the ways in and out; tables that all CPUs share. Boot CPU, after paging_init(). */
void narrow_init(void);
/* The two roots of @cpu, whose window is mapped. Nothing where they are not used. */
void narrow_cpu_init(unsigned cpu);
/* Copy the roots of the loaded vCPU @v anew. */
void narrow_refresh(struct vcpu *v);

#endif
