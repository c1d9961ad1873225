// SPDX-License-Identifier: GPL-2.0-or-later
#include "tls/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tls/frame.h"

enum { BUFFER = FRAME_HEAD + FRAME_MAX };

/* What has been taken from one end and not yet given to the other. */
struct flow {
	uint8_t buf[BUFFER];
	size_t from, to;
	bool ended; /* nothing more comes */
};

struct relay {
	struct session *s;
	int fd;
	struct flow up, down; /* into the connection, out of it */
};

static size_t held(const struct flow *f)
{
	return f->to - f->from;
}

static void given(struct flow *f, size_t n)
{
	f->from += n;
	if (f->from == f->to)
		f->from = f->to = 0;
}

static int lost(struct relay *r, int rc, struct diag *d)
{
	return diag_set(d, rc, "the connection to %s is lost: %s", session_peer(r->s),
			session_trouble(r->s));
}

/* Send what is held; 0 also when not all of it could be. */
static int push(struct relay *r, struct diag *d)
{
	ssize_t n;

	while (held(&r->up)) {
		n = session_write(r->s, r->up.buf + r->up.from, held(&r->up));
		if (n == -EAGAIN)
			return 0;
		if (n < 0)
			return lost(r, (int)n, d);
		given(&r->up, (size_t)n);
	}
	return 0;
}

static int pull(struct relay *r, struct diag *d)
{
	ssize_t n;

	if (held(&r->down) || r->down.ended)
		return 0;
	n = session_read(r->s, r->down.buf, BUFFER);
	if (n == -EAGAIN)
		return 0;
	if (n < 0)
		return lost(r, (int)n, d);
	r->down.to = (size_t)n;
	r->down.ended = n == 0;
	return 0;
}

/* Read from a pipe, behind room for a head; true when there was something, or the end. */
static bool take(struct flow *f, int pipe, size_t room, bool *end)
{
	ssize_t n = read(pipe, f->buf + room, FRAME_MAX);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	*end = n <= 0;
	f->to = n > 0 ? room + (size_t)n : 0;
	return true;
}

/* Else poll would tell of a hang-up again and again. */
static struct pollfd when(bool wanted, int fd, short events)
{
	return (struct pollfd){.fd = wanted ? fd : -1, .events = events};
}

static struct pollfd socket_events(const struct relay *r)
{
	short events = 0;

	if (!held(&r->down) && !r->down.ended)
		events |= POLLIN;
	if (held(&r->up))
		events |= POLLOUT;
	return when(events, r->fd, events);
}

static int wait_for(struct relay *r, struct pollfd *p, nfds_t n)
{
	/* The library may hold bytes of which the socket knows no more. */
	bool here = p[0].events & POLLIN && session_pending(r->s);

	if (poll(p, n, here ? 0 : -1) < 0)
		return errno == EINTR ? 0 : -errno;
	return 0;
}

/* One piece of what came, to where it belongs; the status, once it is there, or -EINPROGRESS. */
static int pass_on(struct relay *r, struct frame_reader *reader, struct diag *d)
{
	struct pollfd p;
	size_t skip;
	ssize_t n;
	int len;

	if (!held(&r->down))
		return -EINPROGRESS;
	len = frame_look(reader, r->down.buf + r->down.from, held(&r->down), &skip);
	if (len < 0)
		return diag_set(d, len, "%s does not speak as pav-tls does", session_peer(r->s));
	given(&r->down, skip);
	if (!len)
		return -EINPROGRESS;
	if (frame_kind(reader) == FRAME_STATUS)
		return r->down.buf[r->down.from];
	p.fd = frame_kind(reader) == FRAME_OUT ? STDOUT_FILENO : STDERR_FILENO;
	p.events = POLLOUT;
	/*
	 * A pipe that is ready takes so much without a wait, and these are not ours to make
	 * non-blocking.
	 */
	if (poll(&p, 1, 0) <= 0)
		return -EINPROGRESS;
	n = write(p.fd, r->down.buf + r->down.from, len < PIPE_BUF ? (size_t)len : PIPE_BUF);
	if (n < 0 && errno != EINTR)
		return diag_set(d, -errno, "cannot write what %s printed: %s", session_peer(r->s),
				strerror(errno));
	frame_taken(reader, n > 0 ? (size_t)n : 0);
	given(&r->down, n > 0 ? (size_t)n : 0);
	return -EINPROGRESS;
}

