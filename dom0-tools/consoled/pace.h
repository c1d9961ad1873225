/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How fast a guest may print: so many bytes a second, and for a moment more. What is above that
 * stays in the guest's ring, where it waits. Pure.
 */
#ifndef CONSOLED_PACE_H
#define CONSOLED_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	PACE_BURST_S = 4,     /* seconds' worth that may come at once after a silence */
	PACE_TURN = 64 << 10, /* bytes taken of one guest before others have their turn */
	PACE_TELL_S = 60,     /* of waiting before the log has another line about it */
};

extern unsigned pace_limit; /* bytes a second, of all guests */

struct pace {
	uint64_t then;  /* when `left` was right, ns */
	uint64_t left;  /* bytes it may print now */
	uint64_t since; /* when it was made to wait first, 0: it does not */
	uint64_t bytes; /* taken since then */
};

/* Bytes that may be taken now. A pace all zero may take a full burst. */
size_t pace_room(struct pace *r, uint64_t now);
/*
 * n bytes were taken; more: there are others, which have to wait. True: it is time to say so, in
 * *ms and *bytes how long it has been so and how much came meanwhile (0 ms: it begins now).
 */
bool pace_took(struct pace *r, uint64_t now, size_t n, bool more, uint64_t *ms, uint64_t *bytes);

#endif
