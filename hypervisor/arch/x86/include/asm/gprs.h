/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The general registers of struct regs onto the stack and back, for assembly. */
#ifndef ASM_GPRS_H
#define ASM_GPRS_H

#ifdef __ASSEMBLY__
/* clang-format off */
/* Down to r9, from where error_code is. */
.macro PUSH_TO_R9
	pushq	%rdi
	pushq	%rsi
	pushq	%rdx
	pushq	%rcx
	pushq	%rax
	pushq	%r8
	pushq	%r9
.endm

.macro POP_FROM_R9
	popq	%r9
	popq	%r8
	popq	%rax
	popq	%rcx
	popq	%rdx
	popq	%rsi
	popq	%rdi
.endm

/* Those that a C call preserves, below r11. */
.macro PUSH_PRESERVED
	pushq	%rbx
	pushq	%rbp
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
.endm

/* rsp at error_code on entry: below what the CPU pushed. */
.macro SAVE_GPRS
	PUSH_TO_R9
	pushq	%r10
	pushq	%r11
	PUSH_PRESERVED
.endm

.macro RESTORE_GPRS
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
	popq	%r11
	popq	%r10
	POP_FROM_R9
.endm
/* clang-format on */
#endif

#endif
