/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest's ways in and out. Four of them never leave this file: system call of a guest user,
 * iret hypercall, page-fault bounce, and a hypercall but for its handler (pv/README.md has the
 * budgets). Whatever is not the common case saves all registers and goes to C.
 *
 * Rules here: interrupts are off but around a handler; GS is the guest's; rsp points into
 * cpu_info.guest_regs, at the lowest member saved so far. Guest memory is touched only by
 * instructions with an EXTABLE entry, at addresses checked to be outside the hypervisor's range. A
 * fast path changes no vCPU state before its last access to guest memory, except the root.
 */
#include <asm/desc.h>
#include <asm/extable.h>
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
#define TRAP_PF	     (14 * 16)

#define REGS_SYSCALL 0x100

	.section .text.entry, "ax", @progbits

/* ---- the page each CPU maps at WINDOW_STUB: its own stack is at a fixed distance ---- */

#define STUB_RSP (entry_stub_page + STUB_TO_GUEST_RSP)

	.balign 4096
	.globl entry_stub_page
entry_stub_page:
	movq	%rsp, STUB_RSP(%rip)
	leaq	STUB_RSP(%rip), %rsp
	jmp	*stub_syscall64(%rip)
	.balign 16
	.globl entry_stub_compat
entry_stub_compat:
	movq	%rsp, STUB_RSP(%rip)
	leaq	STUB_RSP(%rip), %rsp
	jmp	*stub_syscall32(%rip)
	.balign 8
stub_syscall64:
	.quad	entry_syscall
stub_syscall32:
	.quad	entry_syscall_compat
	.balign 4096, 0xcc

/* ---- saving ---- */

/* All but what the CPU pushed and the error code; rsp at error_code on entry. */
.macro SAVE_GPRS
	pushq	%rdi
	pushq	%rsi
	pushq	%rdx
	pushq	%rcx
	pushq	%rax
	pushq	%r8
	pushq	%r9
	pushq	%r10
	pushq	%r11
	pushq	%rbx
	pushq	%rbp
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
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
	popq	%r9
	popq	%r8
	popq	%rax
	popq	%rcx
	popq	%rdx
	popq	%rsi
	popq	%rdi
.endm

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
	movq	CPU(current), %r11
	cmpb	$0, VCPU_in_kernel(%r11)
	je	user_syscall
	cmpl	$HC_IRET, %eax
	je	hypercall_iret
hypercall:
	movq	$SEL_GUEST_DS, O(ss)
	pushq	$0
	movl	$REGS_SYSCALL, 4(%rsp)
	pushq	%rdi
	pushq	%rsi
	pushq	%rdx
	pushq	%rcx
	pushq	%rax
	pushq	%r8
	pushq	%r9
	pushq	%r10
	pushq	(REGS_rflags - REGS_r10)(%rsp)
	pushq	%rbx
	pushq	%rbp
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	movq	%r11, %rbx
	sti
	cmpq	$HC_COUNT, %rax
	jae	no_hypercall
	movq	%r10, %rcx
	leaq	hypercall_table(%rip), %r11
	call	*(%r11,%rax,8)
hypercall_done:
	movq	%rax, REGS_rax(%rsp)
	cli

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
	RESTORE_GPRS
	movq	(REGS_rip - REGS_error_code)(%rsp), %rcx
	movq	(REGS_rflags - REGS_error_code)(%rsp), %r11
	movq	(REGS_rsp - REGS_error_code)(%rsp), %rsp
	sysretq

leave_iret:
	RESTORE_GPRS
	addq	$8, %rsp
guest_iretq:
	iretq
	EXTABLE guest_iretq, iret_fault

no_hypercall:
	movq	$-38, %rax /* ENOSYS */
	jmp	hypercall_done

entry_work:
	movq	%rsp, %rdi
	call	guest_exit_work
	movq	CPU_current(%rsp), %rbx
	jmp	entry_leave

/* The final IRET refused the frame: all registers are the guest's, rsp at guest_regs.rip. */
iret_fault:
	pushq	$0
	SAVE_GPRS
	movq	%rsp, %rdi
	call	guest_iret_fault
	movq	CPU_current(%rsp), %rbx
	jmp	entry_return

/* ---- from the IDT, complete frame (stubs.S) ---- */

	.globl entry_from_guest
	.type entry_from_guest, @function
entry_from_guest:
	movq	CPU_current(%rsp), %rbx
	movq	%rsp, %rdi
	call	guest_trap
	cli
	jmp	entry_return

/* End of a CPU's start-up: to whatever the scheduler chooses, on an empty stack. */
	.globl arch_enter_guests
	.type arch_enter_guests, @function
arch_enter_guests:
	cli
	orq	$(STACK_BYTES - 1), %rsp
	subq	$(CPU_INFO_SIZE - 1), %rsp
	jmp	entry_work

/* ---- system call of a guest user: bounce to the kernel's syscall callback ---- */

	.balign 64
