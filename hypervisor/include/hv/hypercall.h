/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hypercalls. Each row of the ABI's table has one handler hc_<name>, called with the guest's
 * arguments as they were in registers; it returns what the guest finds in rax.
 */
#ifndef HV_HYPERCALL_H
#define HV_HYPERCALL_H

#include <abi/hypercall_table.h>
#include <hv/types.h>

typedef int64_t hypercall_fn(uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5);

/* By number, HYPERCALL_COUNT entries, each non-NULL (unused ones return -ENOSYS). */
#define HYPERCALL_COUNT 64
extern hypercall_fn *const hypercall_table[HYPERCALL_COUNT];

/* True when a long operation should stop and be restarted: softirqs are pending on this CPU. */
bool hypercall_preempt_check(void);

/*
 * Arrange that the guest issues the hypercall again with these arguments (its rip goes back by
 * the length of SYSCALL, or the multicall entry is rewritten). The handler returns this value.
 */
int64_t hypercall_restart(unsigned nr, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4,
			  uint64_t a5);

#define HYPERCALL_HANDLER(name)                                                                    \
	int64_t hc_##name(UNUSED uint64_t a1, UNUSED uint64_t a2, UNUSED uint64_t a3,              \
			  UNUSED uint64_t a4, UNUSED uint64_t a5)

/* Every number of a family below the highest has a handler: its table needs no look for holes. */
#define HYPERCALL_ONE(nr, name, privilege) +1
#define HYPERCALL_DENSE(table, OPS)                                                                \
	_Static_assert(ARRAY_SIZE(table) == 0 OPS(HYPERCALL_ONE), "a sub-operation is missing")

#define HYPERCALL_DECLARE(nr, name, nargs, privilege) HYPERCALL_HANDLER(name);
ABI_HYPERCALLS(HYPERCALL_DECLARE)

#endif
