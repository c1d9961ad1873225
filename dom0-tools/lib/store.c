// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "abi/xs_wire.h"
#include "lib/store.h"

enum {
	BATCH_BYTES = 32 << 10,
	IN_BYTES = 8 << 10,
	PATH_BYTES = XENSTORE_ABS_PATH_MAX + 1,
	RECONNECT_MS = 20000, /* how long a daemon may take to come back */
	RECONNECT_STEP_MS = 50,
	OPEN_MS = 5000, /* the same before the first request, when there is a socket without one */
};

#define NAMED_DEPTH "1"

struct event {
	struct event *next;
	char *path, *token;
};

/* Kept to be set again on a new connection. */
struct watch {
	LIST_ENTRY(watch) all;
	bool named;  /* events are to name the domain */
	char *token; /* behind the path, in one allocation with it */
	char path[];
};

struct store {
	int fd;
	int poll; /* epoll set with fd in it: what callers poll stays the same when fd changes */
	LIST_HEAD(, watch) watches;
	uint32_t generation;        /* counts connections; a transaction belongs to one */
	uint32_t tx, tx_generation; /* transaction last begun */
	uint32_t req_id;
	bool batching;
	bool batch_tx;    /* the batch holds requests of a transaction */
	unsigned pending; /* requests sent or queued whose answers were not read */
	int batch_error;
	size_t queued;
	char queue[BATCH_BYTES];
	struct event *events, **tail;
	size_t in_at, in_end; /* what was received and not looked at yet */
	char in[IN_BYTES];
	struct xsd_sockmsg head; /* of the last answer */
	char body[XENSTORE_PAYLOAD_MAX + 1];
};

static const struct {
	const char *name;
	int err;
} errors[] = {
	{"EINVAL", EINVAL},       {"EACCES", EACCES},   {"EEXIST", EEXIST}, {"EISDIR", EISDIR},
	{"ENOENT", ENOENT},       {"ENOMEM", ENOMEM},   {"ENOSPC", ENOSPC}, {"EIO", EIO},
	{"ENOTEMPTY", ENOTEMPTY}, {"ENOSYS", ENOSYS},   {"EROFS", EROFS},   {"EBUSY", EBUSY},
	{"EAGAIN", EAGAIN},       {"EISCONN", EISCONN}, {"E2BIG", E2BIG},   {"EPERM", EPERM},
};

/* The environment's name for another socket is the one that libxenstore knows. */
static const char *socket_path(void)
{
	const char *path = getenv("XENSTORED_PATH");

	return path && path[0] == '/' ? path : "/run/xenstored/socket";
}

static int connect_socket(struct store *s)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	struct epoll_event ev = {.events = EPOLLIN};
	int fd;

	if (strlen(socket_path()) >= sizeof(addr.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(addr.sun_path, socket_path());
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) ||
			epoll_ctl(s->poll, EPOLL_CTL_ADD, fd, &ev))) {
		int e = errno;

		close(fd);
		errno = e;
		fd = -1;
	}
	return fd;
}

static void drop_events(struct store *s)
{
	while (s->events) {
		struct event *e = s->events;

		s->events = e->next;
		free(e->path);
		free(e);
	}
}

void store_close(struct store *s)
{
	if (!s)
		return;
	drop_events(s);
	while (!LIST_EMPTY(&s->watches)) {
		struct watch *w = LIST_FIRST(&s->watches);

		LIST_REMOVE(w, all);
		free(w);
	}
	if (s->fd >= 0)
		close(s->fd);
	close(s->poll);
	free(s);
}

int store_fd(const struct store *s)
{
	return s->poll;
}

static int send_all(struct store *s, const char *p, size_t n)
{
	while (n) {
		ssize_t k = send(s->fd, p, n, MSG_NOSIGNAL);

		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return -EPIPE;
		p += k;
		n -= (size_t)k;
	}
	return 0;
}

static int recv_some(struct store *s)
{
	ssize_t k;

	do
		k = recv(s->fd, s->in, sizeof(s->in), 0);
	while (k < 0 && errno == EINTR);
	if (k <= 0)
		return -EPIPE;
	s->in_at = 0;
	s->in_end = (size_t)k;
	return 0;
}

