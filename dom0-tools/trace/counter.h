/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hypervisor's counters by name, as guest-abi/abi/counter.abi lists them. Pure. */
#ifndef TOOLS_TRACE_COUNTER_H
#define TOOLS_TRACE_COUNTER_H

#include <stddef.h>

struct counter {
	const char *name;
	unsigned first, n; /* index of its first value, number of values */
};

/* All of them, by index; a row without a name ends them. */
extern const struct counter counters[];

/* What value @i of a counter with several stands for, such as a hypercall; a number if nameless. */
void counter_element(const struct counter *c, unsigned i, char *buf, size_t size);

#endif
