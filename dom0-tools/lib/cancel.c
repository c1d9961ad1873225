// SPDX-License-Identifier: GPL-2.0-or-later
#include <signal.h>

#include "lib/cancel.h"

static volatile sig_atomic_t asked;

static void on_signal(int number)
{
	(void)number;
	asked = 1;
}

void cancel_arm(void)
{
	struct sigaction sa = {.sa_handler = on_signal};

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGHUP, &sa, NULL);
	/* A reader that is gone is an error of the write, not the end of this process. */
	signal(SIGPIPE, SIG_IGN);
}

bool cancel_asked(void)
{
	return asked;
}
