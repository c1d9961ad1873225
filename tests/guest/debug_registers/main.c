/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Debug registers belong to the vCPU: breakpoints on its own addresses fire and are told as #DB, on
 * the hypervisor's they are refused, and they survive the vCPU's giving way. A broken hypervisor
 * lets a guest trap it where it cannot bear it.
 */
#include <errno.h>

#include "abi/sched.h"
#include "guest-abi/guest/guest.h"
#include "guest-abi/guest/trap.h"
#include "tests/guest/lib/test.h"

#define DR7_WRITE8_DR0 0x000d0401ul /* local, 4 bytes written */
#define DR7_EXEC_DR1   0x00000404ul

static volatile uint32_t watched;
static volatile unsigned int hits;
static volatile uint64_t dr6;

void debug_target(void);
__asm__(".globl debug_target\ndebug_target: ret\n");

static int64_t get(unsigned int n)
{
	return hypercall2(HC_GET_DEBUGREG, n, 0);
}

static int64_t set(unsigned int n, uint64_t v)
{
	return hypercall2(HC_SET_DEBUGREG, n, v);
}

static bool hit(struct trap_frame *f)
{
	hits++;
	dr6 = (uint64_t)get(6);
	f->rflags |= 0x10000; /* resume over an instruction breakpoint */
	return true;
}

static void watchpoint(void)
{
	test_equal("DR0", 0, set(0, (uint64_t)&watched));
	test_equal("DR7", 0, set(7, DR7_WRITE8_DR0));
	test_equal("DR0 read back", (int64_t)&watched, get(0));
	watched = 1;
	test_equal("write seen", 1, hits);
	test_equal("DR6 names DR0", 1, (int64_t)dr6 & 0xf);
	set(6, 0xffff0ff0);
	for (unsigned int i = 0; i < 20; i++)
		hypercall2(HC_SCHED_OP, SCHEDOP_yield, 0);
	watched = 2;
	test_equal("write seen after giving way", 2, hits);
	set(7, 0x400);
	watched = 3;
	test_equal("not after DR7 is cleared", 2, hits);
}

static void breakpoint(void)
{
	hits = 0;
	set(6, 0xffff0ff0);
	test_equal("DR1", 0, set(1, (uint64_t)debug_target));
	test_equal("DR7 for DR1", 0, set(7, DR7_EXEC_DR1));
	debug_target();
	test_equal("instruction seen", 1, hits);
	test_equal("DR6 names DR1", 2, (int64_t)dr6 & 0xf);
	set(7, 0x400);
}

static void refused(void)
{
	int64_t before = get(0);

	test_equal("address of the hypervisor", -EPERM, set(0, 0xffff830000000000ul));
	test_equal("non-canonical address", -EPERM, set(0, 0x8000000000000000ul));
	test_equal("DR0 as before", before, get(0));
	test_equal("DR7 general detect", -EPERM, set(7, 0x2400));
	test_equal("DR7 upper half", -EINVAL, set(7, 1ul << 32 | 0x400));
	test_equal("DR6 upper half", -EINVAL, set(6, 1ul << 32));
	test_equal("DR8", -ENODEV, set(8, 0));
	test_equal("get DR8", -ENODEV, get(8));
}

static void by_instruction(void)
{
	uint64_t v = 0;

	set(0, (uint64_t)&watched);
	test_equal("mov from dr0", 0, (int64_t)TRAP_TRY_GET("mov %%dr0, %1", "=r"(v), "i"(0)));
	test_equal("mov from dr0 gives it", (int64_t)&watched, (int64_t)v);
	test_equal("mov to dr0", 0, (int64_t)TRAP_TRY("mov %1, %%dr0", "r"(0ul)));
	test_equal("mov to dr0 sets it", 0, get(0));
}

void test_main(void)
{
	trap_set(1, hit);
	watchpoint();
	breakpoint();
	refused();
	by_instruction();
}
