/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stands in the table for every hypercall while the trace is on: its number is still in rax. */

	.section .text.entry, "ax", @progbits

	.globl traced_hypercall
	.type traced_hypercall, @function
traced_hypercall:
	pushq	%rax
	pushq	%rdi
	pushq	%rsi
	pushq	%rdx
	pushq	%rcx
	pushq	%r8
	subq	$8, %rsp
	movq	%r8, %r9
	movq	%rcx, %r8
	movq	%rdx, %rcx
	movq	%rsi, %rdx
	movq	%rdi, %rsi
	movq	%rax, %rdi
	call	trace_hypercall
	addq	$8, %rsp
	popq	%r8
	popq	%rcx
	popq	%rdx
	popq	%rsi
	popq	%rdi
	popq	%rax
	leaq	hypercall_table(%rip), %r11
	jmp	*(%r11,%rax,8)

	.section .note.GNU-stack, "", @progbits
