/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A large file that gets its name when it is complete: until then it is FILE.part, and what FILE
 * was before stays. "-", pipes and devices are written as they are.
 */
#ifndef TOOLS_LIFE_OUTFILE_H
#define TOOLS_LIFE_OUTFILE_H

#include <stdint.h>

#include "lib/diag.h"

struct outfile {
	const char *file;
	const char *name; /* for messages */
	int fd;
	char part[4096]; /* empty: written in place */
};

/* Open it; there must be room for that many bytes. 0, or -errno with d and nothing left. */
int outfile_open(struct outfile *o, const char *file, uint64_t bytes, struct diag *d);

/* All is written: make it durable and give it its name. 0 or -errno with d. */
int outfile_complete(struct outfile *o, struct diag *d);

/* Close it; what is not complete is removed. */
void outfile_close(struct outfile *o);

#endif
