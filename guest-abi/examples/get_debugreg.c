/* SPDX-License-Identifier: MIT */
#include "abi/stubs.h"

/* Which breakpoints were hit? */
uint64_t breakpoints_hit(void)
{
	return (uint64_t)hypercall_get_debugreg(6) & 0xf;
}
