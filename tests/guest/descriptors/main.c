/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GDT and LDT of the guest's own: its descriptors work, the hypervisor's stay where they are,
 * system descriptors are refused, and a page that holds descriptors cannot be written. A broken
 * hypervisor would let a guest make itself a gate into ring 0.
 */
#include <errno.h>
#include <string.h>

#include "guest-abi/guest/page.h"
#include "guest-abi/guest/paging.h"
#include "guest-abi/guest/trap.h"
#include "tests/guest/lib/test.h"

#define DATA_DPL3 0x00cff3000000fffful
#define DATA_DPL0 0x00cf93000000fffful
#define CODE64    0x00affb000000fffful
#define TSS       0x0000890000000067ul
#define INT_GATE  0x00008e0000080000ul

static uint64_t *table;

static int64_t set_gdt(uint64_t mfn, unsigned int entries)
{
	uint64_t frames[1] = {mfn};

	return hypercall2(HC_SET_GDT, (uint64_t)frames, entries);
}

static int64_t update(unsigned int i, uint64_t desc)
{
	return hypercall2(HC_UPDATE_DESCRIPTOR, paging_maddr(&table[i]), desc);
}

static void gdt(void)
{
	uint64_t limit;

	test_equal("of a writable page", -EINVAL, set_gdt(guest_mfn(table), 512));
	table[3] = DATA_DPL3;
	table[4] = DATA_DPL0;
	paging_readonly(table);
	test_equal("set_gdt", 0, set_gdt(guest_mfn(table), 512));
	test_equal("page not writable", -EINVAL, paging_writable(table));
	test_equal("load ds", 0, (int64_t)TRAP_TRY("mov %1, %%ds", "r"(3 * 8 | 3)));
	test_equal("load ds, DPL raised to 3", 0,
		   (int64_t)TRAP_TRY("mov %1, %%ds", "r"(4 * 8 | 3)));
	test_trap_error("load an empty entry", 13, 5 * 8, TRAP_TRY("mov %1, %%ds", "r"(5 * 8 | 3)));
	test_equal("lsl", 0, (int64_t)TRAP_TRY_GET("lsl %2, %1", "=r"(limit), "r"(3 * 8ul)));
	test_equal("limit", 0xffffffff, (int64_t)limit);
	test_equal("code", 0, update(6, CODE64));
	test_equal("not present", 0, update(7, DATA_DPL3 & ~(1ul << 47)));
	test_trap_error("load of one not present", 11, 7 * 8,
			TRAP_TRY("mov %1, %%ds", "r"(7 * 8 | 3)));
	test_equal("TSS", -EINVAL, update(8, TSS));
	test_equal("interrupt gate", -EINVAL, update(8, INT_GATE));
	test_equal("entry unchanged", 0, (int64_t)table[8]);
	test_equal("flat selectors stay", 0,
		   (int64_t)TRAP_TRY("mov %1, %%ds", "r"(FLAT_RING3_DS32)));
	__asm__ volatile("mov %0, %%ds" ::"r"(0));
	test_equal("too many entries", -EINVAL, set_gdt(guest_mfn(table), 7169));
	test_equal("none", 0, set_gdt(0, 0));
	test_trap_error("load when there is none", 13, 3 * 8,
			TRAP_TRY("mov %1, %%ds", "r"(3 * 8 | 3)));
	test_equal("page writable again", 0, paging_writable(table));
}

static void bad_pages(void)
{
	table[8] = TSS;
	paging_readonly(table);
	test_equal("page with a TSS", -EINVAL, set_gdt(guest_mfn(table), 512));
	paging_writable(table);
	table[8] = 0;
	test_true("page table as GDT", set_gdt(guest_mfn(paging_root()), 512) < 0);
	test_true("no frame as GDT", set_gdt(0xffffff, 512) < 0);
}

static int64_t set_ldt(void *at, unsigned int entries)
{
	return paging_ext(MMUEXT_SET_LDT, (uint64_t)at, entries);
}

static void ldt(void)
{
	table[3] = DATA_DPL3;
	paging_readonly(table);
	test_equal("set LDT", 0, set_ldt(table, 512));
	test_equal("load from it", 0, (int64_t)TRAP_TRY("mov %1, %%ds", "r"(3 * 8 | 7)));
	test_trap_error("empty entry", 13, 4 * 8 | 4, TRAP_TRY("mov %1, %%ds", "r"(4 * 8 | 7)));
	test_equal("update", 0, update(4, DATA_DPL3));
	test_equal("load updated", 0, (int64_t)TRAP_TRY("mov %1, %%ds", "r"(4 * 8 | 7)));
	test_equal("not page aligned", -EINVAL, set_ldt((char *)table + 8, 512));
	test_equal("too many entries", -EINVAL, set_ldt(table, 8193));
	test_equal("none", 0, set_ldt(NULL, 0));
	test_trap_error("load when there is none", 13, 3 * 8 | 4,
			TRAP_TRY("mov %1, %%ds", "r"(3 * 8 | 7)));
	__asm__ volatile("mov %0, %%ds" ::"r"(0));
	test_equal("page writable", 0, paging_writable(table));
}

void test_main(void)
{
	table = page_alloc();
	gdt();
	bad_pages();
	memset(table, 0, GUEST_PAGE);
	ldt();
}
