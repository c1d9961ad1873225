/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guests that die as soon as they live: noticed, and their last words shown. */
#ifndef TOOLS_LIFE_EARLY_H
#define TOOLS_LIFE_EARLY_H

#include "lib/host.h"

/*
 * Look at the guest for a moment (EARLY_MS, or ms if that is longer). 0 when it is still there;
 * -ECHILD with d when it ended, after its last console lines went to standard error.
 */
int early_watch(struct host *h, uint16_t domid, const char *name, unsigned ms, struct diag *d);

enum { EARLY_MS = 50 };

/* "powered off", "crashed" ...: words for a shutdown code. */
const char *early_reason(unsigned code);

#endif
