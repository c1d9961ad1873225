/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TLB discipline. Each CPU counts its full flushes on one global clock. A frame whose last
 * mapping went carries the clock's value (page.tlb_stamp); before it gets a new type or owner,
 * every CPU that may hold a stale entry, and has not flushed since, is flushed.
 *
 * Which CPUs may: domain.dirty_cpus. The switch code sets a CPU's bit before it loads a root of
 * the domain and clears it after it has loaded (with a full flush) somebody else's; a switch to
 * another vCPU is always a root load with full flush, even when the roots are equal. A vCPU's
 * entries are on the CPU sched.cpu names, or nowhere.
 *
 * Every flush named here drops a CPU's entries of guest kernel and guest user mode alike. That the
 * two modes may have PCIDs of their own, and a change of mode then drops nothing, is known to the
 * x86 side alone (arch/x86/README.md); nobody may count on a change of mode as a flush.
 */
#ifndef HV_TLB_H
#define HV_TLB_H

#include <hv/cpumask.h>
#include <hv/page.h>

extern uint64_t tlb_ticks; /* mm/tlb.c advances it */
static inline uint32_t tlb_clock(void)
{
	return (uint32_t)__atomic_load_n(&tlb_ticks, __ATOMIC_SEQ_CST);
}
/* Flush all (non-hypervisor) entries of the CPUs in @mask, this one included if set; waits. */
void tlb_flush_cpus(const struct cpumask *mask);
/* Flush one linear address on the CPUs in @mask; waits. */
void tlb_flush_va_cpus(const struct cpumask *mask, uint64_t va);
/* Flush those CPUs of @mask that have not flushed since @stamp. */
void tlb_flush_stale(const struct cpumask *mask, uint32_t stamp);
/*
 * The x86 side calls this just before each full flush (arch_tlb_flush_local, root load on a vCPU
 * switch) on this CPU, and touches no guest address between. A load of the other root of the
 * same vCPU (user <-> kernel mode) keeps global entries, so it is none.
 */
void tlb_note_flush(void);

#endif
