// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "lib/rate.h"

void rate_text(char *buf, size_t size, uint64_t done, uint64_t expected, uint64_t ns)
{
	double seconds = (double)ns / 1e9, rate = seconds > 0 ? (double)done / seconds : 0;
	int n = snprintf(buf, size, "%llu MiB", (unsigned long long)done >> 20);
	uint64_t left;

	if (expected > done && n > 0 && (size_t)n < size)
		n = snprintf(buf, size, "%u%% of %llu MiB",
			     (unsigned)((double)done * 100 / (double)expected),
			     (unsigned long long)expected >> 20);
	if (rate <= 0 || n < 0 || (size_t)n >= size)
		return;
	n += snprintf(buf + n, size - (size_t)n, ", %.0f MiB/s", rate / (1 << 20));
	if (expected <= done || (size_t)n >= size)
		return;
	left = (uint64_t)((double)(expected - done) / rate) + 1;
	snprintf(buf + n, size - (size_t)n, ", %llu:%02llu left", (unsigned long long)left / 60,
		 (unsigned long long)left % 60);
}
