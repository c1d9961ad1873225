// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "abi/counter.h"
#include "abi/counter_table.h"
#include "abi/names.h"
#include "trace/counter.h"
#include "trace/event.h"

#define ROW(name, first, n) {#name, first, n},
const struct counter counters[] = {ABI_COUNTERS(ROW){NULL, 0, 0}};

void counter_element(const struct counter *c, unsigned i, char *buf, size_t size)
{
	const char *name = c->first == PAVISE_COUNTER_hypercalls   ? abi_hypercall_name(i)
			   : c->first == PAVISE_COUNTER_exceptions ? event_trap_name(i)
								   : abi_grant_table_op_name(i);

	if (name)
		snprintf(buf, size, "%s", name);
	else
		snprintf(buf, size, "%u", i);
}
