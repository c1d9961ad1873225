/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How far long work has come, on one line of the terminal: share, rate, time left. */
#ifndef TOOLS_CLI_PROGRESS_H
#define TOOLS_CLI_PROGRESS_H

#include "life/want.h"
#include "stream/wire.h"

/*
 * What the line begins with; nothing is shown when standard error is no terminal that can do
 * it, or quiet.
 */
void progress_begin(const char *what, int quiet);

/* For struct wire: shows the line; -EINTR once the user has cancelled. */
int progress_tick(struct wire *w);

/* Leave the terminal clean. */
void progress_end(void);

/* For want_tell: a line on a terminal that follows, else one line at the beginning. KiB. */
void progress_want(enum want_stage stage, uint64_t have, uint64_t kib);

#endif
