/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest that sleeps for ten milliseconds at a time and says, in rounds of a hundred, how late
 * it was woken; or, with `burn` on its command line, one that says that it lives and then takes
 * all the time that it gets. One sleeper among many burners shows what a scheduler is worth. With
 * `beat` it says every five seconds that it lives.
 */
#include "../sort.h"
#include "abi/sched.h"
#include "guest-abi/guest/boot.h"
#include "guest-abi/guest/event.h"
#include "guest-abi/guest/guest.h"
#include "guest-abi/guest/time.h"

#define SLEEPS 100

static uint64_t woken;

static void wake(void *arg)
{
	(void)arg;
	woken = time_now();
}

static void measure(unsigned int round)
{
	static uint64_t late[SLEEPS];

	for (unsigned int i = 0; i < SLEEPS; i++) {
		uint64_t at = time_now() + 10 * TIME_MS;

		woken = 0;
		time_alarm(at, wake, NULL);
		/* Blocking unmasks events in the same step. */
		while (event_disable(), !*(volatile uint64_t *)&woken)
			hypercall2(HC_SCHED_OP, SCHEDOP_block, 0);
		event_enable();
		late[i] = woken > at ? woken - at : 0;
	}
	sort(late, SLEEPS);
	guest_print("wake: round %u: median %lu ns, 99 of 100 within %lu ns, most %lu ns\n", round,
		    (unsigned long)late[SLEEPS / 2], (unsigned long)late[SLEEPS - 2],
		    (unsigned long)late[SLEEPS - 1]);
}

void guest_main(const struct start_info *si)
{
	boot_init(si);
	if (boot_option("burn", NULL, 0)) {
		guest_print("wake: alive\n");
		for (;;)
			;
	}
	if (boot_option("beat", NULL, 0))
		for (unsigned int beat = 1;; beat++) {
			guest_print("wake: beat %u\n", beat);
			time_wait(NULL, NULL, 5 * TIME_S);
		}
	for (unsigned int round = 1;; round++)
		measure(round);
}
