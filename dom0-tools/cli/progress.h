/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How far long work has come, on one line of the terminal: share, rate, time left. */
#ifndef TOOLS_CLI_PROGRESS_H
#define TOOLS_CLI_PROGRESS_H

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

#endif
