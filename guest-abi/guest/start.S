/* SPDX-License-Identifier: MIT */
/*
 * First instructions of a guest on this library, and the notes that tell a builder how to load it:
 * linked at 0xffffffff80100000, pseudo-physical 1 MiB; p2m and initrd behind the kernel.
 */
#include "abi/elfnote.h"
#include "guest-abi/guest/vcpu_area.h"

	.macro note_string type, text
	.pushsection .note.Xen, "a", @note
	.balign 4
	.long 4, 9f - 8f, \type
	.asciz "Xen"
8:	.asciz "\text"
9:	.balign 4
	.popsection
	.endm

	.macro note_quad type, value
	.pushsection .note.Xen, "a", @note
	.balign 4
	.long 4, 8, \type
	.asciz "Xen"
	.quad \value
	.popsection
	.endm

	note_string XEN_ELFNOTE_GUEST_OS, "pavise-guest"
	note_string XEN_ELFNOTE_XEN_VERSION, "xen-3.0"
	note_string XEN_ELFNOTE_LOADER, "generic"
	note_string XEN_ELFNOTE_FEATURES, "!writable_page_tables"
	note_quad XEN_ELFNOTE_VIRT_BASE, 0xffffffff80000000
	note_quad XEN_ELFNOTE_PADDR_OFFSET, 0
	note_quad XEN_ELFNOTE_ENTRY, guest_start
	note_quad XEN_ELFNOTE_HYPERCALL_PAGE, hypercall_page
	/* Fit to be the control domain as well (feature bit 11). */
	.pushsection .note.Xen, "a", @note
	.balign 4
	.long 4, 4, XEN_ELFNOTE_SUPPORTED_FEATURES
	.asciz "Xen"
	.long 0x801
	.popsection

	/* The next quadword of struct boot_first. */
	.set first_at, 0
	.macro keep reg
	mov %\reg, boot_first + first_at(%rip)
	.set first_at, first_at + 8
	.endm

	.section .text.start, "ax"
	.globl guest_start
guest_start:
	.irp r, r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi, rsp
	keep \r
	.endr
	lea vcpu_areas + VCPU_AREA_SIZE(%rip), %rsp
	pushfq
	pop %rax
	keep rax
	xor %eax, %eax
	.irp s, cs, ss, ds, es, fs, gs
	mov %\s, %eax
	keep rax
	.endr
	cld
	xor %ebp, %ebp
	mov %rsi, %rdi
	call guest_main
	xor %edi, %edi
	call guest_shutdown

	/* Filled by the builder; only tests call it, for the library uses SYSCALL directly. */
	.section .text.hypercall_page, "ax"
	.balign 4096
	.globl hypercall_page
hypercall_page:
	.skip 4096, 0xcc

	.section .data
	.balign 8
	.globl boot_first
boot_first:
	.skip BOOT_FIRST_SIZE

	.section .bss
	.balign VCPU_AREA_SIZE
	.globl vcpu_areas
vcpu_areas:
	.skip VCPU_AREA_SIZE * VCPU_MAX

	.section .note.GNU-stack, "", @progbits
