/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest's ways in and out. Five of them never leave this file: system call of a guest user,
 * iret hypercall, page-fault and breakpoint bounce, and a hypercall but for its handler
 * (pv/README.md has the budgets). What is not the common case saves all registers and goes to C.
 *
 * Rules here: interrupts are off but around a handler; GS is the guest's; rsp points into
 * cpu_info.guest_regs, at the lowest member saved so far. Guest memory is touched only by
 * instructions with an EXTABLE entry, at addresses checked to be outside the hypervisor's range.
 * What a fast path has changed of the vCPU before its last access to guest memory, it undoes.
 *
 * Assembled twice (asm/entry_variant.h): guests run with the hypervisor mapped, or on narrow roots.
 */
#include <asm/desc.h>
#include <asm/entry_variant.h>
#include <asm/extable.h>
#include <asm/gprs.h>
#include <asm/smap.h>
#include <asm_defs.h>

#define HC_IRET	     23
#define HC_COUNT     64
#define HV_VA_TAG    -16 /* address >> 43 of the hypervisor's range */
#define FLAG_IF	     0x200
/* AC VM RF NT IOPL TF: what a handler must not inherit. */
#define FLAGS_DROP   0x77100
/* VM and IOPL: what iret may not set. */
#define FLAGS_NO_IRET 0x23000
#define PF_P	     1
#define PF_US	     4
#define PF_RSVD	     8

#define REGS_SYSCALL 0x100
#define TRAP_MASKS   4 /* trap_info.flags */

	.section .text.entry, "ax", @progbits

/* ---- the page each CPU maps at WINDOW_STUB: its own stack is at a fixed distance ---- */

#define STUB_RSP (E(entry_stub_page) + STUB_TO_GUEST_RSP)

	.balign 4096
	.globl E(entry_stub_page)
E(entry_stub_page):
	movq	%rsp, STUB_RSP(%rip)
	leaq	STUB_RSP(%rip), %rsp
	jmp	*stub_syscall64(%rip)
	.balign 16
	.globl E(entry_stub_compat)
E(entry_stub_compat):
	movq	%rsp, STUB_RSP(%rip)
	leaq	STUB_RSP(%rip), %rsp
	jmp	*stub_syscall32(%rip)
	.balign 8
stub_syscall64:
	.quad	entry_syscall
stub_syscall32:
	.quad	entry_syscall_compat
	.balign 4096, 0xcc

/* Jump when @va is in the hypervisor's range; clobbers @tmp. */
.macro IF_HV_VA va, tmp, tmp32, target
	movq	\va, \tmp
	sarq	$43, \tmp
	cmpl	$HV_VA_TAG, \tmp32
	je	\target
.endm

/* ---- SYSCALL: rcx rip, r11 rflags, rsp at guest_regs.rsp which is set ---- */

#define O(m) (REGS_##m - REGS_rip)(%rsp)
#define CPU(m) (CPU_##m - REGS_rip)(%rsp)

	.balign 64
	.type entry_syscall, @function
entry_syscall:
	pushq	%r11
	pushq	$SEL_GUEST_CS64
	pushq	%rcx
	movq	CPU(self), %r11
	cmpb	$0, VCPU_in_kernel(%r11)
	je	user_syscall
	cmpl	hypercall_short(%rip), %eax
	je	hypercall_iret
/*
 * A handler finds in the frame what it may look at or change: rip to ss, and the registers that a C
 * call does not preserve. The others stay in the CPU, and get their places only when work waits.
 */
#undef O
#undef CPU
#define O(m) (REGS_##m - REGS_r11)(%rsp)
#define CPU(m) (CPU_##m - REGS_r11)(%rsp)

