/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a row is measured. */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stdbool.h>

#include "micro.h"

enum { SAMPLES_MAX = 999 };

struct how {
	unsigned samples;
	/*
	 * By the clock of a real machine: nanoseconds instead of ticks of the time stamp, a
	 * warm-up in which the CPU reaches its speed, and performance counters.
	 */
	bool time;
};

/*
 * Measure a row and print one line of JSON. Its marks are region @region for a profiler. For a
 * process of its own, as rows leave rights, handlers and mappings behind.
 */
void measure(const struct row *row, unsigned region, const struct how *how);

#endif
