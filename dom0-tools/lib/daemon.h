/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Being a daemon, and knowing whether one runs: each holds a lock on /run/pavise/NAME.pid. */
#ifndef TOOLS_LIB_DAEMON_H
#define TOOLS_LIB_DAEMON_H

#include <stdbool.h>

#include "lib/diag.h"

/* Does a daemon of that name run? */
bool daemon_runs(const char *name);

/* Its process, 0 if none runs. */
int daemon_pid(const char *name);

/*
 * Take the lock of name, or fail with -EBUSY and d. Held until the process ends, whatever ends it.
 * Call after daemon_detach: the lock names the process.
 */
int daemon_lock(const char *name, struct diag *d);

/*
 * Go to the background: returns in the child; the parent waits until the child calls
 * daemon_ready, and ends with the child's status. 0 or -errno.
 */
int daemon_detach(void);

/*
 * The daemon serves: let the waiting parent end with status 0 and let go of the terminal. Messages
 * still go to standard error, but if that is a pipe or socket.
 */
void daemon_ready(void);

#endif
