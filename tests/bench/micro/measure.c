/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../mark.h"
#include "counters.h"
#include "measure.h"

#define WARM_NS 20000000

static unsigned char mark;
static bool counting;

uint64_t row_begin(void)
{
	if (counting)
		counters_start();
	mark_begin(mark);
	return __rdtsc();
}

uint64_t row_end(uint64_t begin)
{
	uint64_t end = __rdtsc();

	mark_end(mark);
	if (counting)
		counters_stop();
	return end - begin;
}

/* The clock and the time stamp at the same moment: of some readings the least interrupted one. */
struct moment {
	uint64_t ns, ticks;
};

static struct moment now(void)
{
	struct moment best = {0};
	uint64_t least = UINT64_MAX;

	for (int i = 0; i < 8; i++) {
		struct timespec ts;
		uint64_t before = __rdtsc(), took;

		clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
		took = __rdtsc() - before;
		if (took < least) {
			least = took;
			best.ns = (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
			best.ticks = before + took / 2;
		}
	}
	return best;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void warm_up(const struct row *row, const struct how *how)
{
	uint64_t begun = now().ns;

	do
		row->run(row->ops / 8 + 1);
	while (how->time && now().ns - begun < WARM_NS);
}

void measure(const struct row *row, unsigned region, const struct how *how)
{
	unsigned n = how->samples, quarter = (n - 1) / 4;
	struct moment begun, ended;
	double v[SAMPLES_MAX], scale = 1;

	mark = (unsigned char)region;
	warm_up(row, how);
	begun = now();
	for (unsigned i = 0; i < n; i++)
		v[i] = (double)row->run(row->ops) / row->ops;
	ended = now();
	qsort(v, n, sizeof(v[0]), by_value);
	if (how->time)
		scale = (double)(ended.ns - begun.ns) / (double)(ended.ticks - begun.ticks);
	printf("{\"row\": \"%s\", \"region\": %u, \"ops\": %u, \"samples\": %u, \"unit\": \"%s\", "
	       "\"median\": %.2f, \"min\": %.2f, \"low\": %.2f, \"high\": %.2f, \"max\": %.2f",
	       row->name, region, row->ops, n, how->time ? "ns" : "ticks", v[n / 2] * scale,
	       v[0] * scale, v[quarter] * scale, v[n - 1 - quarter] * scale, v[n - 1] * scale);
	if (how->time) {
		counters_open();
		counting = true;
		row->run(row->ops);
		counters_print(row->ops);
	}
	printf("}\n");
	fflush(stdout);
}
