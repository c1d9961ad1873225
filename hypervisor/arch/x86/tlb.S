/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Flush of one address, with one PCID or with two (README.md). */
#include <asm/extable.h>

	.text

/*
 * void arch_tlb_flush_va_local(uint64_t va)
 *
 * INVLPG drops global entries, and the present PCID's with all of its paging-structure entries.
 * With PCIDs the return becomes a no-op (cpu_patch_text) and the other PCID follows. INVPCID
 * refuses an address that is not canonical, where INVLPG does nothing: there is nothing to drop.
 */
	.globl arch_tlb_flush_va_local, tlb_va_done
	.type arch_tlb_flush_va_local, @function
arch_tlb_flush_va_local:
	invlpg	(%rdi)
tlb_va_done:
	ret
	movq	%cr3, %rax
	notl	%eax
	andl	$1, %eax
	pushq	%rdi
	pushq	%rax
	xorl	%ecx, %ecx	/* one address of one PCID */
1:	invpcid	(%rsp), %rcx
2:	addq	$16, %rsp
	ret
	EXTABLE 1b, 2b

	.section .note.GNU-stack, "", @progbits