/* r11 is the vCPU. */
hypercall:
	movq	$SEL_GUEST_DS, (REGS_ss - REGS_rip)(%rsp)
	pushq	syscall_kind(%rip)
	PUSH_TO_R9
	pushq	%r10
	pushq	(REGS_rflags - REGS_r10)(%rsp)
	WIDEN_KERNEL REGS_r11
	sti
	cmpq	$HC_COUNT, %rax
	jae	no_hypercall
	incq	VCPU_hypercalls(%r11,%rax,8)
	movq	%r10, %rcx
	movq	hypercall_active(%rip), %r11
	call	*(%r11,%rax,8)
hypercall_done:
	cli
	/* As entry_return and entry_leave, for the frame as far as it is there. */
	movq	CPU(current), %rcx
	cmpl	$0, CPU(softirqs)
	jne	hypercall_work
	cmpw	$0, VCPU_nmi_pending(%rcx)
	jne	hypercall_work
	movq	VCPU_info(%rcx), %rdx
	movzwl	(%rdx), %edx
	decl	%edx
	cmpl	$0xfe, %edx
	jbe	hypercall_work
	testb	$REGS_SYSCALL >> 8, 1 + O(vector)
	jz	hypercall_iretq
	movq	O(rip), %rcx
	movq	%rcx, %rdx
	sarq	$47, %rdx
	incl	%edx
	jnz	hypercall_low		/* kernels run in the upper half */
hypercall_sysret:
	NARROW	REGS_r11, %r10, %r9
	movq	O(r10), %r10
	movq	O(r9), %r9
	movq	O(r8), %r8
	movq	O(rdx), %rdx
	movq	O(rsi), %rsi
	movq	O(rdi), %rdi
	movq	O(rflags), %r11
	movq	O(rsp), %rsp
	sysretq

.macro COMPLETE_FRAME
	movq	%rax, O(rax)
	PUSH_PRESERVED
.endm

hypercall_work:
	COMPLETE_FRAME
	jmp	entry_work
hypercall_low:
	decl	%edx
	jz	hypercall_sysret
hypercall_iretq:
	COMPLETE_FRAME
	jmp	leave_iret

no_hypercall:
	movq	$-38, %rax /* ENOSYS */
	jmp	hypercall_done

/*
 * Way out: interrupts off, rsp at guest_regs, rbx the current vCPU. An upcall is due when the two
 * bytes pending, mask are non-zero, zero.
 */
entry_return:
	cmpl	$0, CPU_softirqs(%rsp)
	jne	entry_work
	cmpw	$0, VCPU_nmi_pending(%rbx)
	jne	entry_work
	movq	VCPU_info(%rbx), %rax
	movzwl	(%rax), %eax
	decl	%eax
	cmpl	$0xfe, %eax
	jbe	entry_work
entry_leave:
	testb	$REGS_SYSCALL >> 8, (REGS_vector + 1)(%rsp)
	jz	leave_iret
	/* SYSRET to a non-canonical address would fault in ring 0 on the guest's stack. */
	movq	REGS_rip(%rsp), %rax
	sarq	$47, %rax
	incl	%eax
	cmpl	$1, %eax
	ja	leave_iret
	NARROW	0, %rcx, %rax
	RESTORE_GPRS
	movq	(REGS_rip - REGS_error_code)(%rsp), %rcx
	movq	(REGS_rflags - REGS_error_code)(%rsp), %r11
	movq	(REGS_rsp - REGS_error_code)(%rsp), %rsp
	sysretq

leave_iret:
	NARROW	0, %rcx, %rax
	RESTORE_GPRS
	addq	$8, %rsp
guest_iretq:
	iretq
	EXTABLE guest_iretq, iret_fault

entry_work:
	movq	%rsp, %rdi
	call	guest_exit_work
	movq	CPU_current(%rsp), %rbx
	jmp	entry_leave

/* The final IRET refused the frame: all registers are the guest's, rsp at guest_regs.rip. */
iret_fault:
	pushq	$0
	SAVE_GPRS
	WIDEN
	movq	%rsp, %rdi
	call	guest_iret_fault
	movq	CPU_current(%rsp), %rbx
	jmp	entry_return

