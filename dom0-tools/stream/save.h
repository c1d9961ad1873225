/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A domain into the inner stream. The domain is only looked at; whatever fails, it stays as it was,
 * but for having been suspended.
 */
#ifndef TOOLS_STREAM_SAVE_H
#define TOOLS_STREAM_SAVE_H

#include "stream/vm.h"
#include "stream/wire.h"

struct save_plan {
	/* Make the domain suspend itself. 0 or -errno with d. */
	int (*suspend)(void *arg, struct diag *d);
	void *arg;
	/*
	 * 0: suspend at once. Else copy memory while the domain runs, what has changed again in at
	 * most so many rounds, until few pages are left; then suspend.
	 */
	unsigned rounds;
	/* Told before each round, unless NULL: its number, and the pages it is going to send. */
	void (*round)(void *arg, unsigned number, uint64_t pages);
};

/* 0, what the wire's tick said, or -errno with d. */
int stream_save(struct vm *vm, struct wire *w, const struct save_plan *plan, struct diag *d);

#endif
