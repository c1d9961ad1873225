/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of CPUs, "0-3,^2" or "all", as bitmaps. Pure. */
#ifndef TOOLS_LIB_CPUMAP_H
#define TOOLS_LIB_CPUMAP_H

#include <stddef.h>
#include <stdint.h>

#include "lib/domctl.h"

/* 0, or -EINVAL: not such a list, or it names no CPU at all. */
int cpumap_parse(const char *list, uint8_t map[CPUMAP_BYTES]);

/* The set bits below limit as a list; "all" when all of them are set. */
void cpumap_format(const uint8_t map[CPUMAP_BYTES], unsigned limit, char *buf, size_t size);

#endif