/* ---- from the IDT, complete frame (stubs.S) ---- */

	.globl E(entry_from_guest)
	.type E(entry_from_guest), @function
E(entry_from_guest):
	WIDEN
	movq	CPU_current(%rsp), %rbx
	movq	%rsp, %rdi
	call	guest_trap
	cli
	jmp	entry_return

/* End of a CPU's start-up: to whatever the scheduler chooses, on an empty stack. */
	.globl E(entry_first)
	.type E(entry_first), @function
E(entry_first):
	cli
	orq	$(STACK_BYTES - 1), %rsp
	subq	$(CPU_INFO_SIZE - 1), %rsp
	jmp	entry_work

/* ---- system call of a guest user: bounce to the kernel's syscall callback ---- */

	.balign 64
user_syscall:
	pushq	%rax		/* in the places of the error code and rdi */
	pushq	%rdx
#undef O
#undef CPU
#define O(m) (REGS_##m - REGS_rdi)(%rsp)
#define CPU(m) (CPU_##m - REGS_rdi)(%rsp)
	cmpb	$0, VCPU_syscall_masks(%r11)
	je	user_syscall_open
2:	movq	VCPU_kernel_sp(%r11), %rcx
	IF_HV_VA %rcx, %rax, %eax, user_syscall_slow
	movq	%r11, %rdx
	ENTER_KERNEL
	movq	VCPU_kernel_sp(%r11), %rcx
	movq	VCPU_self_info(%r11), %rdx
	andq	$-16, %rcx
	SMAP_STAC
sc1:	movq	$SEL_GUEST_DS, -8(%rcx)
	movq	O(rsp), %rax
sc2:	movq	%rax, -16(%rcx)
sc3:	movq	$SEL_GUEST_CS64, -32(%rcx)
	movq	O(rip), %rax
sc4:	movq	%rax, -40(%rcx)
sc5:	movq	%rax, -56(%rcx)
	movq	O(rflags), %rax
sc6:	movq	%rax, -48(%rcx)
	cmpb	$0, INFO_mask(%rdx)
	jne	user_syscall_masked
sc7:	movq	%rax, -24(%rcx)
1:	SMAP_CLAC
	swapgs
	movb	$1, VCPU_in_kernel(%r11)
	movb	VCPU_syscall_masks(%r11), %al
	orb	%al, INFO_mask(%rdx)
	subq	$56, %rcx
	movq	%rcx, O(rsp)
	movq	VCPU_syscall_eip(%r11), %rcx
	movl	O(rflags), %r11d
	andl	$~FLAGS_DROP, %r11d
	popq	%rdx
	popq	%rax
	movq	(REGS_rsp - REGS_rip)(%rsp), %rsp
	sysretq

/* No callback, or one that lets events in: not with one to deliver. */
user_syscall_open:
	cmpq	$0, VCPU_syscall_eip(%r11)
	je	user_syscall_slow
	movq	VCPU_self_info(%r11), %rdx
	cmpb	$0, INFO_mask(%rdx)
	jne	2b
	cmpb	$0, INFO_pending(%rdx)
	je	2b
	jmp	user_syscall_slow

user_syscall_masked:
	andl	$~FLAG_IF, %eax
sc8:	movq	%rax, -24(%rcx)
	movzbl	INFO_mask(%rdx), %eax
sc9:	movl	%eax, -28(%rcx)
	jmp	1b

/* A store failed: back to the user's root, then as if the fast path had not been tried. */
user_syscall_fault:
	SMAP_CLAC
	movq	%r11, %rdx
	LEAVE_KERNEL
user_syscall_slow:
	popq	%rdx
	popq	%rax
	movq	$SEL_GUEST_DS, (REGS_ss - REGS_rip)(%rsp)
	movq	(REGS_rip - REGS_rip)(%rsp), %rcx
	movq	(REGS_rflags - REGS_rip)(%rsp), %r11
