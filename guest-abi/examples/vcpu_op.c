/* SPDX-License-Identifier: MIT */
#include "abi/stubs.h"

/* How many virtual CPUs are there? */
unsigned int vcpus_count(void)
{
	unsigned int n = 0;

	while (vcpuop_is_up(n) >= 0)
		n++;
	return n;
}

/* Start one whose registers were filled in. */
int64_t vcpu_start(unsigned int vcpu, struct vcpu_guest_context *context)
{
	int64_t rc = vcpuop_initialise(vcpu, context);

	return rc ? rc : vcpuop_up(vcpu);
}
