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

enum { ESCAPE = 0x1d, LOOK_MS = 500 };

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

static bool printed(int tty)
{
	char buf[4096];
	ssize_t n = read(tty, buf, sizeof(buf));

	return n > 0 && !write_all(STDOUT_FILENO, buf, (size_t)n);
}

static bool gone(struct host *h, uint16_t domid)
{
	struct domctl_getdomaininfo i;

	return domctl_info(&h->hv, domid, &i) || i.flags & (XEN_DOMINF_dying | XEN_DOMINF_shutdown);
}

static void carry(struct host *h, uint16_t domid, int tty)
{
	struct pollfd p[2] = {{STDIN_FILENO, POLLIN, 0}, {tty, POLLIN, 0}};
	int n;

	for (;;) {
		n = poll(p, 2, LOOK_MS);
		if (n < 0 && errno != EINTR)
			return;
		if (n > 0 && p[1].revents & POLLIN) {
			if (!printed(tty))
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

int term_attach(struct host *h, uint16_t domid, bool unpause, struct diag *d)
{
	char path[64];
	int tty = -1, rc;

	if (store_get(h->store, 0, path, sizeof(path), "/local/domain/%u/console/tty", domid) > 0)
		tty = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (tty < 0) {
		diag_set(d, -ENODEV, "domain %u has no console terminal", domid);
		if (!daemon_runs("pav-consoled"))
			diag_hint(d, -ENODEV,
				  "start the console daemon: systemctl start pav-consoled");
		return -ENODEV;
	}
	if (isatty(STDIN_FILENO))
		fprintf(stderr, "Connected to domain %u; leave with Ctrl-]\n", domid);
	rc = unpause ? domctl_unpause(&h->hv, domid) : 0;
	if (rc)
		diag_set(d, rc, "the hypervisor would not start the guest: %s", strerror(-rc));
	make_raw();
	if (!rc)
		carry(h, domid, tty);
	restore();
	close(tty);
	return rc;
}
