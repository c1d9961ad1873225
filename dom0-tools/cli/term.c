// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "cli/term.h"
#include "lib/daemon.h"
#include "lib/domctl.h"
#include "lib/tame.h"

enum { ESCAPE = 0x1d, LOOK_MS = 500, WAIT_MS = 50, TELL_MS = 1000 };

static struct termios saved;
static bool is_saved;

static void restore(void)
{
	if (is_saved)
		tcsetattr(STDIN_FILENO, TCSANOW, &saved);
	is_saved = false;
}

static void make_raw(void)
{
	struct termios raw;

	if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &saved))
		return;
	raw = saved;
	cfmakeraw(&raw);
	is_saved = true;
	atexit(restore);
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
}

static int write_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t k = write(fd, p, n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return -errno;
		p += k;
		n -= (size_t)k;
	}
	return 0;
}

/* 1: the escape was typed, or there will be no more input from a pipe. */
static int typed(int tty)
{
	char buf[256];
	ssize_t n = read(STDIN_FILENO, buf, sizeof(buf));
	char *esc;

	if (n <= 0)
		return n < 0 && errno == EINTR ? 0 : 1;
	esc = memchr(buf, ESCAPE, (size_t)n);
	if (write_all(tty, buf, esc ? (size_t)(esc - buf) : (size_t)n))
		return 1;
	return esc != NULL;
}

static bool printed(int tty, struct tame *t)
{
	char buf[4096], tamed[sizeof(buf) + TAME_HELD];
	ssize_t n = read(tty, buf, sizeof(buf));

	if (n <= 0)
		return false;
	if (!t)
		return !write_all(STDOUT_FILENO, buf, (size_t)n);
	return !write_all(STDOUT_FILENO, tamed, tame(t, buf, (size_t)n, tamed));
}

static bool gone(struct host *h, uint16_t domid)
{
	struct domctl_getdomaininfo i;

	if (domctl_info(&h->hv, domid, &i) || i.flags & XEN_DOMINF_dying)
		return true;
	return i.flags & XEN_DOMINF_shutdown && !domctl_suspended(&i);
}

static void carry(struct host *h, uint16_t domid, int tty, struct tame *t)
{
	struct pollfd p[2] = {{STDIN_FILENO, POLLIN, 0}, {tty, POLLIN, 0}};
	int n;

	for (;;) {
		n = poll(p, 2, LOOK_MS);
		if (n < 0 && errno != EINTR)
			return;
		if (n > 0 && p[1].revents & POLLIN) {
			if (!printed(tty, t))
				return;
			continue;
		}
		if (n > 0 && p[1].revents & (POLLHUP | POLLERR))
			return;
		if (n > 0 && p[0].revents && typed(tty))
			return;
		if (n == 0 && gone(h, domid))
			return;
	}
}

/* What was typed before there was a console to take it. */
struct early {
	char text[1024];
	size_t n;
	bool ended; /* no more will come */
};

/* Wait a moment; true: the user wants to leave. */
static bool left(struct early *e)
{
	struct pollfd p = {STDIN_FILENO, POLLIN, 0};
	ssize_t n;

	if (e->ended || e->n == sizeof(e->text)) {
		host_sleep(WAIT_MS);
		return false;
	}
	if (poll(&p, 1, WAIT_MS) <= 0)
		return false;
	n = read(STDIN_FILENO, e->text + e->n, sizeof(e->text) - e->n);
	e->ended = n == 0 || (n < 0 && errno != EINTR);
	if (n <= 0)
		return false;
	e->n += (size_t)n;
	return memchr(e->text, ESCAPE, e->n);
}

/* 0 with the descriptor; -EAGAIN: there will be one. */
static int open_tty(struct host *h, uint16_t domid, int *tty, struct diag *d)
{
	char path[64];

	if (store_get(h->store, 0, path, sizeof(path), "/local/domain/%u/console/tty", domid) > 0) {
		*tty = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
		if (*tty >= 0)
			return 0;
	}
	if (daemon_runs("pav-consoled"))
		return -EAGAIN;
	diag_set(d, -ENODEV, "domain %u has no console terminal", domid);
	return diag_hint(d, -ENODEV, "start the console daemon: systemctl start pav-consoled");
}

/* The terminal is raw already, where there is one. */
static void tell(const char *words, const char *what)
{
	fprintf(stderr, "%s %s; leave with Ctrl-]%s\n", words, what, is_saved ? "\r" : "");
}

int term_attach(struct host *h, const char *what,
		int (*find)(struct host *h, const char *what, uint16_t *domid, struct diag *d),
		unsigned flags, struct diag *d)
{
	uint64_t tell_at = host_now() + TELL_MS * 1000000ull;
	struct early early = {.n = 0};
	struct tame t = {0};
	uint16_t domid;
	int tty = -1, rc;

	make_raw();
	while ((rc = find(h, what, &domid, d)) == -EAGAIN ||
	       (!rc && (rc = open_tty(h, domid, &tty, d)) == -EAGAIN)) {
		if (left(&early)) {
			restore();
			return 0;
		}
		if (tell_at && host_now() > tell_at) {
			tell("Waiting for the console of", what);
			tell_at = 0;
		}
	}
	if (!rc && isatty(STDIN_FILENO))
		tell("Connected to", what);
	if (!rc && flags & TERM_UNPAUSE) {
		rc = domctl_unpause(&h->hv, domid);
		if (rc)
			diag_set(d, rc, "the hypervisor would not start the guest: %s",
				 strerror(-rc));
	}
	if (!rc && !write_all(tty, early.text, early.n))
		carry(h, domid, tty, flags & TERM_RAW ? NULL : &t);
	restore();
	if (tty >= 0)
		close(tty);
	return rc;
}
