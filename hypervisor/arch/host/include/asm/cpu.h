/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Host build's version of asm/cpu.h: records of all CPUs in one array, no interrupts. A thread is
 * the CPU host_cpu; a test with one thread plays several CPUs by changing it.
 */
#ifndef ASM_CPU_H
#define ASM_CPU_H

#include <hv/cpu_info.h>
#include <hv/vaspace.h>

extern struct cpu_info host_cpus[HV_MAX_CPUS]; /* arch/host/cpu.c */
extern __thread unsigned host_cpu;

static inline void cpu_relax(void)
{
	__builtin_ia32_pause();
}

static inline struct cpu_info *cpu_info(void)
{
	return &host_cpus[host_cpu];
}

static inline struct cpu_info *cpu_info_of(unsigned cpu)
{
	return &host_cpus[cpu];
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
