/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What must be inline: interrupt flag, pause, and the record of this CPU at the top of its stack.
 * The host build has its own version of this header (arch/host/include/asm/cpu.h).
 */
#ifndef ASM_CPU_H
#define ASM_CPU_H

#include <hv/cpu_info.h>
#include <hv/vaspace.h>

static inline void cpu_relax(void)
{
	__builtin_ia32_pause();
}

/* This CPU's record. Valid in every context, IST stacks included; never in boot.S before stacks. */
static inline struct cpu_info *cpu_info(void)
{
	unsigned long top;

	__asm__("movq %%rsp, %0; orq %1, %0" : "=&r"(top) : "i"(STACK_SIZE - 1));
	return (struct cpu_info *)(top + 1) - 1;
}

/* Another CPU's record, by its place in that CPU's window. Valid once the CPU was brought up. */
static inline struct cpu_info *cpu_info_of(unsigned cpu)
{
	uint64_t top = PERCPU_VA + cpu * PERCPU_WINDOW_SIZE + WINDOW_STACK + STACK_SIZE;

	return (struct cpu_info *)top - 1;
}

static inline unsigned long irq_save(void)
{
	unsigned long flags;

	__asm__ volatile("pushfq; popq %0; cli" : "=r"(flags)::"memory");
	return flags;
}

static inline void irq_restore(unsigned long flags)
{
	if (flags & 0x200)
		__asm__ volatile("sti" ::: "memory");
}

static inline void irq_enable(void)
{
	__asm__ volatile("sti" ::: "memory");
}

static inline void irq_disable(void)
{
	__asm__ volatile("cli" ::: "memory");
}

#endif
