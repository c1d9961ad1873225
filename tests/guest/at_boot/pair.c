/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One of two guests that the hypervisor started with the machine, joined by an event channel and by
 * pages of one of them: what one writes the other reads, each hears of it, the page granted for
 * reading cannot be written. A broken builder joins the wrong ends, or shows others' memory.
 * Command line: owner=DOMID of the pages, ref=, readonly=GRANT, port=; the one with `first` speaks
 * first; `stay` does not end.
 */
#include "guest-abi/guest/event.h"
#include "guest-abi/guest/grant.h"
#include "guest-abi/guest/page.h"
#include "guest-abi/guest/paging.h"
#include "guest-abi/guest/time.h"
#include "guest-abi/guest/trap.h"
#include "tests/guest/lib/test.h"

#define WAIT (60 * TIME_S)

static volatile unsigned int heard;
static uint32_t awaited;

static void on_event(uint32_t port, void *arg)
{
	(void)port;
	(void)arg;
	heard++;
}

static bool has_come(void *board)
{
	return heard && *(volatile uint32_t *)board == awaited;
}

static void say(uint32_t *board, uint32_t what, uint32_t port)
{
	__atomic_store_n(board, what, __ATOMIC_SEQ_CST);
	test_equal("notify", 0, event_notify(port));
}

static void hear(uint32_t *board, uint32_t what)
{
	awaited = what;
	test_true("the peer's word has come", time_wait(has_come, board, WAIT));
}

static uint32_t *map(const char *option, uint32_t flags)
{
	char *page = page_alloc();
	uint32_t handle;
	int rc;

	paging_set((uint64_t)page, 0);
	rc = grant_map((uint16_t)boot_option_number("owner", 0),
		       (uint32_t)boot_option_number(option, 0), (uint64_t)page, flags, &handle);
	if (rc)
		test_give_up(option, rc);
	return (uint32_t *)(void *)page;
}

void test_main(void)
{
	uint32_t port = (uint32_t)boot_option_number("port", 0);
	uint32_t *board = map("ref", 0), *other = map("readonly", GNTMAP_readonly);
	unsigned int n;
	char none[1];

	event_handle(port, on_event, NULL);
	test_equal("the other page is clear", 0, *other);
	test_true("and cannot be written", TRAP_IS(trap_write(other, 0), 14));
	if (boot_option("first", none, sizeof(none))) {
		test_equal("the page is clear", 0, *board);
		say(board, 1, port);
		hear(board, 2);
		say(board, 3, port);
	} else {
		hear(board, 1);
		say(board, 2, port);
		hear(board, 3);
	}
	if (boot_option("stay", none, sizeof(none))) {
		for (n = 0;; n++) {
			guest_print("stays %u\n", n);
			time_wait(NULL, NULL, TIME_S);
		}
	}
}
