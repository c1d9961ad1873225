/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest into an image, and out of it. The image gets its name when it is complete; a guest that
 * cannot be saved goes on; one that cannot be restored leaves nothing behind.
 */
#ifndef TOOLS_LIFE_SAVE_H
#define TOOLS_LIFE_SAVE_H

#include <stdbool.h>

#include "lib/host.h"
#include "stream/wire.h"

/* What becomes of the guest once its image is complete. */
enum save_after { SAVE_END, SAVE_RUN, SAVE_PAUSE };

struct save_request {
	const char *file; /* "-": standard output */
	enum save_after after;
	int (*tick)(struct wire *w); /* see struct wire */
};

/* 0 or -errno with d. */
int save_guest(struct host *h, uint16_t domid, const struct save_request *req, struct diag *d);

#endif
