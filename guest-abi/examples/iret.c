/* SPDX-License-Identifier: MIT */
#include "abi/base.h"

/* What to leave at rsp before hypercall 23, to enter user mode at `rip`. */
struct iret_context enter_user(uint64_t rip, uint64_t rsp)
{
	struct iret_context frame = {
		.rip = rip,
		.cs = FLAT_RING3_CS64,
		.rflags = 1 << 9, /* events not masked */
		.rsp = rsp,
		.ss = FLAT_RING3_SS64,
	};

	return frame;
}
