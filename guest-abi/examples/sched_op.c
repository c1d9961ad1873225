/* SPDX-License-Identifier: MIT */
#include "abi/stubs.h"

/* Nothing to do: wait for an event. Called with events masked, after a last look for work. */
void idle(void)
{
	schedop_block();
}

void power_off(void)
{
	struct sched_shutdown op = {.reason = SHUTDOWN_poweroff};

	schedop_shutdown(&op);
}