static int recv_all(struct store *s, void *to, size_t n)
{
	char *p = to;

	while (n) {
		size_t k;

		if (s->in_at == s->in_end && recv_some(s))
			return -EPIPE;
		k = s->in_end - s->in_at < n ? s->in_end - s->in_at : n;
		memcpy(p, s->in + s->in_at, k);
		s->in_at += k;
		p += k;
		n -= k;
	}
	return 0;
}

static int recv_message(struct store *s)
{
	int rc = recv_all(s, &s->head, sizeof(s->head));

	if (rc)
		return rc;
	if (s->head.len > XENSTORE_PAYLOAD_MAX)
		return -EPIPE;
	s->body[s->head.len] = '\0';
	return recv_all(s, s->body, s->head.len);
}

/* Keep the event just received. */
static int queue_event(struct store *s)
{
	size_t path_n = strlen(s->body);
	struct event *e = calloc(1, sizeof(*e));

	if (!e || path_n >= s->head.len) {
		free(e);
		return e ? -EPIPE : -ENOMEM;
	}
	e->path = malloc(s->head.len + 1);
	if (!e->path) {
		free(e);
		return -ENOMEM;
	}
	memcpy(e->path, s->body, s->head.len + 1);
	e->token = e->path + path_n + 1;
	*s->tail = e;
	s->tail = &e->next;
	return 0;
}

/* Wait for the next answer, keeping events that come before it. */
static int recv_answer(struct store *s)
{
	size_t i;
	int rc;

	for (;;) {
		rc = recv_message(s);
		if (rc)
			return rc;
		if (s->head.type != XS_WATCH_EVENT)
			break;
		rc = queue_event(s);
		if (rc)
			return rc;
	}
	if (s->head.type != XS_ERROR)
		return 0;
	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (!strcmp(s->body, errors[i].name))
			return -errors[i].err;
	return -EIO;
}

/* One message of two parts, sent at once; then its answer. */
static int exchange(struct store *s, uint32_t type, uint32_t tx, const void *a, size_t an,
		    const void *b, size_t bn)
{
	struct xsd_sockmsg h = {type, ++s->req_id, tx, (uint32_t)(an + bn)};
	char msg[sizeof(h) + XENSTORE_PAYLOAD_MAX];
	int rc;

	memcpy(msg, &h, sizeof(h));
	memcpy(msg + sizeof(h), a, an);
	if (bn)
		memcpy(msg + sizeof(h) + an, b, bn);
	rc = send_all(s, msg, sizeof(h) + an + bn);
	return rc ? rc : recv_answer(s);
}

/* The arguments behind the path: the token and, for a watch that is to name the domain, a depth. */
static const char *watch_args(const struct watch *w, size_t *n)
{
	*n = strlen(w->token) + 1 + (w->named ? sizeof(NAMED_DEPTH) : 0);
	return w->token;
}

static int watch_again(struct store *s)
{
	struct watch *w;
	int rc = 0;

	LIST_FOREACH(w, &s->watches, all) {
		size_t n;
		const char *args = watch_args(w, &n);

		rc = exchange(s, XS_WATCH, 0, w->path, strlen(w->path) + 1, args, n);
		if (rc)
			break;
	}
	return rc;
}

/*
 * The daemon went away: wait until one is back and set all watches again, each of which fires once,
 * so that nothing that happened meanwhile is missed.
 */
static int reconnect(struct store *s, int most_ms)
{
	const struct timespec step = {.tv_nsec = RECONNECT_STEP_MS * 1000000l};
	int waited;

	for (waited = 0; waited < most_ms; waited += RECONNECT_STEP_MS) {
		if (s->fd >= 0)
			close(s->fd);
		s->in_at = s->in_end = 0;
		s->fd = connect_socket(s);
		if (s->fd >= 0) {
			s->generation++;
			if (!watch_again(s))
				return 0;
		}
		nanosleep(&step, NULL);
	}
	return -EPIPE;
}

struct store *store_open(struct diag *d)
{
	struct store *s = calloc(1, sizeof(*s));

