/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of several CPUs, brought into the order of their time stamps. */
#ifndef TOOLS_TRACE_BATCH_H
#define TOOLS_TRACE_BATCH_H

#include <stddef.h>

#include "trace/record.h"

struct batch {
	struct record *list;
	size_t n, room;
	uint64_t last[4096]; /* time of a CPU's last record, for those without one */
};

/* Add the records of a stretch that a CPU wrote. 0 or -ENOMEM. */
int batch_add(struct batch *b, uint32_t cpu, const void *from, size_t size);
void batch_sort(struct batch *b);
/* Forget the records; batch_free() the memory, too. */
void batch_clear(struct batch *b);
void batch_free(struct batch *b);

#endif