int relay_call(struct session *s, int fd, struct diag *d)
{
	struct relay r = {.s = s, .fd = fd};
	struct frame_reader reader = {.have = 0};
	bool finished = false;
	struct pollfd p[3];
	int rc = 0;

	for (;;) {
		p[0] = socket_events(&r);
		p[1] = when(!held(&r.up) && !r.up.ended, STDIN_FILENO, POLLIN);
		p[2] = when(held(&r.down),
			    frame_kind(&reader) == FRAME_ERR ? STDERR_FILENO : STDOUT_FILENO,
			    POLLOUT);
		rc = wait_for(&r, p, 3);
		if (!rc && p[1].revents)
			take(&r.up, STDIN_FILENO, 0, &r.up.ended);
		if (!rc)
			rc = push(&r, d);
		if (!rc && r.up.ended && !held(&r.up) && !finished)
			finished = session_finish(s) != -EAGAIN;
		if (!rc)
			rc = pull(&r, d);
		if (rc)
			return rc;
		rc = pass_on(&r, &reader, d);
		if (rc != -EINPROGRESS)
			return rc;
		if (r.down.ended && !held(&r.down))
			return diag_set(d, -ECONNRESET, "%s ended the connection without a status",
					session_peer(s));
	}
}

struct serving {
	struct relay r;
	int in, out, err;
	int gone; /* why the connection cannot be used any more */
};

static void shut(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void feed(struct serving *v)
{
	struct flow *f = &v->r.down;
	ssize_t n;

	if (held(f) && v->in >= 0) {
		n = write(v->in, f->buf + f->from, held(f));
		if (n > 0)
			given(f, (size_t)n);
		else if (errno != EAGAIN && errno != EINTR)
			shut(&v->in);
	}
	/* Who does not read is given nothing, and what comes is dropped. */
	if (v->in < 0)
		f->from = f->to = 0;
	if (f->ended && !held(f))
		shut(&v->in);
}

static void collect(struct serving *v, int *pipe, enum frame_kind kind)
{
	struct flow *f = &v->r.up;
	bool end;

	if (*pipe < 0 || held(f) || !take(f, *pipe, FRAME_HEAD, &end))
		return;
	if (end)
		shut(pipe);
	else if (v->gone)
		f->to = 0;
	else
		frame_head(f->buf, kind, f->to - FRAME_HEAD);
}

/* A command whose caller is gone hears that its input has ended, and may finish what it does. */
static void turn(struct serving *v, struct diag *d)
{
	struct relay *r = &v->r;
	struct pollfd p[4];

	p[0] = socket_events(r);
	if (v->gone)
		p[0].fd = -1;
	p[1] = when(held(&r->down), v->in, POLLOUT);
	p[2] = when(!held(&r->up), v->out, POLLIN);
	p[3] = when(!held(&r->up), v->err, POLLIN);
	if (wait_for(r, p, 4))
		return;
	if (p[2].revents)
		collect(v, &v->out, FRAME_OUT);
	if (p[3].revents)
		collect(v, &v->err, FRAME_ERR);
	if (!v->gone)
		v->gone = push(r, d);
	if (!v->gone)
		v->gone = pull(r, d);
	if (v->gone) {
		r->down.ended = true;
		r->up.from = r->up.to = 0;
	}
	feed(v);
}

static int tell_status(struct serving *v, pid_t pid, struct diag *d)
{
	struct relay *r = &v->r;
	struct pollfd p = {.fd = r->fd, .events = POLLOUT};
	int status, rc = v->gone;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return diag_set(d, -errno, "cannot wait for the command: %s",
					strerror(errno));
	frame_head(r->up.buf, FRAME_STATUS, 1);
	r->up.buf[FRAME_HEAD] =
		(uint8_t)(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	r->up.to = FRAME_HEAD + 1;
	while (!rc && held(&r->up)) {
		rc = push(r, d);
		if (!rc && held(&r->up) && poll(&p, 1, -1) < 0 && errno != EINTR)
			rc = -errno;
	}
	while (!rc && session_finish(r->s) == -EAGAIN)
		if (poll(&p, 1, -1) < 0 && errno != EINTR)
			rc = -errno;
	return rc;
}

int relay_serve(struct session *s, int fd, const struct relay_command *c, struct diag *d)
{
	struct serving v = {.r = {.s = s, .fd = fd}, .in = c->in, .out = c->out, .err = c->err};

	fcntl(v.in, F_SETFL, O_NONBLOCK);
	fcntl(v.out, F_SETFL, O_NONBLOCK);
	fcntl(v.err, F_SETFL, O_NONBLOCK);
	while (v.out >= 0 || v.err >= 0 || held(&v.r.up))
		turn(&v, d);
	shut(&v.in);
	return tell_status(&v, c->pid, d);
}
