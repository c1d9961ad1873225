// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "cli/term.h"
#include "lib/conview.h"
#include "lib/daemon.h"
#include "lib/domctl.h"
#include "lib/tame.h"

enum { ESCAPE = 0x1d, LOOK_MS = 500, WAIT_MS = 50, TELL_MS = 1000, AGAIN_S = 60 };

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

/*
 * The way to the console: a viewer's socket of pav-consoled, which outlives that daemon, or, where
 * another one serves, a terminal.
 */
struct link {
	int fd; /* -1: none */
	bool socket;
	bool known; /* next counts */
	uint16_t domid;
	uint32_t next;  /* index of the byte that comes next */
	uint32_t lines; /* to be shown of what was printed before */
	char typed[CONVIEW_TYPED];
	size_t ntyped; /* not taken yet */
};

static void unlink_fd(struct link *l)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
}

/* Bytes that were dropped because this viewer was too slow are not silently missing. */
static void tell_gap(uint32_t n)
{
	fprintf(stderr, "\r\n[%u bytes left out here; pav console --log has them]\r\n", n);
}

/* 0; -EAGAIN: not there yet; -ENOENT: no such daemon. */
static int link_socket(struct link *l)
{
	struct conview_hello hello = {CONVIEW_MAGIC, l->domid, l->known ? CONVIEW_FROM : 0, l->next,
				      l->lines};
	uint32_t index;
	int fd = conview_connect(&hello, &index);

	if (fd < 0)
		return fd == -EAGAIN || daemon_runs("pav-consoled") ? -EAGAIN : -ENOENT;
	if (l->known && index != l->next)
		tell_gap(index - l->next);
	l->next = index;
	l->fd = fd;
	l->known = l->socket = true;
	return 0;
}

/* The escape was typed, or there will be no more input from a pipe. */
static bool ends(struct link *l)
{
	char buf[CONVIEW_TYPED / 2];
	ssize_t n = read(STDIN_FILENO, buf, sizeof(buf));
	char *esc;

	if (n <= 0)
		return !(n < 0 && errno == EINTR);
	esc = memchr(buf, ESCAPE, (size_t)n);
	if (esc)
		n = esc - buf;
	memcpy(l->typed, buf, (size_t)n);
	l->ntyped = (size_t)n;
	return esc != NULL;
}

/* Pass on what was typed. False: the way has ended. */
static bool pass_typed(struct link *l)
{
	ssize_t n = l->ntyped;

	if (!l->ntyped)
		return true;
	n = l->socket ? send(l->fd, l->typed, l->ntyped, MSG_NOSIGNAL | MSG_DONTWAIT)
		      : write(l->fd, l->typed, l->ntyped);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	l->ntyped -= (size_t)n;
	memmove(l->typed, l->typed + n, l->ntyped);
	return true;
}

/* False: the way has ended. */
static bool printed(struct link *l, struct tame *t)
{
	struct {
		struct conview_head head;
		char bytes[CONVIEW_BYTES];
	} in;
	char tamed[sizeof(in.bytes) + TAME_HELD];
	ssize_t n = l->socket ? recv(l->fd, &in, sizeof(in), 0)
			      : read(l->fd, in.bytes, sizeof(in.bytes));

	if (l->socket) {
		n -= (ssize_t)sizeof(in.head);
		if (n < 0)
			return false;
		if (in.head.index != l->next)
			tell_gap(in.head.index - l->next);
		l->next = in.head.index + (uint32_t)n;
	}
	if (n < 0 || (!n && !l->socket))
		return false;
	if (!t)
		return !write_all(STDOUT_FILENO, in.bytes, (size_t)n);
	return !write_all(STDOUT_FILENO, tamed, tame(t, in.bytes, (size_t)n, tamed));
}

static bool gone(struct host *h, uint16_t domid)
{
	struct domctl_getdomaininfo i;

	if (domctl_info(&h->hv, domid, &i) || i.flags & XEN_DOMINF_dying)
		return true;
	return i.flags & XEN_DOMINF_shutdown && !domctl_suspended(&i);
}