	if (!s) {
		diag_set(d, -ENOMEM, "out of memory");
		return NULL;
	}
	s->tail = &s->events;
	LIST_INIT(&s->watches);
	s->poll = epoll_create1(EPOLL_CLOEXEC);
	s->fd = s->poll < 0 ? -1 : connect_socket(s);
	/* A socket without a listener is left by a daemon that was killed. */
	if (s->fd < 0 && errno == ECONNREFUSED && reconnect(s, OPEN_MS))
		errno = ECONNREFUSED;
	if (s->fd < 0 && (errno == ECONNREFUSED || errno == ENOENT)) {
		/* Only the daemon of another domain is reached through the kernel alone. */
		diag_set(d, -ENOTCONN, "the store daemon does not answer on %s: %s", socket_path(),
			 strerror(errno));
		diag_hint(d, 0, "start it: systemctl start pav-stored (or run pav-stored)");
	} else if (s->fd < 0) {
		diag_set(d, -errno, "cannot reach the store daemon: %s", strerror(errno));
	}
	if (s->fd < 0) {
		if (s->poll >= 0)
			close(s->poll);
		free(s);
		return NULL;
	}
	return s;
}

/* Send the queue and take the answers; -EPIPE only if the connection is lost. */
static int drain_once(struct store *s)
{
	unsigned left = s->pending;
	int rc = send_all(s, s->queue, s->queued);

	while (!rc && left) {
		int one = recv_answer(s);

		left--;
		if (one == -EPIPE)
			rc = one;
		/* Only a removal can miss its node, and then it has nothing to do. */
		else if (one && one != -ENOENT && !s->batch_error)
			s->batch_error = one;
	}
	return rc;
}

static void drain(struct store *s)
{
	int rc;

	/* To write, make, remove or permit the same again changes nothing. */
	while ((rc = drain_once(s)) == -EPIPE && !reconnect(s, RECONNECT_MS))
		if (s->batch_tx) {
			rc = -EAGAIN;
			break;
		}
	if (rc)
		s->batch_error = rc;
	s->queued = 0;
	s->pending = 0;
	s->batch_tx = false;
}

static bool batchable(uint32_t type)
{
	return type == XS_WRITE || type == XS_MKDIR || type == XS_RM || type == XS_SET_PERMS;
}

/* Put a message into the batch. */
static void queue_request(struct store *s, uint32_t type, uint32_t tx, const void *a, size_t an,
			  const void *b, size_t bn)
{
	struct xsd_sockmsg h = {type, ++s->req_id, tx, (uint32_t)(an + bn)};

	if (s->queued + sizeof(h) + an + bn > sizeof(s->queue))
		drain(s);
	memcpy(s->queue + s->queued, &h, sizeof(h));
	memcpy(s->queue + s->queued + sizeof(h), a, an);
	if (bn)
		memcpy(s->queue + s->queued + sizeof(h) + an, b, bn);
	s->queued += sizeof(h) + an + bn;
	s->pending++;
	s->batch_tx |= tx != 0;
}

/* Queue one message with a payload of two parts in a batch, else wait for its answer. */
static int request(struct store *s, uint32_t type, uint32_t tx, const void *a, size_t an,
		   const void *b, size_t bn)
{
	int rc;

	if (an + bn > XENSTORE_PAYLOAD_MAX)
		return -E2BIG;
	if (s->pending && !(s->batching && batchable(type)))
		drain(s);
	/* A transaction of an earlier connection is gone; the number may be another's by now. */
	if (tx && tx == s->tx && s->tx_generation != s->generation)
		return -EAGAIN;
	if (s->batching && batchable(type)) {
		queue_request(s, type, tx, a, an, b, bn);
		return 0;
	}
	while ((rc = exchange(s, type, tx, a, an, b, bn)) == -EPIPE && !reconnect(s, RECONNECT_MS))
		if (tx)
			return -EAGAIN;
	return rc;
}

static int path_request(struct store *s, uint32_t type, uint32_t tx, const char *path)
{
	return request(s, type, tx, path, strlen(path) + 1, NULL, 0);
}

