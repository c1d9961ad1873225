/* SPDX-License-Identifier: MIT */
#include "abi/stubs.h"

/* Let plain stores to page tables be emulated rather than end in a fault. */
int64_t writable_tables(void)
{
	return hypercall_vm_assist(VMASST_CMD_enable, VMASST_TYPE_writable_pagetables);
}
