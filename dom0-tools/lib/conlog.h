/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where guests' console output is kept: named by guest, so that it outlives its domain. */
#ifndef TOOLS_LIB_CONLOG_H
#define TOOLS_LIB_CONLOG_H

#include <stddef.h>
#include <stdio.h>

#define CONLOG_DIR "/var/log/pavise"

/* A log that grows long is moved aside, part by part: PATH.1 is the newest of them. */
enum { CONLOG_PARTS_MAX = 99 };

/* Path of a guest's log; characters that file names should not hold become '_'. */
void conlog_path(const char *name, char *path, size_t size);

/* Copy the log to out, older parts included, fit for a terminal (tame.h). 0, -ENOENT, -errno. */
int conlog_print(const char *name, FILE *out);

/* The last lines of the log, cut to fit into buf. 0, -ENOENT, -errno. */
int conlog_tail(const char *name, unsigned lines, char *buf, size_t size);

#endif
