/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Having a guest suspend itself, and undoing it. While it stands still, /pavise/saving/N names the
 * process at work: if that one is gone, suspend_stale lets the guest go on.
 */
#ifndef TOOLS_LIFE_SUSPEND_H
#define TOOLS_LIFE_SUSPEND_H

#include "lib/host.h"

/* Leave the mark, ask, and wait until it stands still. 0 or -errno with d, and it runs. */
int suspend_guest(struct host *h, uint16_t domid, struct diag *d);

/* Let a suspended guest go on as if nothing had been, and remove the mark. 0 or -errno with d. */
int suspend_undo(struct host *h, uint16_t domid, struct diag *d);

/* The guest goes or has gone: remove the mark alone. */
void suspend_forget(struct host *h, uint16_t domid);

/* Let go on whom a process suspended that was killed. Number of guests, or -errno. */
int suspend_stale(struct host *h);

#endif
