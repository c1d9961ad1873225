/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest out of an image: as it was, on this machine's devices. */
#ifndef TOOLS_LIFE_RESTORE_H
#define TOOLS_LIFE_RESTORE_H

#include <stdbool.h>

#include "lib/host.h"
#include "stream/wire.h"

struct restore_request {
	const char *file; /* "-": standard input */
	const char *name; /* of a copy, which gets a UUID and card addresses of its own; or NULL */
	/* Disks in place of those with the same vdevs, with ';' between them; or NULL. */
	const char *disks;
	bool paused;
	/* All is made but does not run: an error undoes it. May be NULL. */
	int (*ready)(void *arg, struct diag *d);
	void *arg;
	int (*tick)(struct wire *w); /* see struct wire, as for patience */
	unsigned patience;
};

/* 0 with *domid, or -errno with d and nothing left. */
int restore_guest(struct host *h, const struct restore_request *req, uint16_t *domid,
		  struct diag *d);

#endif