syscall_slow:
	pushq	$0
	SAVE_GPRS
	WIDEN
	movq	%rsp, %rdi
	call	guest_syscall
	movq	CPU_current(%rsp), %rbx
	jmp	entry_return

.irp n, 1, 2, 3, 4, 5, 6, 7, 8, 9
	EXTABLE sc\n, user_syscall_fault
.endr

/* ---- SYSCALL and SYSENTER of 32-bit code: rare, all in C ---- */

entry_syscall_compat:
	pushq	%r11
	pushq	$SEL_GUEST_CS32
	pushq	%rcx
	movq	$SEL_GUEST_DS, (REGS_ss - REGS_rip)(%rsp)
	jmp	syscall_slow

/* rsp at the end of guest_regs; the CPU keeps neither rip nor rsp, and NT and TF as they were. */
	.globl E(entry_sysenter)
E(entry_sysenter):
	pushq	$SEL_GUEST_DS
	pushq	$0
	pushfq
	orq	$FLAG_IF, (%rsp)
	pushq	$3
	pushq	$0
	pushq	$0
	popfq
	pushq	$0
	SAVE_GPRS
	WIDEN
	movq	%rsp, %rdi
	call	guest_sysenter
	movq	CPU_current(%rsp), %rbx
	jmp	entry_return

/*
 * ---- iret hypercall: rax, rcx and r11 come from the frame, so they are free ----
 *
 * rcx keeps the frame's address up to the last load, so that a fault of any can be told from it
 * where to start again.
 */

#undef O
#define O(m) (REGS_##m - REGS_rip)(%rsp)

	.balign 64
hypercall_iret:
	movq	O(rsp), %rcx
	IF_HV_VA %rcx, %rax, %eax, hypercall_iret_slow
	SMAP_STAC
ir1:	testl	$VGCF_IN_SYSCALL, 24(%rcx)
	jnz	hypercall_iret_slow_ac
ir2:	movl	48(%rcx), %eax
	movl	%eax, O(rflags)
	/* If it comes to the slow way, that sets the mask from the same place. */
	movq	VCPU_self_info(%r11), %rax
	testb	$FLAG_IF >> 8, 1 + O(rflags)
	setz	INFO_mask(%rax)
	cmpb	$0, INFO_pending(%rax)
	jne	hypercall_iret_pending
1:	cmpl	$0, VCPU_nmi_pending(%r11)	/* or one of them blocked */
	jne	hypercall_iret_slow_ac
	andl	$~FLAGS_NO_IRET, O(rflags)
	orl	$FLAG_IF, O(rflags)
ir3:	movzwl	64(%rcx), %eax
	orl	$3, %eax
	movq	%rax, O(ss)
ir4:	movq	32(%rcx), %rax
	movq	%rax, O(rip)
ir5:	movzwl	40(%rcx), %eax
	movl	%eax, O(cs)
	notl	%eax
	testb	$3, %al
	jz	hypercall_iret_user
	orl	$3, O(cs)
ir6:	movq	56(%rcx), %rax
	movq	%rax, O(rsp)
ir7:	movq	(%rcx), %rax
ir8:	movq	8(%rcx), %r11
ir9:	movq	16(%rcx), %rcx
	SMAP_CLAC
	jmp	guest_iretq

#undef O
#undef CPU
#define O(m) (REGS_##m - REGS_error_code)(%rsp)
#define CPU(m) (CPU_##m - REGS_error_code)(%rsp)

hypercall_iret_user:
	pushq	%rdx		/* in the error code's place */
	movq	%r11, %rdx
	cmpq	$0, USER_ROOT(%r11)
	je	hypercall_iret_no_user
ir10:	movq	56(%rcx), %rax
	movq	%rax, O(rsp)
ir11:	movq	(%rcx), %rax
ir12:	movq	8(%rcx), %r11
ir13:	movq	16(%rcx), %rcx
	SMAP_CLAC
	movb	$0, VCPU_in_kernel(%rdx)
	LEAVE_KERNEL
	popq	%rdx
	swapgs
	jmp	guest_iretq

