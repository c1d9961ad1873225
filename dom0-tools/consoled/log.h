/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A log file that cannot fill the disk: beyond a size it becomes PATH.1, what was PATH.1 becomes
 * PATH.2, and so on; the oldest goes.
 */
#ifndef CONSOLED_LOG_H
#define CONSOLED_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/tame.h"

/* For all logs. */
struct log_limits {
	unsigned size; /* bytes of one file */
	unsigned keep; /* older files beside it */
};
extern struct log_limits log_limits;

struct log {
	int fd; /* -1: none */
	uint64_t size;
	char path[320];
	struct tame tame;
};

/* Open for appending; fresh: begin anew and keep the former file as PATH.old. 0 or -errno. */
int log_open(struct log *l, const char *path, bool fresh);
/* Begin a new file now if n more bytes make this one too long. True: done. */
bool log_room(struct log *l, size_t n);
/* Text of a guest; it goes there as a terminal may have it (tame.h). */
void log_write(struct log *l, const char *text, size_t n);
/* Cut off what is behind so many bytes: an earlier process wrote it and could not say so. */
void log_cut(struct log *l, uint64_t size);
void log_close(struct log *l);

#endif
