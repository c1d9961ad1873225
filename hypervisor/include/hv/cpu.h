/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shorthands on this CPU's record. */
#ifndef HV_CPU_H
#define HV_CPU_H

#include <asm/cpu.h>

#define current_vcpu()   (cpu_info()->current)
#define current_domain() (cpu_info()->current->domain)

static inline unsigned this_cpu(void)
{
	return cpu_info()->cpu;
}

#endif
