/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The seam to other CPUs and to the timer hardware. */
#ifndef ARCH_SMP_H
#define ARCH_SMP_H

#include <hv/types.h>

/* Make @cpu leave guest mode or idle and look at its softirqs. Any context. */
void arch_kick_cpu(unsigned cpu);
/* Arm this CPU's one-shot timer interrupt for @deadline (ns of time_now, past = at once). */
void arch_timer_arm(int64_t deadline);

#endif