void store_batch(struct store *s)
{
	s->batching = true;
	s->batch_error = 0;
}

int store_batch_end(struct store *s)
{
	if (s->pending)
		drain(s);
	s->batching = false;
	return s->batch_error;
}

int store_read(struct store *s, uint32_t tx, const char *path, char **value, size_t *len)
{
	int rc = path_request(s, XS_READ, tx, path);

	if (rc)
		return rc;
	*value = malloc(s->head.len + 1);
	if (!*value)
		return -ENOMEM;
	memcpy(*value, s->body, s->head.len + 1);
	if (len)
		*len = s->head.len;
	return 0;
}

int store_get(struct store *s, uint32_t tx, char *buf, size_t size, const char *fmt, ...)
{
	char path[PATH_BYTES];
	va_list ap;
	size_t n;
	int rc;

	va_start(ap, fmt);
	vsnprintf(path, sizeof(path), fmt, ap);
	va_end(ap);
	rc = path_request(s, XS_READ, tx, path);
	if (rc)
		return rc;
	n = s->head.len < size ? s->head.len : size - 1;
	memcpy(buf, s->body, n);
	buf[n] = '\0';
	return (int)s->head.len;
}

int store_write(struct store *s, uint32_t tx, const char *path, const char *value)
{
	return request(s, XS_WRITE, tx, path, strlen(path) + 1, value, strlen(value));
}

int store_put(struct store *s, uint32_t tx, const char *dir, const char *name, const char *value)
{
	size_t dn = strlen(dir), nn = strlen(name);
	char path[PATH_BYTES];

	if (dn + 1 + nn >= sizeof(path))
		return -E2BIG;
	memcpy(path, dir, dn);
	path[dn] = '/';
	memcpy(path + dn + 1, name, nn + 1);
	return store_write(s, tx, path, value);
}

