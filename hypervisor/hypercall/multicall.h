/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Restarting inside a multicall. */
#ifndef HYPERCALL_MULTICALL_H
#define HYPERCALL_MULTICALL_H

#include <hv/types.h>

/* Note that the running multicall's present entry is to go on so. False: no multicall runs here. */
bool multicall_restart(unsigned nr, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4,
		       uint64_t a5);

#endif
