/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Narrow roots, and the choice between the two ways in and out that go with them or without. */
#include <arch/mmu.h>
#include <arch/vcpu.h>
#include <asm/cpu_features.h>
#include <asm/guest_entry.h>
#include <asm/narrow.h>
#include <asm/paging.h>
#include <asm/window.h>
#include <hv/console.h>
#include <hv/cpu.h>
#include <hv/domain.h>
#include <hv/page.h>
#include <hv/softirq.h>
#include <hv/string.h>

#define SLOTS 512

#define ENTRY_POINTS(suffix)                                                                       \
	{                                                                                          \
		entry_stub_page##suffix, entry_stub_compat##suffix, entry_first##suffix,           \
			entry_sysenter##suffix, entry_page_fault##suffix,                          \
			entry_breakpoint##suffix, stub_table##suffix,                              \
	}

static const struct entry_points wide_points = ENTRY_POINTS(),
				 narrow_points = ENTRY_POINTS(_narrow);
const struct entry_points *entry_points = &wide_points;

extern char entry_text_start[], entry_text_end[], entry_data_start[], entry_data_end[];

static uint64_t *roots[HV_MAX_CPUS][2]; /* guest user mode's, guest kernel mode's */

NORETURN void arch_enter_guests(void)
{
	entry_points->first();
}

void narrow_init(void)
{
	if (!cpu_features.xpti)
		return;
	entry_points = &narrow_points;
	log_info("page-table isolation: guests run on narrow roots");
}

void narrow_cpu_init(unsigned cpu)
{
	struct cpu_info *ci = window_cpu_info(cpu);
	uint64_t **l4 = roots[cpu];
	uint64_t *wide = frame_virt(paddr_to_mfn(arch_idle_root()));

	if (!cpu_features.xpti)
		return;
	l4[0] = paging_new_table();
	l4[1] = paging_new_table();
	paging_map_image(l4[0], entry_text_start, entry_text_end, MAP_RX);
	paging_map_image(l4[0], entry_data_start, entry_data_end, MAP_RO);
	/* The table of the window's pages is shared, so what is mapped there later is here, too. */
	*paging_entry(l4[0], WINDOW_BASE(cpu), 2) = *paging_entry(wide, WINDOW_BASE(cpu), 2);
	l4[1][HV_SLOT_LAST] = l4[0][HV_SLOT_LAST];
	l4[1][HV_SLOT_FIRST] = arch_m2p_slot();
	ci->narrow_user = mfn_to_paddr(virt_frame(l4[0])).a;
	ci->narrow_kernel = mfn_to_paddr(virt_frame(l4[1])).a;
	ci->wide_idle = arch_idle_root().a;
	ci->window_vcpu = (struct vcpu *)(WINDOW_BASE(cpu) + WINDOW_VCPU);
}

static void copy_slots(uint64_t *to, uint64_t root)
{
	const uint64_t *from = frame_virt(paddr_to_mfn((paddr_t){root & PTE_ADDR}));

	memcpy(to, from, HV_SLOT_FIRST * sizeof(*to));
	memcpy(to + HV_SLOT_LAST + 1, from + HV_SLOT_LAST + 1,
	       (SLOTS - HV_SLOT_LAST - 1) * sizeof(*to));
}

void narrow_refresh(struct vcpu *v)
{
	unsigned cpu = this_cpu();

	copy_slots(roots[cpu][1], v->cr3_kernel);
	if (v->cr3_user)
		copy_slots(roots[cpu][0], v->cr3_user);
	cpu_info()->narrow_user = v->cr3_user ? mfn_to_paddr(virt_frame(roots[cpu][0])).a : 0;
	window_map(WINDOW_VCPU, virt_frame(v), true);
	window_map(WINDOW_INFO, virt_frame(v->info), true);
	window_map(WINDOW_TRAPS, virt_frame(v->traps), false);
	v->window_info = (struct vcpu_info *)(WINDOW_BASE(cpu) + WINDOW_INFO +
					      ((uint64_t)v->info & ~PAGE_MASK));
	v->window_traps = (struct trap_info *)(WINDOW_BASE(cpu) + WINDOW_TRAPS);
}
