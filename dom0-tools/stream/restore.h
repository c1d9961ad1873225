/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The inner stream into a new, empty domain. If it fails the domain is to be destroyed. */
#ifndef TOOLS_STREAM_RESTORE_H
#define TOOLS_STREAM_RESTORE_H

#include "stream/vm.h"
#include "stream/wire.h"

struct restore_plan {
	uint32_t console_port, store_port; /* of the domain, unbound */
	uint64_t max_pages;                /* numbers of its pages are believed up to here */
};

struct restore_result {
	mfn_t console, store; /* frames of the two rings */
};

/* 0, what the wire's tick said, -EINVAL with d for a stream that cannot be, -errno with d. */
int stream_restore(struct vm *vm, struct wire *w, const struct restore_plan *plan,
		   struct restore_result *res, struct diag *d);

#endif
