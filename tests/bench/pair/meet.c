/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the two find each other. Who makes them tells the meter by its command line who its peer is,
 * and the peer by the node data/meter in its part of the store; the peer answers there, in
 * data/board, with a reference to the page in which the rest is written.
 */
#include "pair.h"

#include <errno.h>

#include "abi/sched.h"
#include "guest-abi/guest/event.h"
#include "guest-abi/guest/grant.h"
#include "guest-abi/guest/guest.h"
#include "guest-abi/guest/page.h"
#include "guest-abi/guest/paging.h"
#include "guest-abi/guest/store.h"
#include "guest-abi/guest/text.h"
#include "guest-abi/guest/time.h"

#define MEETING (60 * TIME_S)
#define FOREVER (1000000 * TIME_S)

uint16_t peer;
uint32_t peer_port;
volatile struct board *board;

static void answer(uint32_t port, void *arg)
{
	(void)arg;
	event_notify(port);
}

static void *page_new(void)
{
	void *page = page_alloc();

	must("a page", page ? 0 : -ENOMEM);
	return page;
}

static void lend(uint16_t meter)
{
	char own[8], reader[8];
	const char *perms[] = {own, reader};

	board = page_new();
	for (unsigned int i = 0; i < PAIR_PAGES; i++)
		board->refs[i] =
			(uint32_t)must("lend a page", grant_access(meter, page_new(), false));
	board->port = (uint32_t)must("an event channel", event_alloc(meter, answer, NULL));
	text_format(own, sizeof(own), "n%u", (unsigned int)store_number("domid", 0));
	text_format(reader, sizeof(reader), "r%u", meter);
	must("write to the store", store_mkdir(STORE_NONE, "data/board"));
	must("let the meter read", store_set_perms(STORE_NONE, "data/board", perms, 2));
	must("write to the store",
	     store_printf(STORE_NONE, "data/board", "%ld",
			  (long)must("lend the board", grant_access(meter, (void *)board, false))));
}

void peer_main(void)
{
	uint16_t meter = 0;
	char token[8];

	must("the store", store_init());
	must("watch the store", store_watch("data/meter", "meter"));
	guest_print("micro: begin\n");
	while (!meter && store_fired(token, sizeof(token), FOREVER))
		meter = (uint16_t)store_number("data/meter", 0);
	lend(meter);
	for (;;) {
		event_disable();
		if (!board->yielding) {
			hypercall2(HC_SCHED_OP, SCHEDOP_block, 0);
			continue;
		}
		event_enable();
		board->turns++;
		hypercall2(HC_SCHED_OP, SCHEDOP_yield, 0);
	}
}

static uint32_t board_ref(void)
{
	uint64_t end = time_now() + MEETING, ref = 0;
	char path[48];

	text_format(path, sizeof(path), "/local/domain/%u/data/board", peer);
	while (!(ref = store_number(path, 0)) && time_now() < end)
		time_wait(NULL, NULL, 20 * TIME_MS);
	must("the peer's board", ref ? 0 : -ETIMEDOUT);
	return (uint32_t)ref;
}

void meter_meet(void)
{
	uint32_t handle;

	must("the store", store_init());
	board = page_new();
	must("room for the board", paging_set((uint64_t)board, 0));
	must("map the board", grant_map(peer, board_ref(), (uint64_t)board, 0, &handle));
}
