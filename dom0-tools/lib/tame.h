/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest's console output on its way to a terminal, or to a log that somebody will print on one:
 * what draws passes (text, colours, the cursor, what editors and menus need); what makes the
 * terminal answer, keep, print, rename itself or run a string of its own does not. Pure.
 */
#ifndef TOOLS_LIB_TAME_H
#define TOOLS_LIB_TAME_H

#include <stddef.h>

enum { TAME_HELD = 64 };

/* All zero at first. A sequence that is cut between two reads is held back until it is complete. */
struct tame {
	unsigned state;
	unsigned more; /* bytes that the character under way still has */
	size_t n;
	char held[TAME_HELD];
};

/* Room that the output of n bytes may take. */
static inline size_t tame_room(size_t n)
{
	return n + TAME_HELD;
}

/* Filter n bytes at in to out, which has tame_room(n). Returns the bytes written. */
size_t tame(struct tame *t, const char *in, size_t n, char *out);

#endif
