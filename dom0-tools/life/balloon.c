// SPDX-License-Identifier: GPL-2.0-or-later
#include "life/balloon.h"

/* A guest that says what it uses gets a quarter more, to grow into before the next look. */
enum { HEADROOM = 4 };

static uint64_t clamp(uint64_t v, uint64_t low, uint64_t high)
{
	return v < low ? low : v > high ? high : v;
}

static uint64_t part(uint64_t v, uint64_t of, uint64_t whole)
{
	return whole ? (uint64_t)((unsigned __int128)v * of / whole) : 0;
}

static uint64_t wants(const struct balloon_guest *g)
{
	if (g->used > g->max)
		return g->max;
	return clamp(g->used + g->used / HEADROOM, g->min, g->max);
}

/* Everybody the same share of what he wants beyond his minimum. */
static void share(struct balloon_guest *g, size_t n, uint64_t rest)
{
	uint64_t wanted = 0;
	size_t i;

	for (i = 0; i < n; i++)
		if (!g[i].fixed)
			wanted += g[i].wants - g[i].min;
	for (i = 0; i < n; i++)
		if (!g[i].fixed)
			g[i].target = rest < wanted
					      ? g[i].min + part(g[i].wants - g[i].min, rest, wanted)
					      : g[i].wants;
}

/* Only what is free now can be given out now; the small steps are left. */
static void pace(struct balloon_guest *g, size_t n, uint64_t spare, bool urgent)
{
	uint64_t growth = 0;
	size_t i;

	for (i = 0; i < n; i++)
		if (g[i].target > g[i].now)
			growth += g[i].target - g[i].now;
	for (i = 0; i < n; i++) {
		uint64_t more = g[i].target > g[i].now ? g[i].target - g[i].now : 0;
		uint64_t less = g[i].target < g[i].now ? g[i].now - g[i].target : 0;

		if (growth > spare)
			more = part(more, spare, growth);
		if (more < BALLOON_STEP_KIB)
			more = 0;
		if (less < BALLOON_STEP_KIB && !urgent)
			less = 0;
		/* Whole frames. */
		g[i].target = (g[i].now + more - less) & ~3ull;
	}
}

bool balloon_plan(struct balloon_guest *g, size_t n, uint64_t free, uint64_t need)
{
	uint64_t total = free, least = need;
	size_t i;

	for (i = 0; i < n; i++) {
		if (g[i].min > g[i].max)
			g[i].min = g[i].max;
		g[i].wants = wants(&g[i]);
		g[i].target = g[i].now;
		if (g[i].fixed)
			continue;
		total += g[i].now;
		least += g[i].min;
	}
	share(g, n, total > least ? total - least : 0);
	pace(g, n, free > need ? free - need : 0, need > free);
	return total >= least;
}
