// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "conn.h"
#include "update.h"

int update_set(char **field, const char *text)
{
	size_t n = strlen(text) + 1;

	free(*field);
	*field = memcpy(mem_alloc(n), text, n);
	return 0;
}

void update_forget(struct update *u)
{
	free(u->file);
	free(u->args);
	*u = (struct update){0};
}

void update_answer(struct update *u, const char *words)
{
	struct xsd_sockmsg hdr = u->hdr;
	struct conn *c = u->asker;

	update_forget(u);
	if (!c)
		return;
	hdr.len = (uint32_t)strlen(words) + 1;
	conn_send(c, &hdr, words);
}
