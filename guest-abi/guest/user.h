/* SPDX-License-Identifier: MIT */
/* User mode: a second root, and running code below it until it traps. */
#ifndef GUEST_USER_H
#define GUEST_USER_H

#include <stdint.h>

#include "guest-abi/guest/trap.h"

#define USER_CODE  0x400000ul /* one page of code, read-only */
#define USER_STACK 0x402000ul /* end of one page of stack */

/*
 * Make the user root of the calling vCPU with a copy of `code` at USER_CODE and a stack below
 * USER_STACK; the kernel's root gets them too, at the same addresses. 0 or -errno.
 */
int64_t user_init(const void *code, size_t size);

/* Use that root on a further vCPU. */
int64_t user_init_vcpu(void);

/*
 * Run user mode with these registers (cs, ss, rflags as they are given) until something other than
 * an event comes; `regs` then is what the trap found. Returns the vector: an exception,
 * TRAP_SYSCALL or TRAP_FAILSAFE.
 */
unsigned int user_run(struct trap_frame *regs);

/* Registers to start with: rip USER_CODE + offset, flat selectors, IF set. */
void user_regs_init(struct trap_frame *regs, uint64_t offset);

/* From trap_dispatch(): ends user_run(). */
void user_trapped(const struct trap_frame *f) __attribute__((noreturn));

#endif
