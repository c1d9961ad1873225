/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest's memory for a debugger. */
#ifndef TOOLS_LIFE_DUMP_H
#define TOOLS_LIFE_DUMP_H

#include <stdbool.h>

#include "lib/host.h"
#include "stream/wire.h"

struct dump_request {
	const char *file; /* "-": standard output */
	bool live;        /* let the guest run meanwhile */
	bool end;         /* end the guest afterwards */
	int (*tick)(struct wire *w);
};

/* 0 or -errno with d; the guest then is as it was. */
int dump_guest(struct host *h, uint16_t domid, const struct dump_request *req, struct diag *d);

/* Where crashed guests' memory is kept. */
#define DUMP_DIR "/var/lib/pavise/dump"

/*
 * Keep a crashed guest's memory as DUMP_DIR/NAME-DATE-TIME.core, which goes to path. 0 or -errno
 * with d.
 */
int dump_crashed(struct host *h, uint16_t domid, const char *name, char *path, size_t size,
		 struct diag *d);

#endif
