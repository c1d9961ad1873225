/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows of what domains do with each other and with the hypervisor's clock, measured by a guest
 * without an operating system: the meter. A second such guest, its peer, answers its events, takes
 * turns with it, and lends it pages.
 */
#ifndef BENCH_PAIR_H
#define BENCH_PAIR_H

#include <stdbool.h>
#include <stdint.h>

#define PAIR_PAGES 32

/* What lies in a page that the peer lends for writing. */
struct board {
	uint32_t port;             /* the peer's, for the meter to connect to */
	uint32_t refs[PAIR_PAGES]; /* further pages that it lends */
	uint32_t yielding;         /* by the meter: the peer is to yield and not to sleep */
	uint32_t turns;            /* by the peer: how often it has yielded */
};

/* Of the meter: */
extern uint16_t peer;
extern volatile struct board *board;
extern uint32_t peer_port;

struct row {
	const char *name;
	/* Do the operation @n times; the ticks of the time stamp that they took. */
	uint64_t (*run)(unsigned int n);
	unsigned int ops; /* operations of one sample */
};

extern const struct row rows_event[], rows_grant[], rows_timer[], rows_vcpu[];

/* Time of a piece of code; the marks let a profiler find it. */
uint64_t row_begin(void);
uint64_t row_end(uint64_t begin);

/* Something to sleep for. */
struct bell {
	volatile bool rung;
	volatile uint64_t at; /* time stamp of the last ring */
};

/* Handler of a port, `bell` its bell. */
void bell_ring(uint32_t port, void *bell);

/* Block until it has rung since the last wait. Events enabled. */
void bell_wait(struct bell *bell);

/* End with a reason unless rc is 0 or above; gives rc back. */
int64_t must(const char *what, int64_t rc);

/* The peer's whole life. */
void peer_main(void);

/* Meet the peer: afterwards all of the meter's data above are there. */
void meter_meet(void);

#endif
