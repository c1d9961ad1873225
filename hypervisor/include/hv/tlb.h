/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TLB discipline. Each CPU counts its full flushes on one global clock. A frame whose last
 * mapping went carries the clock's value (page.tlb_stamp); before it gets a new type or owner,
 * every CPU that may hold a stale entry, and has not flushed since, is flushed.
 */
#ifndef HV_TLB_H
#define HV_TLB_H

#include <hv/cpumask.h>
#include <hv/page.h>

uint32_t tlb_clock(void);
/* Flush all (non-hypervisor) entries of the CPUs in @mask, this one included if set; waits. */
void tlb_flush_cpus(const struct cpumask *mask);
/* Flush one linear address on the CPUs in @mask; waits. */
void tlb_flush_va_cpus(const struct cpumask *mask, uint64_t va);
/* Flush those CPUs of @mask that have not flushed since @stamp. */
void tlb_flush_stale(const struct cpumask *mask, uint32_t stamp);
/* The x86 side calls this after each full flush or root load on this CPU. */
void tlb_note_flush(void);

#endif
