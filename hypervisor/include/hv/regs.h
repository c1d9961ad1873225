/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Register frame that every entry into the hypervisor builds, and that a vCPU off its CPU keeps.
 * The order is that of the ABI's user_regs (abi-facts "SMP"), so contexts copy straight.
 */
#ifndef HV_REGS_H
#define HV_REGS_H

#include <stdint.h>

struct regs {
	uint64_t r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8;
	uint64_t rax, rcx, rdx, rsi, rdi;
	uint32_t error_code;
	uint32_t vector; /* low 8 bits the vector; REGS_* flags above */
	/* from here on as the CPU pushes it */
	uint64_t rip, cs, rflags, rsp, ss;
};

/* How the frame was made; the exit path picks SYSRET only for REGS_SYSCALL frames. */
#define REGS_SYSCALL (1u << 8)

#endif
