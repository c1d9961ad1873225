/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program that sleeps until a time: how late it runs again. */
#include <sys/prctl.h>
#include <time.h>

#include "micro.h"

#define SECOND 1000000000ull
#define AHEAD  200000ull /* ns */

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * SECOND + (uint64_t)ts.tv_nsec;
}

static uint64_t sleep_late(unsigned n)
{
	uint64_t late = 0, begun, ended, ticks;

	/* Else the kernel waits for up to 50 us more, to wake several at once. */
	if (prctl(PR_SET_TIMERSLACK, 1))
		die("prctl");
	ticks = row_begin();
	begun = now();
	while (n--) {
		uint64_t at = now() + AHEAD;
		struct timespec ts = {(time_t)(at / SECOND), (long)(at % SECOND)};

		if (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL))
			die("clock_nanosleep");
		late += now() - at;
	}
	ended = now();
	ticks = row_end(ticks);
	return (uint64_t)((double)late * (double)ticks / (double)(ended - begun));
}

const struct row rows_timer[] = {
	{"sleep_late", sleep_late, 40},
	{NULL, NULL, 0},
};
