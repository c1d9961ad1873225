/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The seam to other CPUs and to the timer hardware. */
#ifndef ARCH_SMP_H
#define ARCH_SMP_H

#include <hv/types.h>

/* Make @cpu leave guest mode or idle and look at its softirqs. Any context. */
void arch_kick_cpu(unsigned cpu);
/* Arm this CPU's one-shot timer interrupt for @deadline (ns of time_now, past = at once). */
void arch_timer_arm(int64_t deadline);

/* Start all usable CPUs; each ends in schedule(). Boot CPU, interrupts on. */
void arch_smp_start(void);
/* Names of a CPU by firmware, for PLATFORMOP get_cpuinfo and physinfo. */
uint32_t arch_cpu_apic_id(unsigned cpu);
uint32_t arch_cpu_acpi_id(unsigned cpu);

/* Stop all other CPUs for good (NMI). Panic and power-off; any context. */
void arch_stop_others(void);

#endif
