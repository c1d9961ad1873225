/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What differs between the two ways in and out of the hypervisor (entry.S and stubs.S, assembled
 * twice). In the common one guests run on their own roots, with the hypervisor mapped. In the
 * other, `narrow` one they run on two roots of the CPU, where nearly nothing of it is (narrow.h);
 * what never leaves entry.S needs no more, all else goes to the vCPU's wide root and back.
 */
#ifndef ASM_ENTRY_VARIANT_H
#define ASM_ENTRY_VARIANT_H

#ifdef __ASSEMBLY__
#include <asm_defs.h>

#ifndef ENTRY_NARROW
/* clang-format off */

#define E(name)		   name
#define CPU_self	   CPU_current
#define VCPU_self_info	   VCPU_info
#define VCPU_self_traps	   VCPU_traps
#define USER_ROOT(vcpu)	   VCPU_cr3_user(vcpu)
/* From user to kernel mode, with rdx the vCPU; changes rax and rcx. */
#define ENTER_KERNEL	   call	*VCPU_root_enter(%rdx)
/* From kernel to user mode, with rdx the vCPU; may change it. */
#define LEAVE_KERNEL	   pushq %rcx; call *VCPU_root_leave(%rdx); popq %rcx

.macro WIDEN
.endm
.macro WIDEN_KERNEL at
.endm
.macro NARROW at, vcpu, root
.endm
.macro WIDEN_TRAP
.endm
.macro NARROW_TRAP
.endm

#else

#define E(name)		   name##_narrow
/* The vCPU, its vcpu_info and its traps where the CPU's window shows them. */
#define CPU_self	   CPU_window_vcpu
#define VCPU_self_info	   VCPU_window_info
#define VCPU_self_traps	   VCPU_window_traps
/* Of the CPU; CPU(member) is where entry.S uses it. */
#define USER_ROOT(vcpu)	   CPU(narrow_user)
#define ENTER_KERNEL	   movq	CPU(narrow_kernel), %rax; movq %rax, %cr3
#define LEAVE_KERNEL	   movq	CPU(narrow_user), %rdx; movq %rdx, %cr3

/* rsp at guest_regs, all registers saved. */
.macro WIDEN
	movq	CPU_window_vcpu(%rsp), %rcx
	movq	VCPU_cr3_user(%rcx), %rax
	cmpb	$0, VCPU_in_kernel(%rcx)
	cmovneq	VCPU_cr3_kernel(%rcx), %rax
	movq	%rax, %cr3
.endm

/* The guest's kernel calls; rsp at member @at, rcx free. */
.macro WIDEN_KERNEL at
	movq	(CPU_window_vcpu - \at)(%rsp), %rcx
	movq	VCPU_cr3_kernel(%rcx), %rcx
	movq	%rcx, %cr3
.endm

/* To the guest, in whatever mode it is; rsp at member @at, two registers free. */
.macro NARROW at, vcpu, root
	movq	(CPU_window_vcpu - \at)(%rsp), \vcpu
	movq	(CPU_narrow_user - \at)(%rsp), \root
	cmpb	$0, VCPU_in_kernel(\vcpu)
	cmovneq	(CPU_narrow_kernel - \at)(%rsp), \root
	movq	\root, %cr3
.endm

/*
 * A trap of the hypervisor may have come anywhere between the ways in and out. Its handler needs
 * nothing of the guest, so it gets the root without one; r12 keeps the other.
 */
.macro WIDEN_TRAP
	movq	%cr3, %r12
	movq	%rsp, %rax
	orq	$(STACK_BYTES - 1), %rax
	movq	(1 - CPU_INFO_SIZE + CPU_wide_idle)(%rax), %rax
	movq	%rax, %cr3
.endm
.macro NARROW_TRAP
	movq	%r12, %cr3
.endm

#endif
/* clang-format on */
#endif
#endif
