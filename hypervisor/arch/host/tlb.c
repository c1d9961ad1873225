// SPDX-License-Identifier: GPL-2.0-or-later
/* Flushes are counted and shown to a hook; other CPUs are this thread under another number. */
#include <asm/cpu.h>
#include <hv/cpu.h>
#include <hv/sched.h>
#include <hv/tlb.h>
#include <hv/vcpu.h>
#include "host.h"

/* core/sched.c has the real one. */
__attribute__((weak)) struct cpumask cpus_online;

/* As hardware with PCIDs has them, so that who forgets to mask them is found. */
uint64_t arch_cr3_kernel_bits = 1ull << 63, arch_cr3_user_bits = 1ull << 63 | 1;

struct host_flushes host_flushes;
void (*host_flush_hook)(unsigned cpu, uint64_t va);

void arch_tlb_flush_local(void)
{
	tlb_note_flush();
	host_flushes.full++;
	if (host_flush_hook)
		host_flush_hook(this_cpu(), ~0ull);
}

void arch_tlb_flush_va_local(uint64_t va)
{
	host_flushes.va++;
	if (host_flush_hook)
		host_flush_hook(this_cpu(), va & PAGE_MASK);
}

void arch_root_load(struct vcpu *v)
{
	(void)v;
	host_flushes.root_loads++;
	arch_tlb_flush_local();
}

/* There are no entries of a mode here. */
void arch_user_root_changed(void)
{
}

void arch_call_cpus(const struct cpumask *mask, void (*fn)(void *), void *arg)
{
	unsigned self = this_cpu(), cpu;

	cpumask_for_each(cpu, mask) {
		if (cpu == self)
			continue;
		host_flushes.calls++;
		host_cpu = cpu;
		fn(arg);
	}
	host_cpu = self;
}

/* Slots that no test's walk goes through: not present. */
void arch_fill_hv_slots(uint64_t *l4)
{
	for (unsigned i = HV_SLOT_FIRST; i <= HV_SLOT_LAST; i++)
		l4[i] = (uint64_t)i << 52;
	l4[HV_SLOT_FIRST] = arch_m2p_slot();
}

uint64_t arch_m2p_slot(void)
{
	return 1ull << 62;
}

void arch_cache_flush_frame(mfn_t mfn)
{
	(void)mfn;
	host_flushes.cache++;
}

void arch_cache_flush_all(void)
{
}
