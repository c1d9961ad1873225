/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ending and starting again a guest that has shut down, in steps that survive the death of the
 * process between any two of them: before the old domain goes, /pavise/restart/UUID holds what the
 * new one needs.
 */
#ifndef TOOLS_LIFE_RESTART_H
#define TOOLS_LIFE_RESTART_H

#include <stdbool.h>
#include <stdint.h>

#include "life/policy.h"
#include "lib/domctl.h"
#include "lib/host.h"

/* Was the guest made by these tools, has it shut down, and has not been decided to keep it so? */
bool restart_open(struct host *h, const struct domctl_getdomaininfo *info);

/* Is it so, and does nobody act on it yet? */
bool restart_due(struct host *h, const struct domctl_getdomaininfo *info);

/*
 * Act on a guest that has shut down as its configuration says. Words about what was done go to the
 * log as who. 0 or -errno with d.
 */
int restart_act(struct host *h, const struct domctl_getdomaininfo *info, const char *who,
		struct diag *d);

/* Is a guest of this name being started again, whether or not its old domain is still there? */
bool restart_of(struct host *h, const char *name);

/* UUIDs (text) of restarts whose process died; one allocation. Number or -errno. */
int restart_unfinished(struct host *h, char ***uuids);

/* Finish one of them. 0 or -errno with d. */
int restart_finish(struct host *h, const char *uuid, struct diag *d);

#endif
