/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where events go: lines, JSON lines, a file for trace viewers, a table of counts. */
#ifndef TOOLS_TRACE_SINK_H
#define TOOLS_TRACE_SINK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "trace/event.h"

/* What all sinks share. */
struct sink_base {
	FILE *to;
	uint64_t start; /* TSC at time 0 */
	uint32_t khz;   /* of the TSC */
	/* Name of a domain for the reader; valid until the next call. */
	const char *(*name)(void *arg, uint16_t domid);
	void *arg;
};

struct sink {
	const char *format; /* what --format calls it */
	void (*begin)(const struct sink_base *b);
	void (*event)(const struct sink_base *b, const struct event *e);
	void (*end)(const struct sink_base *b);
};

/* The sink of that format, or NULL. */
const struct sink *sink_find(const char *format);

#endif
