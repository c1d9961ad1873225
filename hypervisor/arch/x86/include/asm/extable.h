/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exception table: if the instruction at @fault faults, go on at @fixup. */
#ifndef ASM_EXTABLE_H
#define ASM_EXTABLE_H

#ifdef __ASSEMBLY__
/* clang-format off */
.macro EXTABLE fault, fixup
	.pushsection .extable, "a"
	.quad \fault, \fixup
	.popsection
.endm
/* clang-format on */
#else
#define EXTABLE(fault, fixup)                                                                      \
	".pushsection .extable, \"a\"\n\t.quad " fault ", " fixup "\n\t.popsection\n\t"
#endif

#endif
