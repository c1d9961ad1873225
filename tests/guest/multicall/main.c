/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A list of hypercalls in one: made in order, each with its own result, a failure not ending the
 * list. What earlier entries did holds for later ones. A broken hypervisor leaves a kernel's page
 * tables half made.
 */
#include <errno.h>

#include "abi/sched.h"
#include "abi/version.h"
#include "guest-abi/guest/page.h"
#include "guest-abi/guest/paging.h"
#include "tests/guest/lib/test.h"

static struct multicall_entry calls[300];

static int64_t multicall(unsigned int n)
{
	return hypercall2(HC_MULTICALL, (uint64_t)calls, n);
}

static void va_mapping(struct multicall_entry *c, const void *va, uint64_t flags)
{
	*c = (struct multicall_entry){
		.op = HC_UPDATE_VA_MAPPING,
		.args = {(uint64_t)va, guest_mfn(va) << 12 | flags, UVMF_INVLPG}};
}

/* As Linux frees a page table: read-only, pin, unpin, writable in one list. */
static void in_order(void)
{
	uint64_t *l1 = page_alloc();
	struct mmuext_op pin = {.cmd = MMUEXT_PIN_L1_TABLE, .arg1.mfn = guest_mfn(l1)};
	struct mmuext_op unpin = {.cmd = MMUEXT_UNPIN_TABLE, .arg1.mfn = guest_mfn(l1)};
	unsigned int i;

	va_mapping(&calls[0], l1, PAGING_RO);
	calls[1] = (struct multicall_entry){.op = HC_MMUEXT_OP,
					    .args = {(uint64_t)&pin, 1, 0, DOMID_SELF}};
	va_mapping(&calls[2], l1, PAGING_RW);
	calls[3] = (struct multicall_entry){.op = HC_MMUEXT_OP,
					    .args = {(uint64_t)&unpin, 1, 0, DOMID_SELF}};
	va_mapping(&calls[4], l1, PAGING_RW);
	test_equal("list", 0, multicall(5));
	for (i = 0; i < 5; i++)
		test_equal(test_name("result %u", i), i == 2 ? -EINVAL : 0, calls[i].result);
	l1[0] = 0;
	page_free(l1);
}

void test_main(void)
{
	unsigned int i, wrong = 0;

	for (i = 0; i < 300; i++)
		calls[i] = (struct multicall_entry){
			.op = HC_XEN_VERSION, .args = {i % 2 ? XENVER_pagesize : XENVER_version}};
	test_equal("300 entries", 0, multicall(300));
	for (i = 0; i < 300; i++)
		wrong += calls[i].result != (i % 2 ? (int64_t)GUEST_PAGE : 4 << 16 | 17);
	test_equal("wrong results", 0, wrong);
	in_order();
	calls[0] = (struct multicall_entry){.op = 63};
	calls[1] = (struct multicall_entry){.op = 0x123456789};
	calls[2] = (struct multicall_entry){.op = HC_SCHED_OP, .args = {SCHEDOP_yield}};
	test_equal("list with unknown calls", 0, multicall(3));
	test_equal("unknown call", -ENOSYS, calls[0].result);
	test_equal("huge number", -ENOSYS, calls[1].result);
	test_equal("call after them", 0, calls[2].result);
	calls[0] = (struct multicall_entry){.op = HC_MULTICALL, .args = {(uint64_t)&calls[1], 1}};
	test_equal("list in a list", 0, multicall(1));
	test_true("is refused or made", calls[0].result == 0 || calls[0].result < 0);
	test_equal("empty list", 0, multicall(0));
	test_equal("no list", -EFAULT, hypercall2(HC_MULTICALL, 0x1000, 1));
}
