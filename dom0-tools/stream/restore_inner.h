/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the halves of restoring share: reading records, and making a domain of what they held. */
#ifndef TOOLS_STREAM_RESTORE_INNER_H
#define TOOLS_STREAM_RESTORE_INNER_H

#include "stream/restore.h"

struct blob {
	void *data;
	size_t size;
};

struct vcpu_blobs {
	struct blob basic, extended, xsave, msrs;
};

#define NO_FRAME    (~0ULL)
#define FRAME_ASKED (~1ULL) /* about to be given */

struct restore {
	struct vm *vm;
	struct wire *w;
	const struct restore_plan *plan;
	struct diag *d;
	bool has_pv_info, static_known;
	uint64_t nr;      /* pages that the guest may have */
	uint64_t *p2m;    /* frames of them, or NO_FRAME */
	uint8_t *kinds;   /* the latest kind of each */
	uint64_t *leaves; /* pages that hold the guest's own list of its frames */
	size_t nr_leaves;
	unsigned nr_vcpus;
	struct vcpu_blobs *vcpus;
	struct blob shared, tsc, leaves_of_cpu, msrs_of_cpu;
};

/* Have the domain see the processor that the guest knows. 0 or -errno with s->d. */
int restore_policy(struct restore *s);

/* All records are there: lists, shared page, tables, vCPUs, clock. 0 or -errno with s->d. */
int restore_finish(struct restore *s, struct restore_result *res);

#endif
