/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much a card or a disk may carry. Pure. */
#ifndef TOOLS_CONF_LIMIT_H
#define TOOLS_CONF_LIMIT_H

#include <stdint.h>

/* So many bytes in so many microseconds. */
struct limit {
	uint64_t bytes;
	uint32_t usecs;
};

/*
 * "10Mb/s", "250KB/s", "1GB/s@20ms": an amount per second (b: bits, B: bytes), spent per interval
 * of 50 ms or as given. 0; -EINVAL; -ERANGE: less than a byte.
 */
int limit_parse(const char *s, struct limit *out);

#endif
