/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest's own list of its frames: found by what it says of it in its shared page, and mapped. */
#ifndef TOOLS_STREAM_P2M_H
#define TOOLS_STREAM_P2M_H

#include "abi/shared_info.h"
#include "lib/diag.h"
#include "stream/vm.h"

enum { P2M_PER_FRAME = 512 };

struct p2m {
	struct vm *vm;
	const struct shared_info *shared; /* the guest's shared page */
	const uint64_t *frame;            /* by pfn, as the guest has it now; nr of them */
	uint64_t nr;
	mfn_t *leaves; /* frames that hold the list */
	size_t nr_leaves;
	uint64_t generation;
};

/*
 * Find and map it, and the shared page. 0, or -ERANGE with d when the guest describes it wrongly,
 * -errno with d.
 */
int p2m_open(struct p2m *p, struct vm *vm, struct diag *d);

/* Whether it was opened or not, if it is zeros. */
void p2m_close(struct p2m *p);

/* The pfn that has this frame, ~0 if it is none of the guest's. */
uint64_t p2m_pfn(const struct p2m *p, uint64_t frame);

/* Has the guest moved its list since p2m_open? */
bool p2m_moved(const struct p2m *p);

#endif
