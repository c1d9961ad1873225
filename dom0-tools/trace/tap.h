/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hypervisor's trace buffers, mapped: switch the trace on, take what is there, switch off. */
#ifndef TOOLS_TRACE_TAP_H
#define TOOLS_TRACE_TAP_H

#include <stddef.h>
#include <stdint.h>

#include "lib/diag.h"
#include "lib/hcall.h"

struct tap;

/*
 * Make the buffers if there are none (frames of each CPU's; those that exist are used as they are),
 * and record the classes (TRC_*). NULL with d.
 */
struct tap *tap_open(struct hv *hv, unsigned frames, uint32_t classes, struct diag *d);
void tap_close(struct tap *t);

unsigned tap_cpus(const struct tap *t);

/* Wait until a buffer is half full, or ms have passed. */
void tap_wait(struct tap *t, int ms);

/*
 * Move the records of a CPU to buf, as many as are there and fit; buf has room for at least
 * tap_window() bytes. Number of bytes.
 */
size_t tap_take(struct tap *t, unsigned cpu, void *buf);
size_t tap_window(const struct tap *t);

#endif