user_syscall:
	pushq	%rax		/* in the error code's place */
#undef O
#undef CPU
#define O(m) (REGS_##m - REGS_error_code)(%rsp)
	cmpb	$0, VCPU_syscall_masks(%r11)
	je	user_syscall_slow
	movq	VCPU_info(%r11), %rax
	cmpb	$0, INFO_mask(%rax)
	jne	user_syscall_slow
	movq	VCPU_kernel_sp(%r11), %rcx
	IF_HV_VA %rcx, %rax, %eax, user_syscall_slow
	movq	VCPU_cr3_kernel(%r11), %rax
	movq	%rax, %cr3
	andq	$-16, %rcx
	SMAP_STAC
sc1:	movq	$SEL_GUEST_DS, -8(%rcx)
	movq	O(rsp), %rax
sc2:	movq	%rax, -16(%rcx)
	movq	O(rflags), %rax
sc3:	movq	%rax, -24(%rcx)
sc4:	movq	%rax, -48(%rcx)
sc5:	movq	$SEL_GUEST_CS64, -32(%rcx)
	movq	O(rip), %rax
sc6:	movq	%rax, -40(%rcx)
sc7:	movq	%rax, -56(%rcx)
	SMAP_CLAC
	swapgs
	movb	$1, VCPU_in_kernel(%r11)
	movq	VCPU_info(%r11), %rax
	movb	$1, INFO_mask(%rax)
	subq	$56, %rcx
	movq	%rcx, O(rsp)
	movq	VCPU_syscall_eip(%r11), %rcx
	movl	O(rflags), %r11d
	andl	$~FLAGS_DROP, %r11d
	popq	%rax
	movq	(REGS_rsp - REGS_rip)(%rsp), %rsp
	sysretq

/* A store failed: back to the user's root, then as if the fast path had not been tried. */
user_syscall_fault:
	SMAP_CLAC
	movq	VCPU_cr3_user(%r11), %rax
	movq	%rax, %cr3
user_syscall_slow:
	popq	%rax
	movq	$SEL_GUEST_DS, (REGS_ss - REGS_rip)(%rsp)
	movq	(REGS_rip - REGS_rip)(%rsp), %rcx
	movq	(REGS_rflags - REGS_rip)(%rsp), %r11
syscall_slow:
	pushq	$0
	SAVE_GPRS
	movq	%rsp, %rdi
	call	guest_syscall
	movq	CPU_current(%rsp), %rbx
	jmp	entry_return

.irp n, 1, 2, 3, 4, 5, 6, 7
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
	.globl entry_sysenter
entry_sysenter:
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
	movq	%rsp, %rdi
	call	guest_sysenter
	movq	CPU_current(%rsp), %rbx
	jmp	entry_return

/* ---- iret hypercall: rax, rcx and r11 come from the frame, so they are free ---- */

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
	testl	$FLAG_IF, %eax
	jz	hypercall_iret_slow_ac
	andl	$~FLAGS_NO_IRET, %eax
	/* The place of guest_regs.rsp is still needed by the slow way: it is filled last. */
	movq	%rax, O(rflags)
	movq	VCPU_info(%r11), %rax
	cmpb	$0, INFO_pending(%rax)
	jne	hypercall_iret_slow_ac
	cmpl	$0, VCPU_nmi_pending(%r11)	/* or one of them blocked */
	jne	hypercall_iret_slow_ac
ir3:	movzwl	64(%rcx), %eax
	orl	$3, %eax
	movq	%rax, O(ss)
ir4:	movq	8(%rcx), %rax
	movq	%rax, O(r11)
ir5:	movq	16(%rcx), %rax
	movq	%rax, O(rcx)
ir6:	movq	(%rcx), %rax
	movq	%rax, O(rax)
ir7:	movzwl	40(%rcx), %eax
	movl	%eax, O(cs)
ir8:	movq	32(%rcx), %rax
	movq	%rax, O(rip)
ir9:	movq	56(%rcx), %rax
	SMAP_CLAC
	movl	O(cs), %ecx
	andl	$3, %ecx
	cmpl	$3, %ecx
	jne	1f
	movq	VCPU_cr3_user(%r11), %rcx
	testq	%rcx, %rcx
	jz	hypercall_iret_bad
	movq	%rax, O(rsp)
	movq	%rcx, %cr3
	swapgs
	movb	$0, VCPU_in_kernel(%r11)
	movq	VCPU_info(%r11), %rax
	movb	$0, INFO_mask(%rax)
	movq	O(rax), %rax
	movq	O(rcx), %rcx
	movq	O(r11), %r11
	jmp	guest_iretq
1:	orl	$3, O(cs)
	movq	%rax, O(rsp)
	movq	VCPU_info(%r11), %rax
	movb	$0, INFO_mask(%rax)
	movq	O(rax), %rax
	movq	O(rcx), %rcx
	movq	O(r11), %r11
	jmp	guest_iretq

hypercall_iret_slow_ac:
	SMAP_CLAC
