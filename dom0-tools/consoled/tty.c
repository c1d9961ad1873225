// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <termios.h>
#include <unistd.h>

#include "consoled/tty.h"

static int open_pair(struct tty *t)
{
	struct termios raw;

	t->master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (t->master < 0 || grantpt(t->master) || unlockpt(t->master) ||
	    ptsname_r(t->master, t->name, sizeof(t->name)))
		return -errno;
	t->slave = open(t->name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (t->slave < 0 || tcgetattr(t->slave, &raw))
		return -errno;
	/* Before the first byte: an echo would type the guest's output back to it. */
	cfmakeraw(&raw);
	return tcsetattr(t->slave, TCSANOW, &raw) ? -errno : 0;
}

int tty_open(struct tty *t, int events)
{
	int rc;

	*t = (struct tty){.master = -1, .slave = -1, .watch = -1};
	rc = open_pair(t);
	if (!rc) {
		t->watch = inotify_add_watch(events, t->name, IN_OPEN | IN_CLOSE);
		rc = t->watch < 0 ? -errno : 0;
	}
	if (rc)
		tty_close(t, events);
	return rc;
}

void tty_close(struct tty *t, int events)
{
	if (t->watch >= 0)
		inotify_rm_watch(events, t->watch);
	if (t->slave >= 0)
		close(t->slave);
	if (t->master >= 0)
		close(t->master);
	t->master = t->slave = t->watch = -1;
}

/* Keep the newest TTY_MEMORY bytes. */
static void remember(struct tty *t, const char *text, size_t n)
{
	size_t over;

	if (n > TTY_MEMORY) {
		text += n - TTY_MEMORY;
		n = TTY_MEMORY;
	}
	over = t->used + n > TTY_MEMORY ? t->used + n - TTY_MEMORY : 0;
	memmove(t->memory, t->memory + over, t->used - over);
	t->used -= over;
	memcpy(t->memory + t->used, text, n);
	t->used += n;
}

void tty_flush(struct tty *t)
{
	ssize_t n;

	if (!t->users || !t->used)
		return;
	n = write(t->master, t->memory, t->used);
	if (n > 0) {
		memmove(t->memory, t->memory + n, t->used - (size_t)n);
		t->used -= (size_t)n;
	}
}

void tty_put(struct tty *t, const char *text, size_t n)
{
	remember(t, text, n);
	tty_flush(t);
}

void tty_user(struct tty *t, int change)
{
	if (change > 0) {
		t->users++;
	} else if (t->users && !--t->users) {
		/* What the last user did not read is nobody's; what he typed is the guest's. */
		tcflush(t->slave, TCIFLUSH);
	}
	tty_flush(t);
}