int store_writef(struct store *s, uint32_t tx, const char *dir, const char *name, const char *fmt,
		 ...)
{
	char value[XENSTORE_PAYLOAD_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(value, sizeof(value), fmt, ap);
	va_end(ap);
	return store_put(s, tx, dir, name, value);
}

int store_mkdir(struct store *s, uint32_t tx, const char *path)
{
	return path_request(s, XS_MKDIR, tx, path);
}

int store_rm(struct store *s, uint32_t tx, const char *path)
{
	int rc = path_request(s, XS_RM, tx, path);

	return rc == -ENOENT ? 0 : rc;
}

int store_list(struct store *s, uint32_t tx, const char *path, char ***names)
{
	int rc = path_request(s, XS_DIRECTORY, tx, path);
	size_t n = 0, i;
	char *p, **out;

	if (rc)
		return rc;
	for (i = 0; i < s->head.len; i++)
		n += s->body[i] == '\0';
	out = malloc(n * sizeof(*out) + s->head.len + 1);
	if (!out)
		return -ENOMEM;
	p = (char *)(out + n);
	memcpy(p, s->body, s->head.len + 1);
	for (i = 0; i < n; i++, p += strlen(p) + 1)
		out[i] = p;
	*names = out;
	return (int)n;
}

int store_set_perms(struct store *s, uint32_t tx, const char *path, const struct store_perm *perms,
		    size_t n)
{
	char text[256];
	size_t used = 0, i;

	for (i = 0; i < n && used < sizeof(text); i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%c%u", perms[i].access,
					 perms[i].domid) +
			1;
	if (used > sizeof(text))
		return -E2BIG;
	return request(s, XS_SET_PERMS, tx, path, strlen(path) + 1, text, used);
}

int store_begin(struct store *s, uint32_t *tx)
{
	int rc = request(s, XS_TRANSACTION_START, 0, "", 1, NULL, 0);

	if (!rc) {
		*tx = s->tx = (uint32_t)strtoul(s->body, NULL, 10);
		s->tx_generation = s->generation;
	}
	return rc;
}

int store_end(struct store *s, uint32_t tx, bool commit)
{
	return request(s, XS_TRANSACTION_END, tx, commit ? "T" : "F", 2, NULL, 0);
}

int store_finish(struct store *s, uint32_t tx, int rc)
{
	int end = store_end(s, tx, !rc);

	return rc ? rc : end;
}

static int watch(struct store *s, const char *path, const char *token, bool named)
{
	size_t pn = strlen(path) + 1, tn = strlen(token) + 1;
	struct watch *w = malloc(sizeof(*w) + pn + tn + sizeof(NAMED_DEPTH));
	const char *args;
	int rc;

	if (!w)
		return -ENOMEM;
	memcpy(w->path, path, pn);
	w->token = memcpy(w->path + pn, token, tn);
	memcpy(w->token + tn, NAMED_DEPTH, sizeof(NAMED_DEPTH));
	w->named = named;
	args = watch_args(w, &tn);
	rc = request(s, XS_WATCH, 0, path, pn, args, tn);
	if (rc)
		free(w);
	else
		LIST_INSERT_HEAD(&s->watches, w, all);
	return rc;
}

int store_watch(struct store *s, const char *path, const char *token)
{
	return watch(s, path, token, false);
}

int store_watch_named(struct store *s, const char *path, const char *token)
{
	int rc = watch(s, path, token, true);

	return rc == -EINVAL ? store_watch(s, path, token) : rc;
}

int store_event_domain(const char *path)
{
	const char *id = path[0] == '@' ? strchr(path, '/') : NULL;

	return id ? atoi(id + 1) : -1;
}

int store_unwatch(struct store *s, const char *path, const char *token)
{
	struct watch *w;

	LIST_FOREACH(w, &s->watches, all)
		if (!strcmp(w->path, path) && !strcmp(w->token, token))
			break;
	if (!w)
		return -ENOENT;
	LIST_REMOVE(w, all);
	free(w);
	return request(s, XS_UNWATCH, 0, path, strlen(path) + 1, token, strlen(token) + 1);
}

bool store_event_here(const struct store *s)
{
	return s->events || s->in_at < s->in_end;
}

int store_event(struct store *s, int timeout_ms, char **path, char **token)
{
	struct event *e;
	int rc;

	while (!s->events) {
		struct pollfd p = {.fd = s->fd, .events = POLLIN};

		if (s->in_at == s->in_end) {
			rc = poll(&p, 1, timeout_ms);
			if (rc <= 0)
				return rc < 0 && errno != EINTR ? -errno : 0;
		}
		rc = recv_message(s);
		if (rc == -EPIPE) {
			rc = reconnect(s, RECONNECT_MS);
			if (rc)
				return rc;
			continue;
		}
		/* No request is under way: an answer here would be the daemon's fault. */
		if (!rc)
			rc = s->head.type == XS_WATCH_EVENT ? queue_event(s) : -EIO;
		if (rc)
			return rc;
	}
	e = s->events;
	s->events = e->next;
	if (!s->events)
		s->tail = &s->events;
	*path = e->path;
	*token = e->token;
	free(e);
	return 1;
}

int store_control(struct store *s, const char *args, size_t len, char *text, size_t size)
{
	int rc = request(s, XS_CONTROL, 0, args, len, NULL, 0);

	if (!rc)
		snprintf(text, size, "%s", s->body);
	return rc;
}

int store_introduce(struct store *s, unsigned domid, uint64_t frame, unsigned port)
{
	char args[64];
	int n = snprintf(args, sizeof(args), "%u%c%llu%c%u", domid, 0, (unsigned long long)frame, 0,
			 port);

	return request(s, XS_INTRODUCE, 0, args, (size_t)n + 1, NULL, 0);
}

int store_release(struct store *s, unsigned domid)
{
	char arg[16];
	int n = snprintf(arg, sizeof(arg), "%u", domid);

	n = request(s, XS_RELEASE, 0, arg, (size_t)n + 1, NULL, 0);
	return n == -ENOENT ? 0 : n;
}

int store_resume(struct store *s, unsigned domid)
{
	char arg[16];
	int n = snprintf(arg, sizeof(arg), "%u", domid);

	return request(s, XS_RESUME, 0, arg, (size_t)n + 1, NULL, 0);
}
