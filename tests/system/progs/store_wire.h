/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A client of the store that does nothing but send requests and wait for answers, so that hardly
 * anything of it is in a figure. It ends the program, with a word why, when something is wrong.
 */
#ifndef PROGS_STORE_WIRE_H
#define PROGS_STORE_WIRE_H

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi/xs_wire.h"

struct wire {
	int fd;
	const char *name;                    /* for messages */
	unsigned events;                     /* that came and were not asked for */
	char text[XENSTORE_PAYLOAD_MAX + 1]; /* the last message, a NUL behind it */
};

static inline void wire_fail(const struct wire *w, const char *what)
{
	printf("FAILED: %s: %s: %s\n", w->name, what, strerror(errno));
	exit(1);
}

static inline void wire_get(struct wire *w, void *buf, size_t n)
{
	for (ssize_t got; n; n -= (size_t)got, buf = (char *)buf + got) {
		got = read(w->fd, buf, n);
		if (got <= 0)
			wire_fail(w, "the connection ended");
	}
}

/* The type of the next message. */
static inline unsigned wire_message(struct wire *w)
{
	struct xsd_sockmsg m;

	wire_get(w, &m, sizeof(m));
	if (m.len > XENSTORE_PAYLOAD_MAX)
		wire_fail(w, "a message too long");
	wire_get(w, w->text, m.len);
	w->text[m.len] = 0;
	return m.type;
}

/* A request with n bytes behind it. 0, or 1: an error, which w->text names. */
static inline int wire_ask(struct wire *w, unsigned type, uint32_t tx, const char *payload,
			   size_t n)
{
	struct {
		struct xsd_sockmsg m;
		char payload[256];
	} out = {.m = {.type = type, .tx_id = tx, .len = (uint32_t)n}};
	unsigned got;

	memcpy(out.payload, payload, n);
	if (write(w->fd, &out, sizeof(out.m) + n) != (ssize_t)(sizeof(out.m) + n))
		wire_fail(w, "cannot send");
	while ((got = wire_message(w)) == XS_WATCH_EVENT)
		w->events++;
	if (got != type && got != XS_ERROR)
		wire_fail(w, "the answer to something else");
	return got == XS_ERROR;
}

/* Wait for an event, unless one has come meanwhile; forget those that have. */
static inline void wire_event(struct wire *w)
{
	if (!w->events && wire_message(w) != XS_WATCH_EVENT)
		wire_fail(w, "an answer in place of an event");
	w->events = 0;
}

#endif
