/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hypercalls. Each row of the ABI's table has one handler hc_<name>, called with the guest's
 * arguments as they were in registers; it returns what the guest finds in rax.
 */
#ifndef HV_HYPERCALL_H
#define HV_HYPERCALL_H

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
	int64_t hc_##name(uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5)

HYPERCALL_HANDLER(set_trap_table);
HYPERCALL_HANDLER(mmu_update);
HYPERCALL_HANDLER(set_gdt);
HYPERCALL_HANDLER(stack_switch);
HYPERCALL_HANDLER(set_callbacks);
HYPERCALL_HANDLER(fpu_taskswitch);
HYPERCALL_HANDLER(platform_op);
HYPERCALL_HANDLER(set_debugreg);
HYPERCALL_HANDLER(get_debugreg);
HYPERCALL_HANDLER(update_descriptor);
HYPERCALL_HANDLER(memory_op);
HYPERCALL_HANDLER(multicall);
HYPERCALL_HANDLER(update_va_mapping);
HYPERCALL_HANDLER(set_timer_op);
HYPERCALL_HANDLER(xen_version);
HYPERCALL_HANDLER(console_io);
HYPERCALL_HANDLER(grant_table_op);
HYPERCALL_HANDLER(vm_assist);
HYPERCALL_HANDLER(update_va_mapping_otherdomain);
HYPERCALL_HANDLER(iret);
HYPERCALL_HANDLER(vcpu_op);
HYPERCALL_HANDLER(set_segment_base);
HYPERCALL_HANDLER(mmuext_op);
HYPERCALL_HANDLER(nmi_op);
HYPERCALL_HANDLER(sched_op);
HYPERCALL_HANDLER(callback_op);
HYPERCALL_HANDLER(event_channel_op);
HYPERCALL_HANDLER(physdev_op);
HYPERCALL_HANDLER(sysctl);
HYPERCALL_HANDLER(domctl);

#endif
