/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SMAP brackets: three bytes of no-op that cpu_patch_text() turns into STAC or CLAC. */
#ifndef ASM_SMAP_H
#define ASM_SMAP_H

/* Site table: address, then the three bytes to put there. */
#define SMAP_SITE_TEXT(last)                                                                       \
	"771: .byte 0x0f, 0x1f, 0x00\n\t"                                                          \
	".pushsection .smap_sites, \"a\"\n\t"                                                      \
	".quad 771b\n\t.byte 0x0f, 0x01, " last "\n\t.balign 8\n\t.popsection\n\t"

#ifdef __ASSEMBLY__
/* clang-format off */
.macro SMAP_SITE last
771:	.byte 0x0f, 0x1f, 0x00
	.pushsection .smap_sites, "a"
	.quad 771b
	.byte 0x0f, 0x01, \last
	.balign 8
	.popsection
.endm
/* clang-format on */
#define SMAP_STAC SMAP_SITE 0xcb
#define SMAP_CLAC SMAP_SITE 0xca
#else
#define SMAP_STAC() __asm__ volatile(SMAP_SITE_TEXT("0xcb")::: "memory")
#define SMAP_CLAC() __asm__ volatile(SMAP_SITE_TEXT("0xca")::: "memory")
#endif

#endif
