/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <arch/foreign.h>
#include <hv/types.h>
#include <asm/msr.h>

static uint64_t thread_block[16];

void arch_foreign_begin(void)
{
	thread_block[5] = 0x8f1e3a5bc7d90200ull; /* %fs:0x28; the low zero byte stops strings */
	wrmsr(MSR_FS_BASE, (uint64_t)thread_block);
	__asm__ volatile("clts; fninit");
}

void arch_foreign_end(void)
{
	wrmsr(MSR_FS_BASE, 0);
}
