/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory maps of guests that leave the addresses of devices free. Pure. */
#ifndef TOOLS_LIB_E820_H
#define TOOLS_LIB_E820_H

#include <stdint.h>

#include "abi/memory.h"

/*
 * Ranges for that many bytes of RAM around the hole below 4 GiB of the machine with this map; how
 * many (1 or 2).
 */
unsigned e820_around(const struct e820_entry *machine, unsigned n, uint64_t bytes,
		     struct e820_entry out[2]);

#endif
