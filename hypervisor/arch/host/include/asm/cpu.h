/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Host build's version of asm/cpu.h: one record a thread, no interrupts. */
#ifndef ASM_CPU_H
#define ASM_CPU_H

#include <hv/cpu_info.h>
#include <hv/vaspace.h>

extern __thread struct cpu_info host_cpu_info;

static inline void cpu_relax(void)
{
	__builtin_ia32_pause();
}

static inline struct cpu_info *cpu_info(void)
{
	return &host_cpu_info;
}

static inline unsigned long irq_save(void)
{
	return 0;
}

static inline void irq_restore(unsigned long flags)
{
	(void)flags;
}

static inline void irq_enable(void)
{
}

static inline void irq_disable(void)
{
}

#endif
