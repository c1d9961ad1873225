/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the machine's memory is shared out among guests that can be ballooned. Pure; KiB. */
#ifndef TOOLS_LIFE_BALLOON_H
#define TOOLS_LIFE_BALLOON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BALLOON_UNTOLD UINT64_MAX

enum { BALLOON_STEP_KIB = 4096 }; /* changes below that are not worth a guest's work */

struct balloon_guest {
	uint64_t now;
	uint64_t min, max; /* min > max counts as max */
	uint64_t used;     /* what it says it cannot do without, or BALLOON_UNTOLD */
	bool fixed;        /* paused, or it does not follow: left as it is */
	uint64_t wants;    /* out: what it would get if there were enough */
	uint64_t target;   /* out */
};

/*
 * Set wants and target of each guest. free: memory that nobody has; need: how much of it is to be
 * there for others. A guest that is below its target by then grows in a later round, when the
 * others have given back. Whether need can be met: false if it asks for more than all guests have
 * above their minimum.
 */
bool balloon_plan(struct balloon_guest *g, size_t n, uint64_t free, uint64_t need);

#endif
