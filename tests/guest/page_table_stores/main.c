/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * With vm_assist's writable page tables a kernel stores to a live L1 table as if it were writable:
 * the hypervisor takes the fault, checks the new entry and makes the store. All forms that Linux
 * uses do what the instruction would, and a store that breaks the rules is a page fault, not a
 * mapping.
 */
#include <errno.h>

#include "guest-abi/guest/page.h"
#include "guest-abi/guest/paging.h"
#include "guest-abi/guest/trap.h"
#include "tests/guest/lib/test.h"

static uint64_t *l1, *page;

static uint64_t pte(uint64_t flags)
{
	return guest_mfn(page) << 12 | flags;
}

static uint64_t entry(unsigned int i)
{
	return l1[i] & (PTE_ADDR_MASK | PTE_PRESENT | PTE_RW);
}

static void mov(void)
{
	uint64_t found;

	test_equal("mov", 0, (int64_t)trap_write(&l1[0], pte(PAGING_RW)));
	test_equal("mov stored", (int64_t)pte(PTE_PRESENT | PTE_RW), (int64_t)entry(0));
	test_equal("mov 32", 0,
		   (int64_t)TRAP_TRY("movl %1, (%2)", "r"((uint32_t)pte(PAGING_RO)), "r"(&l1[0])));
	test_equal("mov 32 stored", (int64_t)pte(PTE_PRESENT), (int64_t)entry(0));
	test_equal("mov immediate", 0, (int64_t)TRAP_TRY("movq $0, (%1)", "r"(&l1[0])));
	test_equal("mov immediate stored", 0, (int64_t)l1[0]);
	found = pte(PAGING_RO);
	test_equal("xchg", 0, (int64_t)TRAP_TRY_GET("xchg %1, (%2)", "+&r"(found), "r"(&l1[1])));
	test_equal("xchg gave the old one", 0, (int64_t)found);
	test_equal("xchg stored", (int64_t)pte(PTE_PRESENT), (int64_t)entry(1));
}

static void bits(void)
{
	uint64_t before, flags;

	trap_write(&l1[2], pte(PAGING_RW));
	before = l1[2];
	test_equal("lock btr", 0,
		   (int64_t)TRAP_TRY_GET("lock btrq $1, (%2); pushfq; pop %1", "=&r"(flags),
					 "r"(&l1[2])));
	test_equal("lock btr carry", 1, (int64_t)flags & 1);
	test_equal("lock btr stored", (int64_t)(before & ~PTE_RW), (int64_t)l1[2]);
	test_equal("lock bts", 0, (int64_t)TRAP_TRY("lock btsq $1, (%1)", "r"(&l1[2])));
	test_equal("lock bts stored", (int64_t)before, (int64_t)l1[2]);
	test_equal("lock and", 0,
		   (int64_t)TRAP_TRY("lock andq %1, (%2)", "r"(~(uint64_t)PTE_DIRTY), "r"(&l1[2])));
	test_equal("lock and stored", 0, (int64_t)l1[2] & PTE_DIRTY);
	test_equal("lock or", 0,
		   (int64_t)TRAP_TRY("lock orq %1, (%2)", "r"((uint64_t)PTE_DIRTY), "r"(&l1[2])));
	test_equal("lock or stored", PTE_DIRTY, (int64_t)l1[2] & PTE_DIRTY);
	test_equal("and 8", 0, (int64_t)TRAP_TRY("lock andb $0xfd, (%1)", "r"(&l1[2])));
	test_equal("and 8 stored", 0, (int64_t)l1[2] & PTE_RW);
}

static void compare(void)
{
	uint64_t expected = l1[2], wrong = 1, flags;

	test_equal("cmpxchg", 0,
		   (int64_t)TRAP_TRY_GET("lock cmpxchg %3, (%4); pushfq; pop %2",
					 TRAP_OUTS("+a"(expected), "=&r"(flags)),
					 "r"(pte(PAGING_RW)), "r"(&l1[2])));
	test_equal("cmpxchg equal", 0x40, (int64_t)flags & 0x40);
	test_equal("cmpxchg stored", (int64_t)pte(PTE_PRESENT | PTE_RW), (int64_t)entry(2));
	expected = l1[2];
	test_equal("cmpxchg wrong", 0,
		   (int64_t)TRAP_TRY_GET("lock cmpxchg %3, (%4); pushfq; pop %2",
					 TRAP_OUTS("+a"(wrong), "=&r"(flags)), "r"(0ul),
					 "r"(&l1[2])));
	test_equal("cmpxchg unequal", 0, (int64_t)flags & 0x40);
	test_equal("cmpxchg found", (int64_t)expected, (int64_t)wrong);
	test_equal("cmpxchg left it", (int64_t)expected, (int64_t)l1[2]);
}

static void refused(void)
{
	uint64_t before = l1[2], *l2 = paging_entry_of(paging_root(), GUEST_VIRT_BASE, 2);
	uint64_t table = guest_mfn(l1) << 12 | PAGING_RW;

	test_trap_error("table writable in itself", 14, 3, trap_write(&l1[2], table));
	test_trap_error("uncached", 14, 3, trap_write(&l1[2], pte(PAGING_RW | PTE_PCD)));
	test_trap_error("frame of the hypervisor", 14, 3, trap_write(&l1[2], 0x100000 | PAGING_RW));
	test_trap_error("straddling two entries", 14, 3,
			trap_write((char *)&l1[2] + 4, pte(PAGING_RW)));
	test_equal("unchanged", (int64_t)before, (int64_t)l1[2]);
	test_trap_error("L2 entry", 14, 3, trap_write(&l2[0], l2[0]));
	test_trap_error("root", 14, 3, trap_write(&paging_root()[5], 0));
}

void test_main(void)
{
	l1 = page_alloc();
	page = page_alloc();
	paging_readonly(l1);
	test_equal("pin", 0, paging_pin(l1, 1));
	test_trap_error("store before the assist", 14, 3, trap_write(&l1[0], 0));
	test_equal("vm_assist", 0,
		   hypercall2(HC_VM_ASSIST, VMASST_CMD_enable, VMASST_TYPE_writable_pagetables));
	mov();
	bits();
	compare();
	refused();
	test_equal("vm_assist off", 0,
		   hypercall2(HC_VM_ASSIST, VMASST_CMD_disable, VMASST_TYPE_writable_pagetables));
	test_trap_error("store after the assist", 14, 3, trap_write(&l1[0], 0));
}
