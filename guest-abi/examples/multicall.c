/* SPDX-License-Identifier: MIT */
#include "abi/stubs.h"

/* Two entries of page tables and the stack of the next thread, in one trip. */
int64_t switch_thread(uint64_t va1, uint64_t pte1, uint64_t va2, uint64_t pte2, uint64_t stack)
{
	struct multicall_entry list[3] = {
		{.op = HC_UPDATE_VA_MAPPING, .args = {va1, pte1, UVMF_INVLPG}},
		{.op = HC_UPDATE_VA_MAPPING, .args = {va2, pte2, UVMF_INVLPG}},
		{.op = HC_STACK_SWITCH, .args = {FLAT_RING3_SS64, stack}},
	};
	int64_t rc = hypercall_multicall(list, 3);

	for (int i = 0; !rc && i < 3; i++)
		rc = list[i].result;
	return rc;
}
