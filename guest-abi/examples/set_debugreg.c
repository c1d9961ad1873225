/* SPDX-License-Identifier: MIT */
#include "abi/stubs.h"

/* Stop at the instruction at `address`. */
int64_t breakpoint_set(uint64_t address)
{
	int64_t rc = hypercall_set_debugreg(0, address);

	return rc ? rc : hypercall_set_debugreg(7, 1 << 1);
}
