/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * x87, SSE and AVX registers are each vCPU's own. Two vCPUs keep different values in all of them
 * while they give way to each other, on one CPU or two; what XCR0 may hold is what CPUID says. A
 * broken hypervisor leaks one guest's registers into another, or loses the upper halves.
 */
#include <errno.h>
#include <string.h>

#include "abi/sched.h"
#include "guest-abi/guest/guest.h"
#include "guest-abi/guest/time.h"
#include "guest-abi/guest/trap.h"
#include "guest-abi/guest/vcpu.h"
#include "tests/guest/lib/test.h"

#define ROUNDS 300

static uint64_t xcr0_max;
static volatile unsigned int wrong[2], rounds_done[2], finished;

static void cpuid(uint32_t leaf, uint32_t sub, uint32_t r[4])
{
	__asm__ volatile(".byte 0x0f, 0x0b, 0x78, 0x65, 0x6e; cpuid"
			 : "=a"(r[0]), "=b"(r[1]), "=c"(r[2]), "=d"(r[3])
			 : "0"(leaf), "2"(sub));
}

/* As kernels do before they touch XCR0. */
static uint64_t enable_osxsave(void)
{
	uint64_t cr4 = 0;

	if (TRAP_TRY_GET("mov %%cr4, %1", "=r"(cr4), "i"(0)))
		return 1;
	return TRAP_TRY("mov %1, %%cr4", "r"(cr4 | 1ul << 18));
}

static uint64_t xsetbv(uint64_t v)
{
	return TRAP_TRY("xsetbv", "c"(0), "a"((uint32_t)v), "d"((uint32_t)(v >> 32)));
}

/* All registers to a pattern, give way, all registers back into memory. */
static unsigned int one_round(uint64_t pattern, bool avx)
{
	uint64_t in[4] = {pattern, ~pattern, pattern * 3, pattern * 5}, out[16][4], x87;
	unsigned int i, bad = 0;

	memset(out, 0, sizeof(out));
	__asm__ volatile("fninit; fildll %0" ::"m"(in[0]));
	if (avx)
		__asm__ volatile(".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
				 "vmovdqu %0, %%ymm\\r\n.endr" ::"m"(in));
	else
		__asm__ volatile(".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
				 "movdqu %0, %%xmm\\r\n.endr" ::"m"(in));
	hypercall2(HC_SCHED_OP, SCHEDOP_yield, 0);
	if (avx)
		__asm__ volatile(".set o, 0\n.irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
				 "vmovdqu %%ymm\\r, o(%0)\n.set o, o + 32\n.endr" ::"r"(out)
				 : "memory");
	else
		__asm__ volatile(".set o, 0\n.irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
				 "movdqu %%xmm\\r, o(%0)\n.set o, o + 32\n.endr" ::"r"(out)
				 : "memory");
	__asm__ volatile("fistpll %0" : "=m"(x87));
	for (i = 0; i < 16; i++)
		bad += memcmp(out[i], in, avx ? 32 : 16) != 0;
	return bad + (x87 != in[0]);
}

static void work(unsigned int who, bool avx)
{
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		wrong[who] += one_round(0x0101010101010101ul * (i % 50 + 1) + who, avx);
		rounds_done[who]++;
	}
}

static void other(void *arg)
{
	bool avx = arg;

	if (enable_osxsave() || (avx && xsetbv(7)))
		wrong[1]++;
	work(1, avx);
	finished = 1;
}

static bool is_finished(void *arg)
{
	(void)arg;
	return finished;
}

static void xcr0(void)
{
	uint32_t r[4];

	cpuid(1, 0, r);
	if (!test_true("XSAVE and OSXSAVE", (r[2] >> 26 & 3) == 3))
		return;
	test_equal("CR4.OSXSAVE", 0, (int64_t)enable_osxsave());
	cpuid(0xd, 0, r);
	xcr0_max = (uint64_t)r[3] << 32 | r[0];
	test_true("x87 and SSE in XCR0", (xcr0_max & 3) == 3);
	test_equal("xsetbv of all", 0, (int64_t)xsetbv(xcr0_max));
	test_trap("xsetbv without x87", 13, xsetbv(xcr0_max & ~1ul));
	test_trap("xsetbv of more", 13, xsetbv(xcr0_max | 1ul << 62));
	test_trap("xsetbv of XCR1", 13, TRAP_TRY("xsetbv", "c"(1), "a"(3), "d"(0)));
	if (xcr0_max & 4)
		test_trap("xsetbv AVX without SSE", 13, xsetbv(5));
	test_equal("xsetbv back", 0, (int64_t)xsetbv(xcr0_max & 7));
}

void test_main(void)
{
	bool avx;
	int64_t rc;

	xcr0();
	avx = xcr0_max & 4;
	rc = vcpu_start(1, other, (void *)(uint64_t)avx);
	if (rc)
		test_give_up("second vCPU", rc);
	work(0, avx);
	test_true("other vCPU finished", time_wait(is_finished, NULL, 20 * TIME_S));
	test_equal("wrong registers here", 0, wrong[0]);
	test_equal("wrong registers there", 0, wrong[1]);
	test_equal("rounds there", ROUNDS, rounds_done[1]);
}
