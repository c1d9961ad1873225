/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text in Prometheus's exposition format 0.0.4, growing as it is written. Pure. */
#ifndef TOOLS_EXPORTER_TEXT_H
#define TOOLS_EXPORTER_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
	char *at; /* NUL-terminated once something was written */
	size_t len, room;
	bool failed; /* memory ran out: what is there is not whole */
};

void text_free(struct text *t);

/* Begin a family: all its samples follow before the next one begins. */
void text_family(struct text *t, const char *name, const char *type, const char *help);

/*
 * Append key="value" to the labels in buf (a comma between); what the format cannot hold is
 * escaped, what is no printable ASCII becomes '?'. A label that does not fit is cut short, but
 * stays well-formed. size: of buf, at least 8 more than the key.
 */
void text_label(char *buf, size_t size, const char *key, const char *value);

/* A sample: labels as text_label() makes them, or "". */
void text_number(struct text *t, const char *name, const char *labels, uint64_t value);

/* The same with a time in nanoseconds, shown in seconds. */
void text_seconds(struct text *t, const char *name, const char *labels, uint64_t ns);

#endif
