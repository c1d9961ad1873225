/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end of a guest, at whatever stage of its life it is met. */
#ifndef TOOLS_LIFE_DESTROY_H
#define TOOLS_LIFE_DESTROY_H

#include "lib/host.h"

/*
 * End the guest and remove every trace: domain, back-ends, loop devices, store nodes, name. Works
 * on one that is half made. 0, -ENOENT, or -errno with d (what could be removed is removed).
 */
int destroy_guest(struct host *h, uint16_t domid, struct diag *d);

/* Clean up after creations that were killed half way. Number of them, or -errno with d. */
int destroy_stale(struct host *h, struct diag *d);

/*
 * Remove what the store still says of guests whose domain is gone: ended by another tool, or by a
 * pav that was killed at work. Number of them, or -errno.
 */
int destroy_orphans(struct host *h);

#endif
