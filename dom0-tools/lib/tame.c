// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "lib/tame.h"

enum { ENQ = 0x05, BEL = 0x07, CAN = 0x18, SUB = 0x1a, ESC = 0x1b, C1_LEAD = 0xc2 };

enum {
	TEXT,
	ESCAPE,        /* after ESC */
	INTERMEDIATE,  /* after ESC and 0x20-0x2f */
	CONTROL,       /* a control sequence: ESC [ */
	STRING,        /* a string for the terminal, to its end */
	STRING_ESCAPE, /* in it, after ESC */
	LEAD,          /* after the byte that C1 controls begin with in UTF-8 */
};

static size_t give(struct tame *t, char *out)
{
	size_t n = t->n;

	memcpy(out, t->held, n);
	t->n = 0;
	t->state = TEXT;
	return n;
}

static size_t drop(struct tame *t)
{
	t->n = 0;
	t->state = TEXT;
	return 0;
}

static void hold(struct tame *t, uint8_t c)
{
	/* One that is longer than any that is let through ends as one that is not. */
	if (t->n < TAME_HELD)
		t->held[t->n++] = (char)c;
}

/* Control sequences that draw; held has "ESC [ parameters intermediates final". */
static bool draws(const struct tame *t)
{
	char last = t->held[t->n - 1], before = t->held[t->n - 2];
	bool private = t->held[2] >= '<' && t->held[2] <= '?';

	if (t->n == TAME_HELD)
		return false;
	if (before >= 0x20 && before < 0x30)
		return (before == ' ' && last == 'q') || (before == '!' && last == 'p');
	/* Where the cursor is: its answer holds digits alone, and shells ask for it. */
	if (last == 'n')
		return t->n == 4 && t->held[2] == '6';
	if (private)
		return strchr("hlJK", last) && t->held[2] == '?';
	return strchr("@ABCDEFGHIJKLMPSTXZ`abdefghlmrsu", last);
}

static size_t text(struct tame *t, uint8_t c, char *out)
{
	if (c == ESC) {
		t->more = 0;
		hold(t, c);
		t->state = ESCAPE;
		return 0;
	}
	if (t->more && (c & 0xc0) == 0x80) {
		t->more--;
	} else {
		t->more = c < C1_LEAD ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : c < 0xf5 ? 3 : 0;
		if (c == C1_LEAD) {
			t->more = 0;
			hold(t, c);
			t->state = LEAD;
			return 0;
		}
		/* Alone it is a C1 control to terminals that do not read UTF-8. */
		if (c == ENQ || (c >= 0x80 && c < 0xa0))
			return 0;
	}
	*out = (char)c;
	return 1;
}

static size_t escape(struct tame *t, uint8_t c, char *out)
{
	if (c == CAN || c == SUB)
		return drop(t);
	if (c == ESC)
		return 0;
	if (c < 0x20 || c >= 0x7f) {
		drop(t);
		return text(t, c, out);
	}
	hold(t, c);
	if (c >= 0x20 && c < 0x30) {
		t->state = INTERMEDIATE;
		return 0;
	}
	if (c == '[') {
		t->state = CONTROL;
		return 0;
	}
	if (strchr("]PX^_k", c)) {
		drop(t);
		t->state = STRING;
		return 0;
	}
	/* "Who are you?" */
	return c == 'Z' ? drop(t) : give(t, out);
}

static size_t within(struct tame *t, uint8_t c, char *out)
{
	uint8_t final = t->state == CONTROL ? 0x40 : 0x30;

	if (c == ESC) {
		drop(t);
		return text(t, c, out);
	}
	if (c < 0x20 || c >= 0x7f)
		return c == CAN || c == SUB || c >= 0x80 ? drop(t) : 0;
	hold(t, c);
	if (c < final)
		return 0;
	if (t->state == INTERMEDIATE)
		return t->n < TAME_HELD ? give(t, out) : drop(t);
	return draws(t) ? give(t, out) : drop(t);
}

static size_t one(struct tame *t, uint8_t c, char *out)
{
	size_t n;

	switch (t->state) {
	case ESCAPE:
		return escape(t, c, out);
	case INTERMEDIATE:
	case CONTROL:
		return within(t, c, out);
	case STRING:
		if (c == BEL || c == CAN || c == SUB)
			return drop(t);
		t->state = c == ESC ? STRING_ESCAPE : STRING;
		return 0;
	case STRING_ESCAPE:
		if (c == '\\')
			return drop(t);
		drop(t);
		hold(t, ESC);
		return escape(t, c, out);
	case LEAD:
		if (c >= 0x80 && c < 0xa0)
			return drop(t);
		n = give(t, out);
		t->more = (c & 0xc0) == 0x80;
		return n + text(t, c, out + n);
	}
	return text(t, c, out);
}

size_t tame(struct tame *t, const char *in, size_t n, char *out)
{
	size_t used = 0, i;

	for (i = 0; i < n; i++)
		used += one(t, (uint8_t)in[i], out + used);
	return used;
}