/* guest_regs.rsp is as it was; what else was written here the C side reads again. */
hypercall_iret_slow:
hypercall_iret_bad:
	movl	$HC_IRET, %eax
	movq	$SEL_GUEST_CS64, O(cs)
	movq	$FLAG_IF, O(rflags)
	xorl	%ecx, %ecx
	jmp	hypercall

.irp n, 1, 2, 3, 4, 5, 6, 7, 8, 9
	EXTABLE ir\n, hypercall_iret_slow_ac
.endr

/* ---- page fault of a guest: most go straight to its handler ---- */

#undef O
#define O(m) (REGS_##m - REGS_r9)(%rsp)

	.balign 64
	.globl entry_page_fault
	.type entry_page_fault, @function
entry_page_fault:
	testb	$3, (REGS_cs - REGS_error_code)(%rsp)
	jz	page_fault_in_hv
	pushq	%rdi
	pushq	%rsi
	pushq	%rdx
	pushq	%rcx
	pushq	%rax
	pushq	%r8
	pushq	%r9
	movq	(CPU_current - REGS_r9)(%rsp), %rdx
	movl	O(error_code), %r9d
	movl	%r9d, %eax
	andl	$(PF_P | PF_US | PF_RSVD), %eax
	cmpl	$PF_US, %eax
	je	1f
	cmpl	$(PF_P | PF_US), %eax
	jne	page_fault_slow
	cmpb	$0, VCPU_in_kernel(%rdx)
	jne	page_fault_slow		/* a page table written, or a stale entry */
1:	movq	VCPU_traps(%rdx), %rsi
	testb	$4, (TRAP_PF + 1)(%rsi)
	jz	page_fault_slow		/* no handler, or one that lets events in */
	movl	O(cs), %r8d
	movq	VCPU_kernel_sp(%rdx), %rcx
	cmpb	$0, VCPU_in_kernel(%rdx)
	je	1f
	andl	$~PF_US, %r9d
	andl	$0xfffc, %r8d
	movq	O(rsp), %rcx
1:	IF_HV_VA %rcx, %rax, %eax, page_fault_slow
	movq	%cr2, %rax
	movq	VCPU_info(%rdx), %rdi
	movq	%rax, INFO_cr2(%rdi)
	cmpb	$0, VCPU_in_kernel(%rdx)
	jne	1f
	movq	VCPU_cr3_kernel(%rdx), %rax
	movq	%rax, %cr3
1:	andq	$-16, %rcx
	SMAP_STAC
	movq	O(ss), %rax
pf1:	movq	%rax, -8(%rcx)
	movq	O(rsp), %rax
pf2:	movq	%rax, -16(%rcx)
	movl	O(rflags), %eax
	cmpb	$0, INFO_mask(%rdi)
	je	1f
	andl	$~FLAG_IF, %eax
1:
pf3:	movq	%rax, -24(%rcx)
pf4:	movl	%r8d, -32(%rcx)
	movzbl	INFO_mask(%rdi), %eax
pf5:	movl	%eax, -28(%rcx)
	movq	O(rip), %rax
pf6:	movq	%rax, -40(%rcx)
pf7:	movq	%r9, -48(%rcx)
pf8:	movq	%r11, -56(%rcx)
	movq	O(rcx), %rax
pf9:	movq	%rax, -64(%rcx)
	SMAP_CLAC
	movb	$1, INFO_mask(%rdi)
	cmpb	$0, VCPU_in_kernel(%rdx)
	jne	1f
	swapgs
	movb	$1, VCPU_in_kernel(%rdx)
1:	subq	$64, %rcx
	movq	%rcx, O(rsp)
	movl	O(rflags), %r11d
	andl	$~FLAGS_DROP, %r11d
	movq	(TRAP_PF + 8)(%rsi), %rcx
	popq	%r9
	popq	%r8
	popq	%rax
	addq	$8, %rsp
	popq	%rdx
	popq	%rsi
	popq	%rdi
	movq	(REGS_rsp - REGS_error_code)(%rsp), %rsp
	sysretq

page_fault_in_hv:
	jmp	*(stub_table + 14 * 8)(%rip)

page_fault_store_failed:
	SMAP_CLAC
	movq	INFO_cr2(%rdi), %rax	/* CR2 is the store's now */
	movq	%rax, %cr2
	cmpb	$0, VCPU_in_kernel(%rdx)
	jne	page_fault_slow
	movq	VCPU_cr3_user(%rdx), %rax
	movq	%rax, %cr3
page_fault_slow:
	movl	$14, O(vector)
	popq	%r9
	popq	%r8
	popq	%rax
	popq	%rcx
	popq	%rdx
	popq	%rsi
	popq	%rdi
	SAVE_GPRS
	jmp	entry_from_guest

.irp n, 1, 2, 3, 4, 5, 6, 7, 8, 9
	EXTABLE pf\n, page_fault_store_failed
.endr

	.section .note.GNU-stack, "", @progbits
