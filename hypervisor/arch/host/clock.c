// SPDX-License-Identifier: GPL-2.0-or-later
/* The clock stands still until a test moves it. */
#include <arch/smp.h>
#include <hv/timer.h>
#include "host.h"

int64_t host_clock, host_timer;
struct cpumask host_kicks;

int64_t time_now(void)
{
	return host_clock;
}

void arch_timer_arm(int64_t deadline)
{
	host_timer = deadline;
}

void arch_kick_cpu(unsigned cpu)
{
	cpumask_set_atomic(&host_kicks, cpu);
}
