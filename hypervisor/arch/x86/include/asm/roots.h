/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The roots of the loaded vCPU. Guest user mode and guest kernel mode have one each, and a change
 * of mode loads the other's. Where there are no PCIDs to keep TLB entries meanwhile, both modes
 * use one `joint` root instead, if all that users have the kernel has, too: entering the kernel
 * makes its further slots present there, and only leaving it, when they go, loads CR3. A joint root
 * is the vCPU's own; it may be stale, like a TLB: arch_roots_stale() says when.
 */
#ifndef ASM_ROOTS_H
#define ASM_ROOTS_H

#include <hv/types.h>

struct vcpu;

/*
 * Load the root of @v in its present mode, or one without a guest (NULL), and drop all entries of
 * guest addresses. Interrupts off.
 */
void roots_load(struct vcpu *v);

/*
 * The current vCPU has faulted at @va. True: for want of something in a joint root; it is on the
 * modes' own ones now and shall try again. Interrupts off.
 */
bool roots_fault(uint64_t va);

/*
 * vcpu.root_enter: load the kernel root, or write the last ROOT_STEPS - n of vcpu.root_steps.
 * vcpu.root_leave: clear these and load vcpu.cr3_out. For assembly (roots_asm.S).
 */
void root_enter_own(void);
extern void (*const root_enter_at[])(void), (*const root_leave_at[])(void);

#endif
