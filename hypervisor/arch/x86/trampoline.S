/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where further CPUs start: a copy of [trampoline_start, trampoline_end) on a page below 1 MiB,
 * real mode. From there straight to long mode on the boot tables, where boot.S goes on.
 */
#define IMAGE_VA 0xffff878000000000
#define PA(sym)	 ((sym) - IMAGE_VA)

	.section .rodata.trampoline, "a", @progbits
	.code16
	.globl trampoline_start, trampoline_end
trampoline_start:
	cli
	cld
	movw	%cs, %ax
	movw	%ax, %ds
	movl	$PA(boot_l4), %eax
	movl	%eax, %cr3
	movl	$0x20, %eax		/* PAE */
	movl	%eax, %cr4
	movl	$0xc0000080, %ecx
	xorl	%edx, %edx
	movl	$0x901, %eax		/* NXE LME SCE */
	wrmsr
	lgdtl	trampoline_gdt - trampoline_start
	movl	$0x80010011, %eax	/* PG WP ET PE */
	movl	%eax, %cr0
	ljmpl	$8, $PA(boot_64)
trampoline_gdt:
	.word	23
	.long	PA(boot_gdt)
trampoline_end:

	.section .note.GNU-stack, "", @progbits
