/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Handlers as short as the ABI allows, so that what is measured is the hypervisor's part. */
#include "abi/base.h"

	.macro return_by_iret
	push $0
	push %rcx
	push %r11
	push %rax
	mov $HC_IRET, %eax
	syscall
	.endm

	.text
	/* syscall from user mode: back at once */
	.globl bench_syscall
bench_syscall:
	pop %rcx
	pop %r11
	return_by_iret

	/* page fault: go on where r15 says */
	.globl bench_page_fault
bench_page_fault:
	pop %rcx
	pop %r11
	add $8, %rsp
	mov %r15, (%rsp)
	return_by_iret

	/* breakpoint: go on behind it */
	.globl bench_breakpoint
bench_breakpoint:
	pop %rcx
	pop %r11
	return_by_iret

	/* ud2 of user mode, which means "done": leave for the kernel context saved by bench_user */
	.globl bench_user_done
bench_user_done:
	mov saved_rsp(%rip), %rsp
	pop %r15
	pop %r14
	pop %r13
	pop %r12
	pop %rbx
	pop %rbp
	mov %rdi, %rax
	ret

	/* uint64_t bench_user(entry, stack, arg): run user code until its ud2; result is its rdi */
	.globl bench_user
bench_user:
	push %rbp
	push %rbx
	push %r12
	push %r13
	push %r14
	push %r15
	mov %rsp, saved_rsp(%rip)
	push $FLAT_RING3_SS64
	push %rsi
	push $0 /* IF clear: events stay masked, nobody would handle one */
	push $FLAT_RING3_CS64
	push %rdi
	mov %rdx, %rdi
	return_by_iret

	/* page of user code, mapped at USER_CODE: rdi = how often; measures syscalls */
	.balign 4096
	.globl bench_user_code
bench_user_code:
	mov %rdi, %rbx
	rdtsc
	shl $32, %rdx
	or %rax, %rdx
	mov %rdx, %r12
1:	syscall
	dec %rbx
	jnz 1b
	rdtsc
	shl $32, %rdx
	or %rax, %rdx
	sub %r12, %rdx
	mov %rdx, %rdi
	ud2
	.balign 4096

	.bss
	.balign 8
saved_rsp:
	.quad 0

	.section .note.GNU-stack, "", @progbits
