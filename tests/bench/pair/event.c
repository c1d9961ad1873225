/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Meter and peer in turns on one CPU: by an event there and back, and by yielding to each other. */
#include "pair.h"

#include <errno.h>

#include "abi/sched.h"
#include "guest-abi/guest/event.h"
#include "guest-abi/guest/guest.h"

static struct bell answered;

static void connect(void)
{
	if (!peer_port)
		peer_port = (uint32_t)must("connect to the peer",
					   event_connect(peer, board->port, bell_ring, &answered));
	answered.rung = false;
}

static void round_trip(void)
{
	must("notify the peer", event_notify(peer_port));
	bell_wait(&answered);
}

static uint64_t event_round_trip(unsigned int n)
{
	uint64_t t;

	connect();
	round_trip();
	t = row_begin();
	while (n--)
		round_trip();
	return row_end(t);
}

/*
 * An operation is one switch: a yield here, or one there. Where a scheduler lets the one that
 * yields go on now and then, the time is that of the switches that there were.
 */
static uint64_t domain_switch(unsigned int n)
{
	uint32_t first, turns;
	uint64_t t;

	connect();
	board->yielding = 1;
	round_trip();
	for (unsigned int i = 0; i < 4; i++)
		hypercall2(HC_SCHED_OP, SCHEDOP_yield, 0);
	first = board->turns;
	t = row_begin();
	for (unsigned int i = 0; i < n; i += 2)
		hypercall2(HC_SCHED_OP, SCHEDOP_yield, 0);
	t = row_end(t);
	turns = board->turns - first;
	board->yielding = 0;
	hypercall2(HC_SCHED_OP, SCHEDOP_yield, 0);
	must("take turns with the peer", turns ? 0 : -EAGAIN);
	return t * n / 2 / turns;
}

const struct row rows_event[] = {
	{"event_round_trip", event_round_trip, 200},
	{"domain_switch", domain_switch, 400},
	{NULL, NULL, 0},
};
