/* SPDX-License-Identifier: MIT */
#include "abi/stubs.h"

/* VIRQ_TIMER in `ns` nanoseconds. */
void timer_start(uint64_t now, uint64_t ns)
{
	hypercall_set_timer_op(now + ns);
}
