/* SPDX-License-Identifier: MIT */
#include "abi/stubs.h"

extern void event_entry(void), failsafe_entry(void), syscall_entry(void);

int64_t entries_set(void)
{
	return hypercall_set_callbacks(ABI_PTR(event_entry), ABI_PTR(failsafe_entry),
				       ABI_PTR(syscall_entry));
}
