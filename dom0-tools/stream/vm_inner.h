/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the halves of the real vm share. */
#ifndef TOOLS_STREAM_VM_INNER_H
#define TOOLS_STREAM_VM_INNER_H

#include "lib/hcall.h"
#include "stream/vm.h"

struct vm {
	struct hv *hv;
	uint16_t domid;
	unsigned vcpus;
	mfn_t shared_info;
	uint64_t *piece_frame; /* first frame of each piece of the M2P; pieces of them */
	const uint64_t **piece;
	size_t pieces;
};

#endif
