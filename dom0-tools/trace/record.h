/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of the trace (abi/trace.h) one by one, from a stretch of memory that holds whole ones. */
#ifndef TOOLS_TRACE_RECORD_H
#define TOOLS_TRACE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/trace.h"

struct record {
	uint64_t tsc;
	uint32_t event;
	uint32_t cpu;
	unsigned n; /* words */
	uint32_t word[TRACE_EXTRA_MAX];
};

/*
 * Take the record at the front of *at; *left bytes are there. False when no whole one is left.
 * A record without a time stamp has the time of the one before, which r still holds.
 */
bool record_next(const unsigned char **at, size_t *left, struct record *r);

#endif
