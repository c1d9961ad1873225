/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a live update has been told so far: which program takes this one's place. Pure. */
#ifndef STORED_UPDATE_H
#define STORED_UPDATE_H

#include "abi/xs_wire.h"

struct conn;

struct update {
	char *file;             /* of the new program; NULL: not told */
	char *args;             /* its arguments, with spaces between; NULL: those of this one */
	struct conn *asker;     /* who wants it done now; NULL: nobody */
	struct xsd_sockmsg hdr; /* of his request */
};

/* Put text in the place of *field. 0. */
int update_set(char **field, const char *text);
/* Forget all of it. */
void update_forget(struct update *u);
/* Answer who asked, and forget all: done, or why not. */
void update_answer(struct update *u, const char *words);

#endif
