/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Switching the ways in that the trace sees: other gates, another table of hypercalls. */
#include <asm/desc.h>
#include <asm/guest_entry.h>
#include <abi/base.h>
#include <hv/hypercall.h>
#include <hv/pv_trap.h>
#include <hv/trace.h>

#define HC_NEVER UINT32_MAX

int64_t traced_hypercall(uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5);

static hypercall_fn *const traced_table[HYPERCALL_COUNT] = {[0 ... HYPERCALL_COUNT - 1] =
								    traced_hypercall};

/* entry.S: where hypercalls are looked up, and the one that it does all by itself. */
hypercall_fn *const *hypercall_active = hypercall_table;
uint32_t hypercall_short __attribute__((section(".data.entry"))) = HC_IRET;

void arch_trace_entries(bool traced)
{
	/* What usually never leaves entry.S goes through C, where the trace is written. */
	if (traced) {
		idt_set_gate(TRAP_BP, entry_points->stubs[TRAP_BP], IST_NONE, 3);
		idt_set_gate(TRAP_PF, entry_points->stubs[TRAP_PF], IST_NONE, 0);
	} else {
		idt_set_gate(TRAP_BP, entry_points->breakpoint, IST_NONE, 3);
		idt_set_gate(TRAP_PF, entry_points->page_fault, IST_NONE, 0);
	}
	__atomic_store_n(&hypercall_short, traced ? HC_NEVER : HC_IRET, __ATOMIC_RELAXED);
	__atomic_store_n(&hypercall_active, traced ? traced_table : hypercall_table,
			 __ATOMIC_RELAXED);
}
