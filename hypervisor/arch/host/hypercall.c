// SPDX-License-Identifier: GPL-2.0-or-later
#include <hv/hypercall.h>
#include "host.h"

int host_preempt_after = -1;
struct host_restart host_restart;

bool hypercall_preempt_check(void)
{
	if (host_preempt_after > 0)
		host_preempt_after--;
	return host_preempt_after == 0;
}

int64_t hypercall_restart(unsigned nr, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4,
			  uint64_t a5)
{
	host_restart = (struct host_restart){host_restart.count + 1, nr, {a1, a2, a3, a4, a5}};
	return HOST_RESTARTED;
}
