/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a record of the trace says, in names; and whose it is. */
#ifndef TOOLS_TRACE_EVENT_H
#define TOOLS_TRACE_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace/record.h"

enum { EVENT_CPUS_MAX = 4096, EVENT_NAME = 64, EVENT_TEXT = 192, EVENT_NOBODY = 0x7fff };

enum event_kind {
	EVENT_HYPERCALL,
	EVENT_TRAP,
	EVENT_STATE, /* of a vCPU */
	EVENT_PORT,  /* became pending */
	EVENT_LOST,  /* records */
	EVENT_OTHER,
};

struct event {
	enum event_kind kind;
	uint64_t tsc;
	uint32_t cpu;
	uint16_t domid, vcpu; /* EVENT_NOBODY: not known */
	int from, to;         /* EVENT_STATE: RUNSTATE_* */
	uint32_t lost;        /* EVENT_LOST: how many */
	char name[EVENT_NAME];
	char text[EVENT_TEXT]; /* arguments, "name=value" with blanks between */
};

/* Who runs on which CPU, as told by the records so far. Zeroed, it knows nothing. */
struct event_state {
	uint32_t running[EVENT_CPUS_MAX]; /* domid << 16 | vcpu, plus 1; 0: not known */
};

/* False for records that only serve the buffer. */
bool event_of(struct event_state *s, const struct record *r, struct event *e);

/* Name of an exception's vector; NULL if it has none. */
const char *event_trap_name(unsigned vector);

/*
 * A list such as "hypercalls,traps": its kinds as bits 1 << EVENT_*, and the classes (TRC_*) that
 * have them. False if a word in it is unknown.
 */
bool event_select(const char *list, unsigned *kinds, uint32_t *classes);

#endif
