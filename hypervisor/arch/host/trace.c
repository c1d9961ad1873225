/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For tests that link the trace: its clock, and whether the traced ways in were chosen. */
#include <arch/time.h>
#include <hv/trace.h>

#include "host.h"

bool host_trace_entries;

uint64_t arch_tsc_read(void)
{
	static uint64_t tsc;

	return ++tsc;
}

void arch_trace_entries(bool traced)
{
	host_trace_entries = traced;
}
