/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the boot loader to C: Multiboot headers, 32-bit entry without paging, long mode on boot
 * tables (first 4 GiB at 0 and in the direct map, image at its place), boot stack.
 */
#include <asm/desc.h>
#include <asm_defs.h>

#define IMAGE_VA 0xffff878000000000
#define PA(sym)	 ((sym) - IMAGE_VA)

#define MB1_MAGIC 0x1badb002
#define MB1_FLAGS 0x00010003 /* modules on pages, memory map, address fields below */
#define MB2_MAGIC 0xe85250d6

	.section .multiboot, "ax", @progbits
	.balign 8
mb1_header:
	.long MB1_MAGIC, MB1_FLAGS, -(MB1_MAGIC + MB1_FLAGS)
	.long PA(mb1_header), PA(image_start), PA(load_end), PA(image_end), PA(boot_entry)

	.balign 8
mb2_header:
	.long MB2_MAGIC, 0, mb2_end - mb2_header, -(MB2_MAGIC + (mb2_end - mb2_header))
	/* entry address */
	.short 3, 0
	.long 12, PA(boot_entry)
	.balign 8
	/* modules on page boundaries */
	.short 6, 0
	.long 8
	.short 0, 0
	.long 8
mb2_end:

	.section .text.boot, "ax", @progbits
	.code32
	.globl boot_entry
	.type boot_entry, @function
boot_entry:
	cli
	cld
	movl	%eax, %ebp		/* loader's magic */
	movl	%ebx, %esi		/* its information */
	movl	$PA(boot_stack_end), %esp

	movl	$0x80000000, %eax
	cpuid
	cmpl	$0x80000001, %eax
	jb	no_long_mode
	movl	$0x80000001, %eax
	cpuid
	testl	$(1 << 29), %edx
	jz	no_long_mode

	/* boot_l2: 2048 pages of 2 MiB */
	movl	$PA(boot_l2), %edi
	movl	$0x83, %eax
1:	movl	%eax, (%edi)
	movl	$0, 4(%edi)
	addl	$8, %edi
	addl	$0x200000, %eax
	jnc	1b

	movl	$PA(boot_l4), %eax
	movl	%eax, %cr3
	movl	$0x20, %eax		/* PAE */
	movl	%eax, %cr4
	movl	$0xc0000080, %ecx
	rdmsr
	orl	$0x100, %eax		/* LME */
	wrmsr
	movl	$0x80010001, %eax	/* PG WP PE */
	movl	%eax, %cr0
	lgdt	PA(boot_gdt_ptr)
	ljmp	$8, $PA(boot_64)

/* COM1 as firmware left it, for the screen may be a frame buffer. */
no_long_mode:
	movl	$PA(no_long_mode_text), %esi
	movw	$0x3f8, %dx
1:	lodsb
	testb	%al, %al
	jz	2f
	outb	%al, %dx
	jmp	1b
2:	hlt
	jmp	2b
no_long_mode_text:
	.asciz	"Pavise needs a 64-bit x86 processor.\r\n"

/* In long mode on the boot tables, the further CPUs too (trampoline.S): to C as smp.c says. */
	.code64
	.globl boot_64
boot_64:
	movabsq	$boot_high, %rax
	jmp	*%rax
boot_high:
	movl	$16, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	xorl	%eax, %eax
	movl	%eax, %fs
	movl	%eax, %gs
	movq	boot_root(%rip), %rax
	movq	%rax, %cr3
	movq	boot_stack_top(%rip), %rsp
	movl	%ebp, %edi
	movl	%esi, %esi
	xorl	%ebp, %ebp
	call	*boot_function(%rip)
	ud2

/* void stack_switch(void *top, void (*fn)(void)): never comes back. */
	.text
	.globl stack_switch
	.type stack_switch, @function
stack_switch:
	movq	%rdi, %rsp
	andq	$-16, %rsp		/* the ABI's, which library code relies on */
	xorl	%ebp, %ebp
	call	*%rsi
	ud2

	.section .data.boot, "aw", @progbits
	.balign 8
	.globl boot_root, boot_stack_top, boot_function
boot_root:
	.quad PA(boot_l4)
boot_stack_top:
	.quad boot_stack_info
boot_function:
	.quad boot_main

	.globl boot_gdt, boot_gdt_ptr
boot_gdt:
	.quad 0
	.quad 0x00af9b000000ffff	/* 8: code64 */
	.quad 0x00cf93000000ffff	/* 16: data */
boot_gdt_end:
boot_gdt_ptr:
	.word boot_gdt_end - boot_gdt - 1
	.quad PA(boot_gdt)

	.balign 4096
	.globl boot_l4
boot_l4:
	.quad PA(boot_l3) + 3
	.fill 257, 8, 0
	.quad PA(boot_l3) + 3		/* slot 258: the direct map's begin */
	.fill 12, 8, 0
	.quad PA(boot_l3) + 3		/* slot 271: the image */
	.fill 240, 8, 0
boot_l3:
	.quad PA(boot_l2) + 0x0003, PA(boot_l2) + 0x1003, PA(boot_l2) + 0x2003, PA(boot_l2) + 0x3003
	.fill 508, 8, 0

	/* Aligned at its size by image.lds: here that would move segments in the file. */
	.section .bss.boot_stack, "aw", @nobits
	.globl boot_stack, boot_stack_info
boot_stack:
	.skip 32768 - CPU_INFO_SIZE
boot_stack_info:
	.skip CPU_INFO_SIZE
boot_stack_end:
	.section .bss.page_aligned, "aw", @nobits
	.balign 4096
boot_l2:
	.skip 4 * 4096

	.section .note.GNU-stack, "", @progbits
