/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parts of contexts that are pure, and what several files of pv/ allow guests. */
#ifndef PV_CONTEXT_H
#define PV_CONTEXT_H

#include <abi/base.h>
#include <abi/vcpu_context.h>
#include <hv/types.h>

/* CR4 bits a guest has of its own: TSD, DE, FSGSBASE, OSXSAVE (abi-facts "CR4 / CR0"). */
#define PV_CR4_TSD	0x4ull
#define PV_CR4_DE	0x8ull
#define PV_CR4_OSXSAVE	0x40000ull
#define PV_CR4_GUEST	(PV_CR4_TSD | PV_CR4_DE | PV_CR4_OSXSAVE)

#define PV_VM_ASSIST_VALID                                                                        \
	(1ull << VMASST_TYPE_4gb_segments | 1ull << VMASST_TYPE_writable_pagetables |             \
	 1ull << VMASST_TYPE_pae_extended_cr3 | 1ull << VMASST_TYPE_runstate_update_flag |        \
	 1ull << VMASST_TYPE_m2p_strict)

/* Everything that can be judged without the domain. -EINVAL. */
int pv_context_check(const struct vcpu_guest_context *c);
/* May a guest's LDT be there? */
bool pv_ldt_valid(uint64_t va, uint64_t entries);

#endif
