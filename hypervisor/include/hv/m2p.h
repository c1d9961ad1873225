/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Machine-to-physical table, at M2P_VA; guests read it directly. */
#ifndef HV_M2P_H
#define HV_M2P_H

#include <arch/mmu.h>

/* Any context; page_valid(@mfn) must hold. */
static inline void m2p_set(mfn_t mfn, uint64_t pfn)
{
	__atomic_store_n(&M2P_TABLE[mfn.n], pfn, __ATOMIC_RELAXED);
}
static inline uint64_t m2p_get(mfn_t mfn)
{
	return __atomic_load_n(&M2P_TABLE[mfn.n], __ATOMIC_RELAXED);
}

#endif
