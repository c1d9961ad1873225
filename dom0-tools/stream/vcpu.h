/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers of a vCPU on their way: the frames they name become pfns, and back. Pure. */
#ifndef TOOLS_STREAM_VCPU_H
#define TOOLS_STREAM_VCPU_H

#include "abi/vcpu_context.h"
#include "lib/diag.h"
#include "stream/table.h"

/*
 * Replace all frames by map's numbers. vCPU 0 of a suspended guest has the frame of its start_info
 * in rdx. 0, or -ERANGE with d.
 */
int vcpu_to_pfns(struct vcpu_guest_context *c, unsigned id, table_map map, void *arg,
		 struct diag *d);

/* What map is asked for by vcpu_to_frames. */
enum vcpu_use { VCPU_PLAIN, VCPU_ROOT };

/*
 * The way back. map gives the frame of a pfn that may be used so, or ~0. 0, or -ERANGE, -EINVAL
 * with d.
 */
int vcpu_to_frames(struct vcpu_guest_context *c, unsigned id,
		   uint64_t (*map)(void *arg, uint64_t pfn, enum vcpu_use use), void *arg,
		   struct diag *d);

#endif
