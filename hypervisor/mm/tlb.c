// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The flush clock. 64 bits never wrap; a frame's 32-bit stamp is read as the latest moment with
 * these low bits, so a very old one costs a flush too many and never one too few.
 */
#include <arch/mmu.h>
#include <hv/counter.h>
#include <hv/cpu.h>
#include <hv/sched.h>
#include <hv/tlb.h>

uint64_t tlb_ticks;
static uint64_t flushed_at[HV_MAX_CPUS];

void tlb_note_flush(void)
{
	uint64_t now = __atomic_add_fetch(&tlb_ticks, 1, __ATOMIC_SEQ_CST);

	__atomic_store_n(&flushed_at[this_cpu()], now, __ATOMIC_RELEASE);
}

static void flush_all_here(UNUSED void *unused)
{
	arch_tlb_flush_local();
}

static void flush_va_here(void *va)
{
	arch_tlb_flush_va_local((uint64_t)va);
}

static void on_cpus(const struct cpumask *mask, void (*fn)(void *), void *arg)
{
	struct cpumask others = *mask;
	unsigned self = this_cpu();

	if (cpumask_test(mask, self)) {
		fn(arg);
		cpumask_clear(&others, self);
	}
	if (cpumask_empty(&others))
		return;
	COUNT(tlb_ipis, cpumask_count(&others));
	arch_call_cpus(&others, fn, arg);
}

void tlb_flush_cpus(const struct cpumask *mask)
{
	COUNT(tlb_flushes, 1);
	on_cpus(mask, flush_all_here, NULL);
}

void tlb_flush_va_cpus(const struct cpumask *mask, uint64_t va)
{
	COUNT(tlb_page_flushes, 1);
	on_cpus(mask, flush_va_here, (void *)va);
}

void tlb_flush_stale(const struct cpumask *mask, uint32_t stamp)
{
	uint64_t now = __atomic_load_n(&tlb_ticks, __ATOMIC_SEQ_CST);
	uint64_t since = now - (uint32_t)((uint32_t)now - stamp);
	struct cpumask stale = {0};
	unsigned cpu;

	cpumask_for_each(cpu, mask)
		if (__atomic_load_n(&flushed_at[cpu], __ATOMIC_ACQUIRE) <= since)
			cpumask_set(&stale, cpu);
	if (!cpumask_empty(&stale))
		tlb_flush_cpus(&stale);
}
