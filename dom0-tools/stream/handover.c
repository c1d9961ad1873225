// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "stream/handover.h"

enum { WORDS_MAX = 64 };

#define WORDS(text, nul)                                                                           \
	{                                                                                          \
		text, sizeof(text) - 1 + (nul)                                                     \
	}

static const struct {
	const char *text;
	size_t size; /* with the final NUL where it is sent */
} words[] = {
	[HANDOVER_HERE] = WORDS("xl migration receiver ready, send binary domain data.\n", 0),
	[HANDOVER_READY] = WORDS("domain received, ready to unpause", 1),
	[HANDOVER_GO] = WORDS("domain is yours, you are cleared to unpause", 1),
	[HANDOVER_REPORT] = WORDS("my copy unpause results are as follows", 1),
};

int handover_say(struct wire *w, enum handover what, struct diag *d)
{
	struct iovec part = {(void *)words[what].text, words[what].size};

	return wire_write(w, &part, 1, d);
}

int handover_hear(struct wire *w, enum handover what, struct diag *d)
{
	char text[WORDS_MAX];
	int rc = wire_read(w, text, words[what].size, d);

	if (rc || !memcmp(text, words[what].text, words[what].size))
		return rc;
	return diag_set(d, -EPROTO, "%s says something else than '%.*s'", w->name,
			(int)strcspn(words[what].text, "\n"), words[what].text);
}

int handover_say_status(struct wire *w, unsigned char status, struct diag *d)
{
	struct iovec part = {&status, 1};

	return wire_write(w, &part, 1, d);
}

int handover_hear_status(struct wire *w, unsigned char *status, struct diag *d)
{
	return wire_read(w, status, 1, d);
}
