/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Switching vCPUs: the register frame is moved as on hardware, the rest is counted. */
#include <hv/cpu.h>
#include <hv/sched.h>
#include <hv/vcpu.h>
#include "host.h"

struct host_switches host_switches;
void (*host_idle_hook)(void);

void arch_switch_to(struct vcpu *next)
{
	struct cpu_info *ci = cpu_info();

	if (ci->current)
		ci->current->regs = ci->guest_regs;
	__atomic_fetch_add(&host_switches.to, 1, __ATOMIC_RELAXED);
	if (ci->loaded != next)
		__atomic_fetch_add(&host_switches.loads, 1, __ATOMIC_RELAXED);
	ci->current = ci->loaded = next;
	ci->guest_regs = next->regs;
}

void arch_switch_away(void)
{
	struct cpu_info *ci = cpu_info();

	ci->current->regs = ci->guest_regs;
	ci->current = NULL;
}

void arch_unload(void)
{
	__atomic_fetch_add(&host_switches.unloads, 1, __ATOMIC_RELAXED);
	cpu_info()->loaded = NULL;
}

void arch_idle(void)
{
	if (host_idle_hook)
		host_idle_hook();
}
