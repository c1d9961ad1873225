/* SPDX-License-Identifier: MIT */
/*
 * One entry per vector: bring the hypervisor's frame into the shape of struct trap_frame. rcx and
 * r11 lie on top of it, since SYSRET took their place on the way here.
 */
#include "abi/base.h"

#define TRAP_EVENT    256
#define TRAP_SYSCALL  257
#define TRAP_FAILSAFE 258
#define TRAP_SYSENTER 259

	.macro entry vector, has_error
	.balign 32
	pop %rcx
	pop %r11
	.if !\has_error
	push $0
	.endif
	movl $\vector, 4(%rsp)
	jmp trap_common
	.endm

	.text
	.balign 32
	.globl trap_entries
trap_entries:
	.set v, 0
	.rept 32
	.if v == 8 || (v >= 10 && v <= 14) || v == 17 || v == 21 || v == 29 || v == 30
	entry v, 1
	.else
	entry v, 0
	.endif
	.set v, v + 1
	.endr
	.globl trap_entry_0x80
	.balign 32
trap_entry_0x80:
	entry 0x80, 0
	.globl trap_entry_event
	.balign 32
trap_entry_event:
	entry TRAP_EVENT, 0
	.globl trap_entry_syscall
	.balign 32
trap_entry_syscall:
	entry TRAP_SYSCALL, 0
	.globl trap_entry_sysenter
	.balign 32
trap_entry_sysenter:
	entry TRAP_SYSENTER, 0

	.globl trap_entry_failsafe
	.balign 32
trap_entry_failsafe:
	pop %rcx
	pop %r11
	popq trap_failsafe_selectors(%rip)
	popq trap_failsafe_selectors + 8(%rip)
	popq trap_failsafe_selectors + 16(%rip)
	popq trap_failsafe_selectors + 24(%rip)
	push $0
	movl $TRAP_FAILSAFE, 4(%rsp)

trap_common:
	.irp r, rdi, rsi, rdx, rcx, rax, r8, r9, r10, r11, rbx, rbp, r12, r13, r14, r15
	push %\r
	.endr
	cld
	mov %rsp, %rdi
	mov %rsp, %rbp
	and $-16, %rsp
	call trap_dispatch
	mov %rbp, %rsp

	/*
	 * rsp: a struct trap_frame on a stack of its own. The iret hypercall wants rax, r11, rcx,
	 * flags.
	 */
trap_return:
	.irp r, r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi
	pop %\r
	.endr
	movq $0, (%rsp)
	push %rcx
	push %r11
	push %rax
	mov $HC_IRET, %eax
	syscall
	ud2

	/*
	 * void user_enter(const struct trap_frame *, uint64_t *rsp): to user mode; user_leave()
	 * comes back
	 */
	.globl user_enter
user_enter:
	.irp r, rbp, rbx, r12, r13, r14, r15
	push %\r
	.endr
	mov %rsp, (%rsi)
	mov %rdi, %rsi
	sub $168, %rsp
	mov %rsp, %rdi
	mov $21, %ecx
	cld
	rep movsq
	jmp trap_return

	/* void user_leave(uint64_t rsp): returns from user_enter() */
	.globl user_leave
user_leave:
	mov %rdi, %rsp
	.irp r, r15, r14, r13, r12, rbx, rbp
	pop %\r
	.endr
	ret

	/* First instruction of a further vCPU: rdi function, rsi argument, on its own stack. */
	.globl vcpu_begin
vcpu_begin:
	mov %rdi, %rax
	mov %rsi, %rdi
	xor %ebp, %ebp
	call *%rax
1:	call vcpu_stop
	jmp 1b

	.bss
	.balign 8
	.globl trap_failsafe_selectors
trap_failsafe_selectors:
	.skip 32

	.section .note.GNU-stack, "", @progbits
