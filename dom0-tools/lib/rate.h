/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How far work on bytes has come, in words. Pure. */
#ifndef TOOLS_LIB_RATE_H
#define TOOLS_LIB_RATE_H

#include <stddef.h>
#include <stdint.h>

/* "25% of 120 MiB, 30 MiB/s, 0:04 left"; expected 0: not known. ns: since it began. */
void rate_text(char *buf, size_t size, uint64_t done, uint64_t expected, uint64_t ns);

#endif
