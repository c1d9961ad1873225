/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ASM_SMP_H
#define ASM_SMP_H

#include <hv/types.h>

/* A page below 640 KiB for the start of other CPUs; 0 = there is none, they stay off. */
extern uint64_t smp_trampoline;

/* The boot CPU's number and handlers; heap and ACPI are up, vectors are not yet used. */
void smp_init(void);
/* What each CPU does once its window, GDT and IDT are there, the boot CPU included. */
void smp_cpu_init(unsigned cpu);

#endif
