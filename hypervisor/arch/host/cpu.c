/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host's CPUs. */
#include <arch/mmu.h>
#include <asm/cpu.h>

struct cpu_info host_cpus[HV_MAX_CPUS];
__thread unsigned host_cpu;

/* They keep no copies of roots. */
void arch_roots_stale(struct domain *d)
{
	(void)d;
}

void arch_roots_refresh(void)
{
}
