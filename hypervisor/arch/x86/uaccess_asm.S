/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The instructions that may fault on purpose. All return 0 in eax when they did. */
#include <asm/extable.h>
#include <asm/smap.h>

	.text

/* bool uaccess_copy(void *dst, const void *src, size_t n) */
	.globl uaccess_copy
	.type uaccess_copy, @function
uaccess_copy:
	movq	%rdx, %rcx
	shrq	$3, %rcx
	andl	$7, %edx
	SMAP_STAC
1:	rep movsq
	movl	%edx, %ecx
2:	rep movsb
	SMAP_CLAC
	movl	$1, %eax
	ret
	EXTABLE 1b, uaccess_failed
	EXTABLE 2b, uaccess_failed

/* bool uaccess_clear(void *dst, size_t n) */
	.globl uaccess_clear
	.type uaccess_clear, @function
uaccess_clear:
	movq	%rsi, %rcx
	xorl	%eax, %eax
	SMAP_STAC
3:	rep stosb
	SMAP_CLAC
	movl	$1, %eax
	ret
	EXTABLE 3b, uaccess_failed

uaccess_failed:
	SMAP_CLAC
	xorl	%eax, %eax
	ret

/* bool rdmsr_safe(uint32_t msr, uint64_t *value) */
	.globl rdmsr_safe
	.type rdmsr_safe, @function
rdmsr_safe:
	movl	%edi, %ecx
4:	rdmsr
	movl	%eax, (%rsi)
	movl	%edx, 4(%rsi)
	movl	$1, %eax
	ret
	EXTABLE 4b, msr_failed

/* bool wrmsr_safe(uint32_t msr, uint64_t value) */
	.globl wrmsr_safe
	.type wrmsr_safe, @function
wrmsr_safe:
	movl	%edi, %ecx
	movl	%esi, %eax
	movq	%rsi, %rdx
	shrq	$32, %rdx
5:	wrmsr
	movl	$1, %eax
	ret
	EXTABLE 5b, msr_failed

msr_failed:
	xorl	%eax, %eax
	ret

	.section .note.GNU-stack, "", @progbits
