/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The user's terminal on a guest's console. */
#ifndef TOOLS_CLI_TERM_H
#define TOOLS_CLI_TERM_H

#include <stdbool.h>

#include "lib/host.h"

/*
 * Connect until the user types Ctrl-] or the guest ends; unpause: let the guest run once
 * connected. 0, or -errno with d.
 */
int term_attach(struct host *h, uint16_t domid, bool unpause, struct diag *d);

#endif
