/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For guests without a C library: some figures in order. */
#ifndef BENCH_SORT_H
#define BENCH_SORT_H

#include <stdint.h>

static inline void sort(uint64_t *v, unsigned int n)
{
	for (unsigned int i = 1; i < n; i++)
		for (unsigned int j = i; j && v[j - 1] > v[j]; j--) {
			uint64_t x = v[j];

			v[j] = v[j - 1];
			v[j - 1] = x;
		}
}

#endif
