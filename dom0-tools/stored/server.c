// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "conn.h"
#include "journal.h"
#include "log.h"
#include "port.h"
#include "relaunch.h"
#include "ring.h"
#include "server.h"
#include "sock.h"
#include "state.h"

enum { EVENTS = 64 };

/* What an epoll event is about, when not a client. */
static char tag_listener, tag_rings, tag_signal;

static int add(int epoll, int fd, void *tag)
{
	struct epoll_event ev = {.events = EPOLLIN, .data.ptr = tag};

	return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &ev) ? -errno : 0;
}

static void ring_events(struct server *s)
{
	bool changes = false;
	uint32_t port;

	while ((port = port_pending())) {
		if ((int)port == s->changes)
			changes = true;
		else
			ring_event(s->db, port);
	}
	if (changes)
		ring_changed(s->db);
}

static void flush(struct server *s, int epoll)
{
	struct conn *c;

	while ((c = TAILQ_FIRST(&s->db->dirty))) {
		conn_settle(c);
		if (c->dom)
			ring_flush(c);
		else
			sock_flush(c, epoll);
		if (c->closing)
			sock_close(c);
	}
}

static void renew(struct server *s)
{
	int rc = state_save(s->db, s->state);

	if (rc && s->db->log->failed) {
		log_error("cannot write %s: %s; from now on nothing survives a restart: make room "
			  "and "
			  "restart",
			  s->state, strerror(-rc));
		unlink(s->state); /* what it holds is of the past */
		s->state = NULL;
	} else if (rc) {
		log_warn("cannot renew %s: %s; it goes on growing", s->state, strerror(-rc));
	}
}

static int set_up(struct server *s, int *epoll, int *sig)
{
	sigset_t set;
	int rc;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	*epoll = epoll_create1(EPOLL_CLOEXEC);
	*sig = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (*epoll < 0 || *sig < 0)
		return -errno;
	rc = add(*epoll, s->listener, &tag_listener);
	if (!rc)
		rc = add(*epoll, *sig, &tag_signal);
	if (!rc && s->rings)
		rc = add(*epoll, port_fd(), &tag_rings);
	if (!rc)
		sock_adopt(s->db, *epoll);
	return rc;
}

static bool handle(struct server *s, int epoll, const struct epoll_event *ev)
{
	struct conn *c;

	if (ev->data.ptr == &tag_signal)
		return false;
	if (ev->data.ptr == &tag_listener) {
		sock_accept(s->db, s->listener, epoll);
	} else if (ev->data.ptr == &tag_rings) {
		ring_events(s);
	} else {
		c = ev->data.ptr;
		sock_event(c, ev->events);
		if (c->out.len && !c->dirty)
			sock_flush(c, epoll);
		if (c->closing && !c->dirty)
			sock_close(c);
	}
	return true;
}

int server_run(struct server *s)
{
	struct epoll_event ev[EVENTS];
	int epoll, sig, i, n, rc = set_up(s, &epoll, &sig);
	bool on = !rc;

	while (on) {
		n = epoll_wait(epoll, ev, EVENTS,
			       s->db->nready || !TAILQ_EMPTY(&s->db->dirty) ? 0 : -1);
		for (i = 0; i < n; i++)
			on &= handle(s, epoll, &ev[i]);
		ring_run(s->db);
		state_commit(s->db);
		flush(s, epoll);
		if (s->db->update.asker)
			relaunch(s);
		if (s->state && state_due(s->db))
			renew(s);
	}
	close(epoll);
	close(sig);
	return rc;
}
