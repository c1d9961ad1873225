/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A log file that cannot fill the disk: beyond a size it is moved aside once and begun anew. */
#ifndef CONSOLED_LOG_H
#define CONSOLED_LOG_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/tame.h"

struct log {
	int fd; /* -1: none */
	size_t size;
	char path[320];
	struct tame tame;
};

/* Open for appending; fresh: begin anew and keep the former file as PATH.old. 0 or -errno. */
int log_open(struct log *l, const char *path, bool fresh);
/* Text of a guest; it goes there as a terminal may have it (tame.h). */
void log_write(struct log *l, const char *text, size_t n);
void log_close(struct log *l);

#endif
