/* SPDX-License-Identifier: MIT */
#include "abi/stubs.h"

/* On every switch to another thread: where its next trap from user mode begins to push. */
void thread_stack_set(uint64_t top)
{
	hypercall_stack_switch(FLAT_RING3_SS64, top);
}
