/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The CPU's performance counters, of this process and of those it makes afterwards. */
#ifndef BENCH_COUNTERS_H
#define BENCH_COUNTERS_H

/* Open what the kernel gives; done once, before the processes that are to be counted exist. */
void counters_open(void);

/* Count from here on, to the next counters_stop(); does nothing while no counter is open. */
void counters_start(void);
void counters_stop(void);

/* Forget what has been counted. */
void counters_clear(void);

/*
 * Print `, "counters": {...}` with what was counted for each of @ops operations, and why counters
 * are missing, `, "uncounted": "..."`. What starting and stopping takes is left out.
 */
void counters_print(unsigned ops);

#endif
