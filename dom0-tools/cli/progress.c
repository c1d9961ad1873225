// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/progress.h"
#include "lib/cancel.h"
#include "lib/host.h"
#include "lib/rate.h"

enum { SHOW_MS = 200 };

static const char *title;
static int shown;
static uint64_t began, next;

void progress_begin(const char *what, int quiet)
{
	const char *term = getenv("TERM");

	cancel_arm();
	began = host_now();
	next = began + SHOW_MS * 1000000ull;
	title = quiet || !isatty(STDERR_FILENO) || (term && !strcmp(term, "dumb")) ? NULL : what;
}

int progress_tick(struct wire *w)
{
	char text[96];
	uint64_t now;

	if (cancel_asked())
		return -EINTR;
	now = title ? host_now() : 0;
	if (now < next || !title)
		return 0;
	next = now + SHOW_MS * 1000000ull;
	rate_text(text, sizeof(text), w->done, w->expected, now - began);
	fprintf(stderr, "\r%s: %s\033[K", title, text);
	shown = 1;
	return 0;
}

void progress_end(void)
{
	if (shown)
		fputs("\r\033[K", stderr);
	shown = 0;
}

void progress_want(enum want_stage stage, uint64_t have, uint64_t kib)
{
	int terminal = isatty(STDERR_FILENO);

	if (stage == WANT_BEGIN && !terminal)
		fprintf(stderr, "waiting for %llu MiB of memory of other guests\n",
			(unsigned long long)kib >> 10);
	else if (stage == WANT_STEP && terminal)
		fprintf(stderr,
			"\rwaiting for memory of other guests: %llu of %llu MiB are free\033[K",
			(unsigned long long)have >> 10, (unsigned long long)kib >> 10);
	else if (stage == WANT_END && terminal)
		fputs("\r\033[K", stderr);
}
