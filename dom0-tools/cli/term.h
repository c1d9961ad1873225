/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The user's terminal on a guest's console. */
#ifndef TOOLS_CLI_TERM_H
#define TOOLS_CLI_TERM_H

#include "lib/host.h"

enum {
	TERM_UNPAUSE = 1, /* let the guest run once connected */
	TERM_RAW = 2,
};

/*
 * Connect to the console of the guest that find() finds for what, until the user types Ctrl-] or
 * the guest ends. lines: how many of those printed before to show first. What it prints is tamed
 * (tame.h) unless TERM_RAW. While find() says -EAGAIN, or the console daemon does not serve it yet,
 * wait; what is typed meanwhile is for the guest. 0, or -errno with d.
 */
int term_attach(struct host *h, const char *what,
		int (*find)(struct host *h, const char *what, uint16_t *domid, struct diag *d),
		unsigned flags, unsigned lines, struct diag *d);

#endif
