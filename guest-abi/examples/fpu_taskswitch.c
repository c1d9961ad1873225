/* SPDX-License-Identifier: MIT */
#include "abi/stubs.h"

/* Let the next use of the FPU trap, to load the state of the thread that wants it. */
void fpu_make_lazy(void)
{
	hypercall_fpu_taskswitch(1);
}
