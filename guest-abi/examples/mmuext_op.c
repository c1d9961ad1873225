/* SPDX-License-Identifier: MIT */
#include "abi/stubs.h"

/* Check new page tables for good, and go over to them. */
int64_t root_switch(uint64_t new_mfn, uint64_t old_mfn)
{
	struct mmuext_op ops[3] = {
		{.cmd = MMUEXT_PIN_L4_TABLE, .arg1.mfn = new_mfn},
		{.cmd = MMUEXT_NEW_BASEPTR, .arg1.mfn = new_mfn},
		{.cmd = MMUEXT_UNPIN_TABLE, .arg1.mfn = old_mfn},
	};

	return hypercall_mmuext_op(ops, 3, 0, DOMID_SELF);
}
