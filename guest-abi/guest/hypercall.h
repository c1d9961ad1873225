/* SPDX-License-Identifier: MIT */
/*
 * Hypercalls by the SYSCALL instruction: number in rax, arguments in rdi, rsi, rdx, r10, r8. The
 * result is 0 and up, or a negated error number. Works from the first instruction on; no page is
 * needed.
 */
#ifndef GUEST_HYPERCALL_H
#define GUEST_HYPERCALL_H

#include <stdint.h>

#include "abi/base.h"

static inline int64_t hypercall5(uint64_t nr, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4,
				 uint64_t a5)
{
	register uint64_t r10 __asm__("r10") = a4;
	register uint64_t r8 __asm__("r8") = a5;
	int64_t result = (int64_t)nr;

	__asm__ volatile("syscall"
			 : "+a"(result), "+D"(a1), "+S"(a2), "+d"(a3), "+r"(r10), "+r"(r8)
			 :
			 : "rcx", "r11", "memory");
	return result;
}

static inline int64_t hypercall4(uint64_t nr, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4)
{
	return hypercall5(nr, a1, a2, a3, a4, 0);
}
static inline int64_t hypercall3(uint64_t nr, uint64_t a1, uint64_t a2, uint64_t a3)
{
	return hypercall5(nr, a1, a2, a3, 0, 0);
}
static inline int64_t hypercall2(uint64_t nr, uint64_t a1, uint64_t a2)
{
	return hypercall5(nr, a1, a2, 0, 0, 0);
}

#endif
