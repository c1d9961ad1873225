/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows of the micro benchmark: each does one operation of the kernel many times. They run as they
 * are on native Linux, in a container, in the control domain, in guests of any kind.
 */
#ifndef BENCH_MICRO_H
#define BENCH_MICRO_H

#include <stddef.h>
#include <stdint.h>
#include <x86intrin.h>

struct row {
	const char *name;
	/*
	 * Do the operation @n times and return the ticks of the CPU's time stamp they took; what is
	 * made ready and cleared away around them does not count.
	 */
	uint64_t (*run)(unsigned n);
	unsigned ops; /* operations of one sample: about a million instructions on native Linux */
};

extern const struct row rows_syscall[], rows_memory[], rows_process[], rows_ipc[], rows_event[],
	rows_timer[];

/* Say what failed, with errno, and end. */
void die(const char *what) __attribute__((noreturn));

/* The one program file, for rows that execute something. */
extern const char *micro_self;

/* Time of a piece of code; the marks let a profiler find it. */
uint64_t row_begin(void);
uint64_t row_end(uint64_t begin);

/* Both processes and threads of a pair stay on this CPU, so that a round trip switches. */
void pin(void);

#endif