hypercall_iret_pending:
	cmpb	$0, INFO_mask(%rax)
	jne	1b
	jmp	hypercall_iret_slow_ac

hypercall_iret_no_user:
	popq	%rdx

#undef O
#define O(m) (REGS_##m - REGS_rip)(%rsp)

hypercall_iret_slow_ac:
	SMAP_CLAC
	movq	%rcx, O(rsp)
/* What else was written here the C side reads again. */
hypercall_iret_slow:
	movq	(CPU_current - REGS_rip)(%rsp), %r11
	movl	$HC_IRET, %eax
	movq	$SEL_GUEST_CS64, O(cs)
	movq	$FLAG_IF, O(rflags)
	xorl	%ecx, %ecx
	jmp	hypercall

.irp n, 1, 2, 3, 4, 5, 6, 7, 8, 9
	EXTABLE ir\n, hypercall_iret_slow_ac
.endr
.irp n, 10, 11, 12, 13
	EXTABLE ir\n, hypercall_iret_no_user
.endr

/* ---- page faults and breakpoints of a guest: most go straight to its handler ---- */

#undef O
#undef CPU
#define O(m) (REGS_##m - REGS_r9)(%rsp)
#define CPU(m) (CPU_##m - REGS_r9)(%rsp)

.macro SAVE_SOME
	PUSH_TO_R9
	movq	CPU(self), %rdx
.endm

/*
 * Push the frame of @vector and go to its handler; what precedes has done SAVE_SOME, with rdx the
 * vCPU and, for a page fault, r9d the error code.
 */
.macro BOUNCE vector, slow
	movq	VCPU_self_traps(%rdx), %rsi
	testb	$TRAP_MASKS, (16 * \vector + 1)(%rsi)
	jz	bounce_open_\vector
2:	movl	O(cs), %r8d
	movq	VCPU_kernel_sp(%rdx), %rcx
	cmpb	$0, VCPU_in_kernel(%rdx)
	je	1f
	andl	$0xfffc, %r8d
	movq	O(rsp), %rcx
	.if	\vector == 14
	andl	$~PF_US, %r9d
	.endif
1:	IF_HV_VA %rcx, %rax, %eax, \slow
	movq	VCPU_self_info(%rdx), %rdi
	.if	\vector == 14
	movq	%cr2, %rax
	movq	%rax, INFO_cr2(%rdi)
	.endif
	cmpb	$0, VCPU_in_kernel(%rdx)
	jne	1f
	ENTER_KERNEL
	movq	VCPU_kernel_sp(%rdx), %rcx
1:	andq	$-16, %rcx
	SMAP_STAC
	movq	O(ss), %rax
b1_\vector:
	movq	%rax, -8(%rcx)
	movq	O(rsp), %rax
b2_\vector:
	movq	%rax, -16(%rcx)
	movl	O(rflags), %eax
	cmpb	$0, INFO_mask(%rdi)
	je	1f
	andl	$~FLAG_IF, %eax
1:
b3_\vector:
	movq	%rax, -24(%rcx)
b4_\vector:
	movl	%r8d, -32(%rcx)
	movzbl	INFO_mask(%rdi), %eax
b5_\vector:
	movl	%eax, -28(%rcx)
	movq	O(rip), %rax
b6_\vector:
	movq	%rax, -40(%rcx)
	subq	$56, %rcx
	.if	\vector == 14
	subq	$8, %rcx
b7_\vector:
	movq	%r9, 16(%rcx)
	.endif
b8_\vector:
	movq	%r11, 8(%rcx)
	movq	O(rcx), %rax
b9_\vector:
	movq	%rax, (%rcx)
	SMAP_CLAC
	testb	$TRAP_MASKS, (16 * \vector + 1)(%rsi)
	jz	1f
	movb	$1, INFO_mask(%rdi)
