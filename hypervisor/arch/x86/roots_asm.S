/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From one of a guest's modes to the other, as far as roots go (asm/roots.h): rdx the vCPU, whose
 * root_enter and root_leave point into what is here. Entering changes rax and rcx, leaving rcx.
 */
#include <asm_defs.h>

#define SLOT(n)	 (VCPU_root_steps + (n) * 16)(%rdx)
#define ENTRY(n) (VCPU_root_steps + (n) * 16 + 8)(%rdx)

	.section .text.entry, "ax", @progbits
	.globl	root_enter_own
root_enter_own:
	movq	VCPU_cr3_kernel(%rdx), %rax
	movq	%rax, %cr3
	ret

.macro STEPS name
	.pushsection .rodata
	.globl	\name
	.balign 8
\name:
	.popsection
	.set	n, 0
	.rept	ROOT_STEPS
	.pushsection .rodata
	.quad	1f
	.popsection
1:	STEP_\name
	.set	n, n + 1
	.endr
	.pushsection .rodata
	.quad	1f
	.popsection
1:
.endm

/* The kernel's slots become present, which needs no flush. */
.macro STEP_root_enter_at
	movq	SLOT(n), %rcx
	movq	ENTRY(n), %rax
	movq	%rax, (%rcx)
.endm
	STEPS	root_enter_at
	ret

.macro STEP_root_leave_at
	movq	SLOT(n), %rcx
	movq	$0, (%rcx)
.endm
	STEPS	root_leave_at
	movq	VCPU_cr3_out(%rdx), %rcx
	movq	%rcx, %cr3
	ret

	.section .note.GNU-stack, "", @progbits
