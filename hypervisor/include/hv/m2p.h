/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Machine-to-physical table, at M2P_VA; guests read it directly. */
#ifndef HV_M2P_H
#define HV_M2P_H

#include <hv/types.h>

/* Any context; @mfn must be RAM. */
void m2p_set(mfn_t mfn, uint64_t pfn);
uint64_t m2p_get(mfn_t mfn);

#endif
