/* SPDX-License-Identifier: MIT */
/*
 * First instructions of a guest on this library, and the notes that tell a builder how to load it:
 * linked at 0xffffffff80100000, pseudo-physical 1 MiB; p2m and initrd behind the kernel.
 */
#include "abi/elfnote.h"

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
	/* Fit to be the control domain as well (feature bit 11). */
	.pushsection .note.Xen, "a", @note
	.balign 4
	.long 4, 4, XEN_ELFNOTE_SUPPORTED_FEATURES
	.asciz "Xen"
	.long 0x801
	.popsection

	.section .text.start, "ax"
	.globl guest_start
guest_start:
	cld
	lea guest_stack_top(%rip), %rsp
	xor %ebp, %ebp
	mov %rsi, %rdi
	call guest_main
1:	ud2
	jmp 1b

	.section .bss
	.balign 4096
guest_stack:
	.skip 16384
guest_stack_top:

	.section .note.GNU-stack, "", @progbits
