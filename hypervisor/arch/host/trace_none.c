/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For tests of parts that write to the trace, but do without it: it is always off. */
#include <hv/trace.h>

uint32_t trace_active;

void trace_subcall(uint64_t nr, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5)
{
	(void)nr, (void)a1, (void)a2, (void)a3, (void)a4, (void)a5;
}

void trace_runstate(const struct vcpu *v, int state)
{
	(void)v, (void)state;
}

void trace_event(const struct vcpu *v, uint32_t port)
{
	(void)v, (void)port;
}
