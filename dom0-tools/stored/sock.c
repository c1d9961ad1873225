// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "log.h"
#include "proto.h"
#include "sock.h"
#include "state.h"

enum {
	READ_MAX = 65536,
	OUT_MAX = 1 << 20, /* unread bytes above which a client's requests wait */
};

static int make_dir(const char *path)
{
	char dir[sizeof(((struct sockaddr_un *)0)->sun_path)];
	char *slash;

	strcpy(dir, path);
	slash = strrchr(dir, '/');
	if (!slash || slash == dir)
		return 0;
	*slash = '\0';
	return mkdir(dir, 0755) && errno != EEXIST ? -errno : 0;
}

int sock_listen(const char *path, char *text, unsigned size)
{
	static const char suffix[] = ".new";
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	mode_t mask;
	int fd, rc;

	if (strlen(path) + sizeof(suffix) > sizeof(addr.sun_path)) {
		snprintf(text, size,
			 "socket %s: the name is longer than %zu bytes; choose a shorter one", path,
			 sizeof(addr.sun_path) - sizeof(suffix));
		return -ENAMETOOLONG;
	}
	/* Clients are to find the socket of before or one that is listened on, never none. */
	stpcpy(stpcpy(addr.sun_path, path), suffix);
	rc = make_dir(path);
	fd = rc ? -1 : socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0) {
		rc = rc ? rc : -errno;
		goto fail;
	}
	unlink(addr.sun_path);
	mask = umask(0177); /* connecting gives the control domain's rights: root only */
	rc = bind(fd, (struct sockaddr *)&addr, sizeof(addr)) ? -errno : 0;
	umask(mask);
	if (!rc)
		rc = listen(fd, SOMAXCONN) || rename(addr.sun_path, path) ? -errno : 0;
	if (!rc)
		return fd;
	close(fd);
fail:
	snprintf(text, size, "cannot listen on %s: %s", path, strerror(-rc));
	return rc;
}

/*
 * No descriptor is left: take the client in with one kept for that and turn it away, or the loop
 * would be told of it for ever.
 */
static void turn_away(int listener)
{
	static int spare = -1;

	if (spare >= 0)
		close(spare);
	close(accept4(listener, NULL, NULL, SOCK_CLOEXEC));
	spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
	log_warn("too many clients: one was turned away");
}

void sock_accept(struct db *db, int listener, int epoll)
{
	struct epoll_event ev = {.events = EPOLLIN};
	struct conn *c;
	int fd;

	while ((fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0) {
		c = conn_new(db, NULL);
		c->fd = fd;
		ev.data.ptr = c;
		if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &ev))
			sock_close(c);
	}
	if (errno == EMFILE || errno == ENFILE)
		turn_away(listener);
	else if (errno != EAGAIN && errno != ECONNABORTED)
		log_warn("cannot accept a client: %s", strerror(errno));
}

/* Do the whole requests in data; returns how many bytes they are. */
static uint32_t consume(struct conn *c, const char *data, uint32_t n)
{
	uint32_t at = 0;

	while (n - at >= sizeof(struct xsd_sockmsg) && c->out.len < OUT_MAX) {
		struct xsd_sockmsg hdr;

		memcpy(&hdr, data + at, sizeof(hdr));
		if (hdr.len > XENSTORE_PAYLOAD_MAX) {
			c->closing = true;
			break;
		}
		if (n - at - sizeof(hdr) < hdr.len)
			break;
		proto_request(c, &hdr, data + at + sizeof(hdr));
		at += (uint32_t)sizeof(hdr) + hdr.len;
	}
	return at;
}

static void consume_kept(struct conn *c)
{
	uint32_t done = consume(c, buf_data(&c->in), c->in.len);

	if (done)
		buf_take(&c->in, done);
}

void sock_event(struct conn *c, uint32_t events)
{
	static char data[READ_MAX];
	ssize_t n;
	uint32_t done;

	if (!(events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
		return;
	if (c->out.len >= OUT_MAX && !(events & (EPOLLHUP | EPOLLERR)))
		return;
	n = recv(c->fd, data, sizeof(data), 0);
	if (n <= 0) {
		c->closing = n == 0 || (errno != EAGAIN && errno != EINTR);
		return;
	}
	if (c->in.len) {
		buf_put(&c->in, data, (uint32_t)n);
		consume_kept(c);
		return;
	}
	done = consume(c, data, (uint32_t)n);
	buf_put(&c->in, data + done, (uint32_t)n - done);
}

static void poll_out(struct conn *c, int epoll, bool on)
{
	/* A client that does not fetch its answers is not asked for more requests either. */
	struct epoll_event ev = {
		.events = on ? (c->out.len < OUT_MAX ? EPOLLIN | EPOLLOUT : EPOLLOUT) : EPOLLIN,
		.data.ptr = c};

	if (on == c->polled_out && !on)
		return;
	c->polled_out = on;
	epoll_ctl(epoll, EPOLL_CTL_MOD, c->fd, &ev);
}

void sock_flush(struct conn *c, int epoll)
{
	ssize_t n;

	while (c->out.len && !c->closing) {
		n = send(c->fd, buf_data(&c->out), c->out.len, MSG_NOSIGNAL);
		if (n < 0) {
			c->closing = errno != EAGAIN && errno != EINTR;
			break;
		}
		buf_take(&c->out, (uint32_t)n);
		conn_drained(c);
		if (!c->out.len && c->in.len)
			consume_kept(c);
		state_commit(c->db);
	}
	poll_out(c, epoll, c->out.len > 0);
}

void sock_adopt(struct db *db, int epoll)
{
	struct epoll_event ev = {.events = EPOLLIN};
	struct conn *c, *next;

	for (c = LIST_FIRST(&db->clients); c; c = next) {
		next = LIST_NEXT(c, at_db);
		fcntl(c->fd, F_SETFD, FD_CLOEXEC);
		ev.data.ptr = c;
		if (epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &ev))
			sock_close(c);
		else if (c->out.len)
			conn_mark_dirty(c);
	}
}

void sock_close(struct conn *c)
{
	close(c->fd);
	conn_free(c);
}
