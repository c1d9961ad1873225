/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Having a guest suspend itself, and undoing it. Meanwhile /pavise/saving/N names the process at
 * work: no other one may begin, and if it is gone, suspend_stale lets the guest go on.
 */
#ifndef TOOLS_LIFE_SUSPEND_H
#define TOOLS_LIFE_SUSPEND_H

#include "lib/host.h"

/*
 * Leave the mark before anything else, such as copying the guest's memory while it runs. 0; -EBUSY
 * with d: another process is at work with it, or it was given away; -EINVAL with d: it is paused or
 * has ended; or -errno with d. Later suspend_guest, or suspend_forget.
 */
int suspend_claim(struct host *h, uint16_t domid, struct diag *d);

/* Leave the mark, ask, and wait until it stands still. 0 or -errno with d, and it runs. */
int suspend_guest(struct host *h, uint16_t domid, struct diag *d);

/* Let a suspended guest go on as if nothing had been, and remove the mark. 0 or -errno with d. */
int suspend_undo(struct host *h, uint16_t domid, struct diag *d);

/* The guest goes or has gone: remove the mark alone. */
void suspend_forget(struct host *h, uint16_t domid);

/* The guest is about to be another machine's: let nobody wake it but suspend_undo. 0 or -errno. */
int suspend_given(struct host *h, uint16_t domid);

/*
 * Undo it for a guest that nobody undoes it for. 0, -EINVAL with d (it is not suspended), -EBUSY
 * with d (a process is at work with it), or -errno with d.
 */
int suspend_settle(struct host *h, uint16_t domid, struct diag *d);

/* Let go on whom a process suspended that was killed. Number of guests, or -errno. */
int suspend_stale(struct host *h);

#endif
