// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "stream/wire.h"

enum { PARTS_MAX = 2048, READ_STEP = 4 << 20, STEP_MS = 200 };

static int tick(struct wire *w)
{
	return w->tick ? w->tick(w) : 0;
}

/* Until the descriptor is ready; in small steps, for a signal may come just before the call. */
static int wait_for(struct wire *w, short events, struct diag *d)
{
	struct pollfd p = {.fd = w->fd, .events = events};
	unsigned waited = 0;

	for (;;) {
		int got = poll(&p, 1, STEP_MS);

		if (got < 0 && errno != EINTR)
			return diag_set(d, -errno, "cannot wait for %s: %s", w->name,
					strerror(errno));
		if (got > 0)
			return 0;
		if (tick(w))
			return -EINTR;
		waited += got ? 0 : STEP_MS;
		if (w->patience && waited >= w->patience * 1000)
			return diag_set(d, -ETIMEDOUT,
					"%s has neither taken nor sent anything for %u s", w->name,
					w->patience);
	}
}

int wire_write(struct wire *w, struct iovec *iov, size_t n, struct diag *d)
{
	int rc;

	while (n) {
		ssize_t got = writev(w->fd, iov, (int)(n < IOV_MAX ? n : IOV_MAX));
		size_t left = got > 0 ? (size_t)got : 0;

		if (got < 0 && errno != EINTR && errno != EAGAIN)
			return diag_set(d, -errno, "cannot write to %s: %s", w->name,
					strerror(errno));
		rc = got < 0 ? wait_for(w, POLLOUT, d) : 0;
		if (rc)
			return rc;
		w->done += left;
		while (n && left >= iov->iov_len) {
			left -= iov->iov_len;
			iov++;
			n--;
		}
		if (n) {
			iov->iov_base = (char *)iov->iov_base + left;
			iov->iov_len -= left;
		}
	}
	return 0;
}

int wire_read(struct wire *w, void *buf, size_t n, struct diag *d)
{
	while (n) {
		int rc = wait_for(w, POLLIN, d);
		ssize_t got = rc ? 0 : read(w->fd, buf, n);

		if (rc)
			return rc;
		if (got < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (got < 0)
			return diag_set(d, -errno, "cannot read from %s: %s", w->name,
					strerror(errno));
		if (!got)
			return diag_set(d, -ENODATA, "%s ends too early, after %llu bytes", w->name,
					(unsigned long long)w->done);
		w->done += (uint64_t)got;
		buf = (char *)buf + got;
		n -= (size_t)got;
	}
	return 0;
}

int wire_put(struct wire *w, uint32_t type, const struct iovec *parts, size_t n, struct diag *d)
{
	static const uint64_t zero;
	struct record_head head = {.type = type};
	struct iovec iov[PARTS_MAX];
	size_t length = 0, i;
	int rc;

	if (n > PARTS_MAX - 2)
		return diag_set(d, -E2BIG, "a record of %zu parts", n);
	for (i = 0; i < n; i++) {
		iov[i + 1] = parts[i];
		length += parts[i].iov_len;
	}
	if (length > RECORD_MAX)
		return diag_set(d, -E2BIG, "a record of %zu bytes", length);
	head.length = (uint32_t)length;
	iov[0] = (struct iovec){&head, sizeof(head)};
	iov[n + 1] = (struct iovec){(void *)&zero, -length & 7};
	rc = wire_write(w, iov, n + 2, d);
	return rc ? rc : tick(w);
}

int wire_put1(struct wire *w, uint32_t type, const void *body, size_t size, struct diag *d)
{
	struct iovec part = {(void *)body, size};

	return wire_put(w, type, &part, 1, d);
}

/* A stated length is believed as far as its bytes really come. */
static int read_body(struct wire *w, struct record *r, size_t n, struct diag *d)
{
	size_t at = 0;
	int rc = 0;

	while (at < n && !rc) {
		size_t step = n - at < READ_STEP ? n - at : READ_STEP;

		if (r->room < at + step) {
			uint8_t *more = realloc(r->body, at + step);

			if (!more)
				return diag_set(d, -ENOMEM, "out of memory");
			r->body = more;
			r->room = at + step;
		}
		rc = wire_read(w, r->body + at, step, d);
		at += step;
	}
	return rc;
}

int wire_next(struct wire *w, struct record *r, struct diag *d)
{
	struct record_head head;
	int rc;

	r->at = w->done;
	rc = wire_read(w, &head, sizeof(head), d);
	if (rc)
		return rc;
	r->type = head.type;
	r->length = head.length;
	if (head.length > RECORD_MAX)
		return diag_set(d, -EINVAL,
				"%s is damaged: at byte %llu a record of type %#x claims %u bytes",
				w->name, (unsigned long long)r->at, head.type, head.length);
	rc = read_body(w, r, ((size_t)head.length + 7) & ~(size_t)7, d);
	return rc ? rc : tick(w);
}

void record_release(struct record *r)
{
	free(r->body);
	*r = (struct record){.body = NULL};
}
