/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the boot CPU can do and what of it is in use; the others must match. */
#ifndef ASM_CPU_FEATURES_H
#define ASM_CPU_FEATURES_H

#include <hv/types.h>

struct cpu_features {
	char vendor[13], model[49];
	bool pages_1g, x2apic, tsc_deadline, tsc_invariant;
	bool smep, smap, umip, fsgsbase, pcid, xsave, mce; /* smap, pcid: and they shall be used */
	bool xpti;         /* guests run on narrow roots; then there are no global pages */
	bool global_pages; /* CR4.PGE is on; without it there are no PCIDs */
};

extern struct cpu_features cpu_features;

/* With PCIDs: guest kernel's (also that of roots without a guest), guest user's. */
#define PCID_KERNEL 0ul
#define PCID_USER   1ul

/* Read CPUID; panics on a CPU that we cannot use. */
void cpu_identify(void);
/* Control registers, EFER, PAT of this CPU by features and options. */
void cpu_init_this(void);
/*
 * Make the text that varies fit the CPU: SMAP sites become STAC and CLAC if SMAP will be used,
 * arch_tlb_flush_va_local() looks after both PCIDs if there are two. Before other CPUs run.
 */
void cpu_patch_text(void);

#endif
