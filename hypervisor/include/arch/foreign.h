/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bracket around library code built for user space: stack canary at %fs:0x28, SSE usable. */
#ifndef ARCH_FOREIGN_H
#define ARCH_FOREIGN_H

/* Boot CPU only, before any guest ran; not nested. */
void arch_foreign_begin(void);
void arch_foreign_end(void);

#endif
