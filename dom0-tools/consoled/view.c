// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "consoled/guest.h"
#include "consoled/view.h"
#include "lib/conview.h"

enum {
	UNSEEN_MAX = 16 << 10,    /* of output before it came that a viewer is shown unasked */
	PATIENCE_NS = 2000000000, /* with one that takes nothing, before it has to miss something */
};

struct view {
	struct view *next;
	int fd;
	struct guest *guest; /* NULL: has not said hello */
	uint32_t at;         /* index of the next byte to show */
	uint32_t watched;
	bool greeted;
	uint64_t stands;           /* since when it has taken nothing of what waits; 0: it takes */
	char typed[CONVIEW_TYPED]; /* not taken by the guest yet */
	size_t ntyped;
};

int view_listen(struct consoled *c)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX, .sun_path = CONVIEW_SOCKET};
	mode_t mask;
	int rc;

	c->listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c->listener < 0)
		return -errno;
	unlink(addr.sun_path);
	mask = umask(0177); /* who can connect can type to guests: root only */
	rc = bind(c->listener, (struct sockaddr *)&addr, sizeof(addr)) ||
			     listen(c->listener, SOMAXCONN)
		     ? -errno
		     : 0;
	umask(mask);
	return rc;
}

bool view_known(const struct consoled *c, const void *p)
{
	const struct view *v;

	for (v = c->views; v; v = v->next)
		if (v == p)
			return true;
	return false;
}

/* The next process is to wait for so many. */
static void count_views(struct guest *g, int by)
{
	g->nviews += (unsigned)by;
	if (g->nviews >= g->awaited)
		g->awaited = 0;
	if (g->hist.page)
		g->hist.page->viewers = g->awaited ? g->awaited : g->nviews;
}

static void part(struct consoled *c, struct view *v)
{
	struct view **p = &c->views;

	while (*p != v)
		p = &(*p)->next;
	*p = v->next;
	if (v->guest)
		count_views(v->guest, -1);
	close(v->fd);
	free(v);
}

void view_accept(struct consoled *c)
{
	struct view *v;
	int fd;

	while ((fd = accept4(c->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0) {
		struct epoll_event e = {.events = EPOLLIN};

		v = calloc(1, sizeof(*v));
		e.data.ptr = v;
		if (!v || epoll_ctl(c->epoll, EPOLL_CTL_ADD, fd, &e)) {
			free(v);
			close(fd);
			continue;
		}
		v->fd = fd;
		v->watched = e.events;
		v->next = c->views;
		c->views = v;
	}
}

static bool behind(const struct view *v)
{
	return v->guest && (!v->greeted || v->at != v->guest->hist.page->end);
}

/* Nothing more is read from who has typed more than the guest takes. */
static void watch(struct consoled *c, struct view *v)
{
	struct epoll_event e = {.data.ptr = v};

	e.events = (v->ntyped ? 0 : EPOLLIN) | (behind(v) ? EPOLLOUT : 0);
	if (e.events == v->watched)
		return;
	v->watched = e.events;
	epoll_ctl(c->epoll, EPOLL_CTL_MOD, v->fd, &e);
}

/* Show as much as the viewer takes. False: it has gone. */
static bool show(struct view *v)
{
	struct {
		struct conview_head head;
		char bytes[CONVIEW_BYTES];
	} out;
	struct hist *h = &v->guest->hist;
	size_t n;

	while (behind(v)) {
		n = v->greeted ? hist_get(h, &v->at, out.bytes, sizeof(out.bytes)) : 0;
		out.head.index = v->at;
		if (send(v->fd, &out, sizeof(out.head) + n, MSG_NOSIGNAL) < 0) {
			if (!v->stands)
				v->stands = host_now();
			return errno == EAGAIN || errno == EINTR;
		}
		v->greeted = true;
		v->stands = 0;
		v->at += (uint32_t)n;
		if ((int32_t)(v->at - h->page->seen) > 0)
			h->page->seen = v->at;
	}
	return true;
}

/* Index of the last n lines, the one that has not ended included. */
static uint32_t lines_back(const struct hist *h, uint32_t n)
{
	uint32_t at = h->page->end, begin = hist_begin(h);

	while (at != begin) {
		if (hist_byte(h, at - 1) == '\n' && at != h->page->end && !--n)
			break;
		at--;
	}
	return at;
}

static uint32_t first_index(const struct hist *h, const struct conview_hello *hello)
{
	uint32_t end = h->page->end, back = end - h->page->seen, lines;

	if (hello->flags & CONVIEW_FROM)
		return hello->from;
	if (back > h->page->count)
		back = h->page->count;
	if (back > UNSEEN_MAX)
		back = UNSEEN_MAX;
	lines = hello->lines ? end - lines_back(h, hello->lines) : 0;
	return end - (back > lines ? back : lines);
}

/* False: it is not to be served. */
static bool greet(struct consoled *c, struct view *v)
{
	struct conview_hello hello;

	if (recv(v->fd, &hello, sizeof(hello), 0) != sizeof(hello) ||
	    hello.magic != CONVIEW_MAGIC || hello.domid >= DOMID_FIRST_RESERVED)
		return false;
	if (!c->by_domid[hello.domid] || !guest_hist(c, c->by_domid[hello.domid]))
		return false;
	v->guest = c->by_domid[hello.domid];
	count_views(v->guest, 1);
	v->at = first_index(&v->guest->hist, &hello);
	/* Also an index that is none must lead to what there is. */
	hist_get(&v->guest->hist, &v->at, NULL, 0);
	return true;
}

static bool read_typed(struct consoled *c, struct view *v)
{
	ssize_t n = recv(v->fd, v->typed, sizeof(v->typed), 0);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	v->ntyped = (size_t)n;
	if (n)
		guest_type(c, v->guest, v->typed, &v->ntyped);
	return n > 0;
}

void view_event(struct consoled *c, struct view *v, unsigned events)
{
	bool stays = !(events & EPOLLERR);

	if (stays && events & (EPOLLIN | EPOLLHUP))
		stays = v->guest ? read_typed(c, v) : greet(c, v);
	if (stays && v->guest)
		stays = show(v);
	if (stays)
		watch(c, v);
	else
		part(c, v);
}

void view_guest(struct consoled *c, struct guest *g)
{
	struct view *v, *next;

	for (v = c->views; v; v = next) {
		next = v->next;
		if (v->guest != g)
			continue;
		if (v->ntyped)
			guest_type(c, g, v->typed, &v->ntyped);
		if (show(v))
			watch(c, v);
		else
			part(c, v);
	}
}

size_t view_room(const struct consoled *c, const struct guest *g, uint64_t now)
{
	size_t room = HIST_SIZE;
	const struct view *v;

	if (g->awaited && now < g->awaited_end)
		return 0;

	for (v = c->views; v; v = v->next) {
		size_t left = v->guest == g ? HIST_SIZE - (g->hist.page->end - v->at) : room;

		if (left < room && !(v->stands && now - v->stands > PATIENCE_NS))
			room = left;
	}
	return room;
}

void view_leave(struct consoled *c, struct guest *g)
{
	struct view *v, *next;

	for (v = c->views; v; v = next) {
		next = v->next;
		if (v->guest != g)
			continue;
		if (g->hist.page)
			show(v);
		part(c, v);
	}
}
