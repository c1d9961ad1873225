/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest that prints `lines=N` numbered lines of some sixty bytes as fast as its console takes
 * them, and then says back what is typed.
 */
#include "abi/sched.h"
#include "guest-abi/guest/boot.h"
#include "guest-abi/guest/console.h"
#include "guest-abi/guest/event.h"
#include "guest-abi/guest/guest.h"
#include "guest-abi/guest/time.h"

static volatile bool woken;

static void wake(void *arg)
{
	(void)arg;
	woken = true;
}

static void doze(void)
{
	woken = false;
	time_alarm(time_now() + 10 * TIME_MS, wake, NULL);
	/* Blocking unmasks events in the same step. */
	while (event_disable(), !woken)
		hypercall2(HC_SCHED_OP, SCHEDOP_block, 0);
	event_enable();
}

void guest_main(const struct start_info *si)
{
	char typed[64];
	size_t n;

	boot_init(si);
	n = boot_option_number("lines", 0);
	for (size_t i = 1; i <= n; i++)
		guest_print("line %lu .....................................................\n",
			    (unsigned long)i);
	guest_print("\033]0;title\007printer: ready\n");
	for (;;) {
		n = console_read(typed, sizeof(typed));
		if (n) {
			guest_print("typed: ");
			console_write(typed, n);
			guest_print("\n");
		}
		doze();
	}
}
