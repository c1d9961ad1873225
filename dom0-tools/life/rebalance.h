/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guests that can be ballooned, as they are, and what the plan (balloon.h) makes of them. */
#ifndef TOOLS_LIFE_REBALANCE_H
#define TOOLS_LIFE_REBALANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/host.h"
#include "life/balloon.h"

/* What was seen of a guest before. */
struct rebalance_past {
	uint16_t domid;
	uint64_t now, target; /* KiB, at the last look */
	uint64_t since;       /* host_now() when it last came nearer to its target */
};

/* Zeroed it knows nothing. */
struct rebalance {
	struct balloon_guest *guests; /* those that take part */
	uint16_t *domids;
	size_t n;
	struct rebalance_past *past;
	size_t npast;
	uint64_t free, wanted; /* KiB: nobody has; guests in the making wait for */
	bool enough;           /* what is wanted and kept can be had */
};

/*
 * Look at all guests that have /local/domain/N/memory/dynamic-min, and plan. keep: KiB to be left
 * free for new guests. 0 or -errno with d.
 */
int rebalance_look(struct rebalance *r, struct host *h, uint64_t keep, struct diag *d);

/* Tell the guests their targets. How many were told a new one. */
int rebalance_apply(struct rebalance *r, struct host *h);

void rebalance_free(struct rebalance *r);

#endif
