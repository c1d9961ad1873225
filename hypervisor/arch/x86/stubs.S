/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A stub for each vector: make the frame of struct regs, then to the hypervisor's handlers or, from
 * ring 3, to entry_from_guest (README.md, "Way in").
 */
#include <asm/desc.h>
#include <asm/entry_variant.h>
#include <asm/gprs.h>
#include <asm/smap.h>
#include <asm_defs.h>

	.section .text.entry, "ax", @progbits

/* Vectors where the CPU pushes an error code: 8, 10-14, 17, 21, 29, 30. */
#define ERROR_CODE_VECTORS 0x60227d00

.macro STUB vector
stub_\vector:
	.if (\vector) > 31 || !((ERROR_CODE_VECTORS >> ((\vector) & 31)) & 1)
	pushq	$0
	.endif
	movl	$\vector, 4(%rsp)
	.if (\vector) == 1 || (\vector) == 2 || (\vector) == 8 || (\vector) == 18
	jmp	enter_ist
	.else
	jmp	enter
	.endif
.endm

	.altmacro
	.set	i, 0
	.rept	256
	STUB	%i
	.set	i, i + 1
	.endr

	.balign 16
enter:
	SMAP_CLAC
	cld
	SAVE_GPRS
	testb	$3, REGS_cs(%rsp)
	jnz	E(entry_from_guest)
from_hv:
	/* A frame link, so that a dump goes on past the interruption. */
	pushq	$0
	pushq	8 + REGS_rip(%rsp)
	pushq	16 + REGS_rbp(%rsp)
	movq	%rsp, %rbp
	leaq	24(%rsp), %rdi
	cmpb	$0x20, REGS_vector(%rdi)
	jae	1f
	WIDEN_TRAP
	call	trap_from_hv
	NARROW_TRAP
	jmp	2f
1:	call	irq_dispatch
2:	addq	$24, %rsp
	RESTORE_GPRS
	addq	$8, %rsp
	iretq

/*
 * On an IST stack. From ring 3 the frame moves to the normal stack, for handling may take long and
 * a second one of the kind would overwrite it.
 */
	.balign 16
enter_ist:
	SMAP_CLAC
	cld
	testb	$3, 16(%rsp)
	jz	1f
	pushq	%rax
	pushq	%rcx
	movq	%rsp, %rcx
	orq	$0x7fff, %rcx
	leaq	1 - CPU_INFO_SIZE + REGS_SIZE(%rcx), %rcx	/* end of guest_regs */
	.irp	at, 40, 32, 24, 16, 8, 0	/* ss rsp rflags cs rip, error code */
	movq	16 + \at(%rsp), %rax
	movq	%rax, \at - 48(%rcx)
	.endr
	leaq	-48(%rcx), %rax
	popq	%rcx
	pushq	%rax
	movq	8(%rsp), %rax
	popq	%rsp
	jmp	2f
1:	SAVE_GPRS
	jmp	from_hv
2:	SAVE_GPRS
	jmp	E(entry_from_guest)

	.balign 8
	.globl E(stub_table)
E(stub_table):
	.set	i, 0
.macro ENTRY_OF n
	.quad	stub_\n
.endm
	.rept	256
	ENTRY_OF %i
	.set	i, i + 1
	.endr

	.section .note.GNU-stack, "", @progbits