/* The daemon went: wait for the next one. False: it does not come, or the guest has gone. */
static bool link_again(struct host *h, struct link *l)
{
	uint64_t end = host_now() + AGAIN_S * 1000000000ull;

	unlink_fd(l);
	while (l->socket && host_now() < end && !gone(h, l->domid)) {
		if (!link_socket(l))
			return true;
		host_sleep(WAIT_MS);
	}
	return false;
}

static void carry(struct host *h, struct link *l, struct tame *t)
{
	bool over = false;
	int n;

	for (;;) {
		struct pollfd p[2] = {{over || l->ntyped ? -1 : STDIN_FILENO, POLLIN, 0},
				      {l->fd, (short)(POLLIN | (l->ntyped ? POLLOUT : 0)), 0}};

		if (over && !l->ntyped)
			return;
		n = poll(p, 2, LOOK_MS);
		if (n < 0 && errno != EINTR)
			return;
		if (n > 0 && p[1].revents & POLLIN) {
			if (!printed(l, t) && !link_again(h, l))
				return;
			continue;
		}
		if (n > 0 && p[1].revents & (POLLHUP | POLLERR)) {
			if (!link_again(h, l))
				return;
			continue;
		}
		if (n > 0 && p[0].revents)
			over = ends(l);
		if (n > 0 && !pass_typed(l) && !link_again(h, l))
			return;
		if (n == 0 && gone(h, l->domid))
			return;
	}
}

/* What was typed before there was a console to take it. */
struct early {
	char text[CONVIEW_TYPED];
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

/* 0; -EAGAIN: there will be one. */
static int open_link(struct host *h, struct link *l, struct diag *d)
{
	char path[64];
	int rc = link_socket(l);

	if (rc != -ENOENT)
		return rc;
	if (store_get(h->store, 0, path, sizeof(path), "/local/domain/%u/console/tty", l->domid) >
	    0) {
		l->fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
		if (l->fd >= 0)
			return 0;
	}
	diag_set(d, -ENODEV, "domain %u has no console terminal", l->domid);
	return diag_hint(d, -ENODEV, "start the console daemon: systemctl start pav-consoled");
}

/* The terminal is raw already, where there is one. */
static void tell(const char *words, const char *what)
{
	fprintf(stderr, "%s %s; leave with Ctrl-]%s\n", words, what, is_saved ? "\r" : "");
}

int term_attach(struct host *h, const char *what,
		int (*find)(struct host *h, const char *what, uint16_t *domid, struct diag *d),
		unsigned flags, unsigned lines, struct diag *d)
{
	uint64_t tell_at = host_now() + TELL_MS * 1000000ull;
	struct early early = {.n = 0};
	struct tame t = {0};
	struct link l = {.fd = -1, .lines = lines};
	int rc;

	make_raw();
	while ((rc = find(h, what, &l.domid, d)) == -EAGAIN ||
	       (!rc && (rc = open_link(h, &l, d)) == -EAGAIN)) {
		/* A look at a daemon that hangs takes seconds: who leaves then is told why. */
		if (tell_at && host_now() > tell_at) {
			tell("Waiting for the console of", what);
			tell_at = 0;
		}
		if (left(&early)) {
			restore();
			return 0;
		}
	}
	if (!rc && isatty(STDIN_FILENO))
		tell("Connected to", what);
	if (!rc && flags & TERM_UNPAUSE) {
		rc = domctl_unpause(&h->hv, l.domid);
		if (rc)
			diag_set(d, rc, "the hypervisor would not start the guest: %s",
				 strerror(-rc));
	}
	if (!rc) {
		memcpy(l.typed, early.text, early.n);
		l.ntyped = early.n;
		carry(h, &l, flags & TERM_RAW ? NULL : &t);
	}
	restore();
	unlink_fd(&l);
	return rc;
}
