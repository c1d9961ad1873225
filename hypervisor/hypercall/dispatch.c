/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of hypercalls, made from the ABI's rows, and restarting. Rows of the control domain
 * get a guard in the table, so the others pay nothing for the check.
 */
#include <hv/hypercall.h>

#include <abi/base.h>
#include <hv/cpu.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/softirq.h>
#include "multicall.h"

_Static_assert(HYPERCALL_COUNT == HC_COUNT, "table size differs from the ABI's");

#define SYSCALL_LENGTH 2 /* bytes of the instruction that brought the guest here */

static HYPERCALL_HANDLER(absent)
{
	return -ENOSYS;
}

#define GUARD_any(name)
#define GUARD_control(name)                                                                        \
	static int64_t guarded_##name(uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4,          \
				      uint64_t a5)                                                 \
	{                                                                                          \
		return current_domain()->privileged ? hc_##name(a1, a2, a3, a4, a5) : -EPERM;      \
	}
#define GUARD(nr, name, nargs, privilege) GUARD_##privilege(name)
ABI_HYPERCALLS(GUARD)

#define ENTRY_any(name)                   hc_##name
#define ENTRY_control(name)               guarded_##name
#define ENTRY(nr, name, nargs, privilege) [nr] = ENTRY_##privilege(name),

/* Each row replaces the default that the first line gives to all. */
#pragma GCC diagnostic ignored "-Woverride-init"
hypercall_fn *const hypercall_table[HYPERCALL_COUNT] = {[0 ... HYPERCALL_COUNT - 1] = hc_absent,
							ABI_HYPERCALLS(ENTRY)};

bool hypercall_preempt_check(void)
{
	/* Copies of roots matter on the way out alone, and calls that change roots ask for them. */
	return __atomic_load_n(&cpu_info()->softirqs, __ATOMIC_RELAXED) & ~(1u << SOFTIRQ_ROOTS);
}

int64_t hypercall_restart(unsigned nr, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4,
			  uint64_t a5)
{
	struct regs *r = &cpu_info()->guest_regs;

	if (multicall_restart(nr, a1, a2, a3, a4, a5))
		return 0;
	r->rip -= SYSCALL_LENGTH;
	r->rdi = a1;
	r->rsi = a2;
	r->rdx = a3;
	r->r10 = a4;
	r->r8 = a5;
	return nr;
}
