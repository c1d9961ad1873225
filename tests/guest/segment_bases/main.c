/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bases of FS and GS: three of them, set by hypercall and by MSR, each where it belongs in kernel
 * and user mode, and none lost when the vCPU gives way. A broken hypervisor mixes the two GS bases
 * up, or loses one when a null selector is loaded.
 */
#include <errno.h>

#include "abi/sched.h"
#include "guest-abi/guest/guest.h"
#include "guest-abi/guest/trap.h"
#include "guest-abi/guest/user.h"
#include "tests/guest/lib/test.h"

#define MSR_FS_BASE        0xc0000100u
#define MSR_GS_BASE        0xc0000101u
#define MSR_KERNEL_GS_BASE 0xc0000102u

extern const char code[], code_end[];

__asm__(".pushsection .rodata\n"
	"code: mov %gs:0, %rax\n	mov %fs:0, %rbx\n	ud2\n"
	"code_end:\n"
	".popsection");

static uint64_t fs_word = 0xf5, gs_word = 0x65;

static uint64_t fs_read(void)
{
	uint64_t v;

	__asm__ volatile("mov %%fs:0, %0" : "=r"(v));
	return v;
}

static uint64_t gs_read(void)
{
	uint64_t v;

	__asm__ volatile("mov %%gs:0, %0" : "=r"(v));
	return v;
}

static int64_t base(unsigned int which, const void *to)
{
	return hypercall2(HC_SET_SEGMENT_BASE, which, (uint64_t)to);
}

static uint64_t rdmsr(uint32_t msr)
{
	uint32_t low, high;

	if (TRAP_TRY_GET("rdmsr", TRAP_OUTS("=a"(low), "=d"(high)), "c"(msr)))
		return 1;
	return (uint64_t)high << 32 | low;
}

static uint64_t wrmsr(uint32_t msr, uint64_t v)
{
	return TRAP_TRY("wrmsr", "c"(msr), "a"((uint32_t)v), "d"((uint32_t)(v >> 32)));
}

void test_main(void)
{
	uint64_t *user = (uint64_t *)(USER_STACK - GUEST_PAGE);
	struct trap_frame r;
	unsigned int i;
	int64_t rc = user_init(code, (size_t)(code_end - code));

	if (rc)
		test_give_up("user root", rc);
	test_equal("fs", 0, base(SEGBASE_FS, &fs_word));
	test_equal("gs of the kernel", 0, base(SEGBASE_GS_KERNEL, &gs_word));
	test_equal("gs of the user", 0, base(SEGBASE_GS_USER, user));
	test_equal("fs works", 0xf5, (int64_t)fs_read());
	test_equal("gs works", 0x65, (int64_t)gs_read());
	test_equal("fs by MSR", (int64_t)&fs_word, (int64_t)rdmsr(MSR_FS_BASE));
	test_equal("gs by MSR", (int64_t)&gs_word, (int64_t)rdmsr(MSR_GS_BASE));
	test_equal("inactive gs by MSR", (int64_t)user, (int64_t)rdmsr(MSR_KERNEL_GS_BASE));

	user[0] = 0x1234;
	base(SEGBASE_FS, user);
	user_regs_init(&r, 0);
	test_equal("user", 6, user_run(&r));
	test_equal("user's gs", 0x1234, (int64_t)r.rax);
	test_equal("user's fs", 0x1234, (int64_t)r.rbx);
	test_equal("kernel's gs after user mode", 0x65, (int64_t)gs_read());

	for (i = 0; i < 20; i++)
		hypercall2(HC_SCHED_OP, SCHEDOP_yield, 0);
	test_equal("gs after giving way", 0x65, (int64_t)gs_read());
	test_equal("inactive gs after giving way", (int64_t)user,
		   (int64_t)rdmsr(MSR_KERNEL_GS_BASE));

	test_equal("write fs by MSR", 0, (int64_t)wrmsr(MSR_FS_BASE, (uint64_t)&fs_word));
	test_equal("fs written", 0xf5, (int64_t)fs_read());
	test_equal("write gs by MSR", 0, (int64_t)wrmsr(MSR_GS_BASE, (uint64_t)&fs_word));
	test_equal("gs written", 0xf5, (int64_t)gs_read());
	test_trap("non-canonical by MSR", 13, wrmsr(MSR_GS_BASE, 0x8000000000000000ul));
	test_equal("non-canonical fs", -EINVAL, base(SEGBASE_FS, (void *)0x8000000000000000ul));
	test_equal("no such base", -EINVAL, base(4, NULL));
	test_equal("user selector", 0, base(SEGBASE_GS_USER_SEL, (void *)FLAT_RING3_DS32));
	test_equal("bad user selector is nulled", 0, base(SEGBASE_GS_USER_SEL, (void *)0x5003));
	user_regs_init(&r, 0);
	base(SEGBASE_GS_USER, user);
	base(SEGBASE_FS, user);
	test_equal("user after a bad selector", 6, user_run(&r));
	test_equal("user's gs after a bad selector", 0x1234, (int64_t)r.rax);
}
