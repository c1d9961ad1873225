/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The seam to what a crash shows of the CPU. Any context. */
#ifndef ARCH_DUMP_H
#define ARCH_DUMP_H

#include <hv/regs.h>
#include <hv/types.h>

/* Log registers, control registers, and the stack by names from @regs on. */
void arch_dump_regs(const struct regs *regs);
/* The calling function's stack. */
void arch_dump_stack(void);
/* "name+0x12" of an address in the image's text; false when it is none. */
bool arch_symbol(uint64_t addr, char *buf, size_t size);

#endif