1:	cmpb	$0, VCPU_in_kernel(%rdx)
	jne	1f
	swapgs
	movb	$1, VCPU_in_kernel(%rdx)
1:	movq	%rcx, O(rsp)
	movl	O(rflags), %r11d
	andl	$~FLAGS_DROP, %r11d
	movq	(16 * \vector + 8)(%rsi), %rcx
	popq	%r9
	popq	%r8
	popq	%rax
	addq	$8, %rsp
	popq	%rdx
	popq	%rsi
	popq	%rdi
	movq	(REGS_rsp - REGS_error_code)(%rsp), %rsp
	sysretq

/* No handler, or one that lets events in: not with one to deliver. */
bounce_open_\vector:
	cmpq	$0, (16 * \vector + 8)(%rsi)
	je	\slow
	movq	VCPU_self_info(%rdx), %rdi
	cmpb	$0, INFO_mask(%rdi)
	jne	2b
	cmpb	$0, INFO_pending(%rdi)
	je	2b
	jmp	\slow

	.irp	at, 1_\vector, 2_\vector, 3_\vector, 4_\vector
	EXTABLE b\at, bounce_failed_\vector
	.endr
	.irp	at, 5_\vector, 6_\vector, 8_\vector, 9_\vector
	EXTABLE b\at, bounce_failed_\vector
	.endr
	.if	\vector == 14
	EXTABLE b7_\vector, bounce_failed_\vector
	.endif
.endm

/* A store failed: back to the root of before; rdx and rdi as in BOUNCE. */
.macro BOUNCE_UNDO slow
	SMAP_CLAC
	cmpb	$0, VCPU_in_kernel(%rdx)
	jne	\slow
	LEAVE_KERNEL
.endm

	.balign 64
	.globl E(entry_page_fault)
	.type E(entry_page_fault), @function
E(entry_page_fault):
	testb	$3, (REGS_cs - REGS_error_code)(%rsp)
	jz	page_fault_in_hv
	SAVE_SOME
	movl	O(error_code), %r9d
	movl	%r9d, %eax
	andl	$(PF_P | PF_US | PF_RSVD), %eax
	cmpl	$PF_US, %eax
	je	1f
	cmpl	$(PF_P | PF_US), %eax
	jne	page_fault_slow
	cmpb	$0, VCPU_in_kernel(%rdx)
	jne	page_fault_slow		/* a page table written, or a stale entry */
1:	movq	%cr2, %rax
	testq	%rax, %rax
	js	page_fault_slow		/* perhaps but the joint root lacks it */
	BOUNCE	14, page_fault_slow

page_fault_in_hv:
	jmp	*(E(stub_table) + 14 * 8)(%rip)

bounce_failed_14:
	movq	INFO_cr2(%rdi), %rax	/* CR2 is the store's now */
	movq	%rax, %cr2
	BOUNCE_UNDO page_fault_slow
page_fault_slow:
	movl	$14, O(vector)
	POP_FROM_R9
	SAVE_GPRS
	jmp	E(entry_from_guest)

	.balign 64
	.globl E(entry_breakpoint)
	.type E(entry_breakpoint), @function
E(entry_breakpoint):
	testb	$3, (REGS_cs - REGS_rip)(%rsp)
	jz	breakpoint_in_hv
	pushq	$0
	SAVE_SOME
	BOUNCE	3, breakpoint_slow

breakpoint_in_hv:
	jmp	*(E(stub_table) + 3 * 8)(%rip)

bounce_failed_3:
	BOUNCE_UNDO breakpoint_slow
breakpoint_slow:
	movl	$3, O(vector)
	POP_FROM_R9
	SAVE_GPRS
	jmp	E(entry_from_guest)

	.balign 8
syscall_kind:	/* error code 0; vector */
	.long	0, REGS_SYSCALL

	.section .note.GNU-stack, "", @progbits
