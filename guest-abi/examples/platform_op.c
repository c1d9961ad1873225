/* SPDX-License-Identifier: MIT */
#include "abi/stubs.h"

/* The control domain has learned the time: it was `secs` when the system time was `at`. */
int64_t wall_clock_set(uint64_t secs, uint32_t nsecs, uint64_t at)
{
	struct platform_op op = {
		.u.settime64 = {.secs = secs, .nsecs = nsecs, .system_time = at},
	};

	return xenpf_settime64(&op);
}
