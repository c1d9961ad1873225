// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "abi/grant.h"
#include "consoled/guest.h"
#include "consoled/view.h"
#include "lib/conlog.h"
#include "lib/evtchn.h"
#include "lib/foreign.h"
#include "lib/gnttab.h"
#include "life/names.h"

#define WHO "pav-consoled"

enum { CONS_RING = 4096 }; /* as much as a ring may hold, and more than this one does */

enum {
	VIEW_STEP = 16 << 10,  /* bytes after which viewers are shown what there is */
	AWAIT_NS = 2000000000, /* for viewers to come back to a new process */
};

static long number(struct consoled *c, uint16_t domid, const char *key)
{
	char text[32];

	if (store_get(c->h.store, 0, text, sizeof(text), "/local/domain/%u/console/%s", domid,
		      key) <= 0)
		return -1;
	return strtol(text, NULL, 10);
}

static int map_page(struct consoled *c, struct guest *g, long frame)
{
	mfn_t mfn = {(uint64_t)frame};

	g->page = gnttab_map(c->gntdev, g->domid, GNTTAB_RESERVED_CONSOLE);
	g->granted = g->page != NULL;
	if (!g->page)
		g->page = foreign_map(&c->h.hv, g->domid, 1, &mfn, 1);
	return g->page ? 0 : -errno;
}

static void unmap_page(struct consoled *c, struct guest *g)
{
	if (g->granted)
		gnttab_unmap(c->gntdev, g->page);
	else
		foreign_unmap(g->page, 1);
	g->page = NULL;
}

/* What the log holds back as the begin of something is not in it yet. */
static void mark_logged(struct guest *g)
{
	if (g->hist.page)
		hist_logged(&g->hist, g->hist.page->end - (uint32_t)g->log.tame.n, g->log.size);
}

/*
 * What an earlier process took from the ring is in the history; what of it is in the log, the
 * history knows too.
 */
static void go_on(struct guest *g)
{
	char rest[2 * CONS_RING];
	uint32_t at = hist_mark(&g->hist)->index;
	size_t n = hist_get(&g->hist, &at, rest, sizeof(rest));

	if (n) {
		log_cut(&g->log, hist_mark(&g->hist)->size);
		log_write(&g->log, rest, n);
	}
	mark_logged(g);
	g->awaited = g->hist.page->viewers;
	g->awaited_end = host_now() + AWAIT_NS;
	n = g->hist.page->end - cons_index(&g->back);
	if (n)
		cons_done(&g->back, n);
}

/* Terminal and log go on without it. */
static void no_hist(struct consoled *c, struct guest *g, int rc)
{
	log_line(WHO, "domain %u: no more viewers, as its output cannot be kept in %s: %s",
		 g->domid, g->hist.path, strerror(-rc));
	g->no_hist = true;
	view_leave(c, g);
}

static void hist_path(const struct guest *g, char path[96])
{
	snprintf(path, 96, HIST_DIR "/%u", g->domid);
}

bool guest_hist(struct consoled *c, struct guest *g)
{
	char path[96];
	int rc;

	if (g->hist.page || g->no_hist)
		return g->hist.page != NULL;
	hist_path(g, path);
	rc = hist_open(&g->hist, path, cons_index(&g->back));
	if (rc)
		no_hist(c, g, rc);
	else
		go_on(g);
	return !rc;
}

/* One that an earlier process left, of this guest or of another. */
static void old_hist(struct consoled *c, struct guest *g, bool fresh)
{
	char path[96];

	hist_path(g, path);
	if (fresh)
		unlink(path);
	else if (!access(path, F_OK))
		guest_hist(c, g);
}

/*
 * The log continues when this guest was served before (by a process that died), else it begins
 * anew: the mark in the store tells. True: anew.
 */
static bool open_log(struct consoled *c, struct guest *g)
{
	char name[160], path[320], mark[64], old[320];

	name_of(&c->h, g->domid, name, sizeof(name));
	conlog_path(name, path, sizeof(path));
	snprintf(mark, sizeof(mark), "/pavise/console/%u", g->domid);
	if (store_get(c->h.store, 0, old, sizeof(old), "%s", mark) > 0) {
		log_open(&g->log, old, false);
		return false;
	}
	if (log_open(&g->log, path, true))
		log_line(WHO, "cannot open %s: %s", path, strerror(errno));
	store_write(c->h.store, 0, mark, path);
	return true;
}

/* Tell epoll what can be done for the terminal now: read if the guest has room, write if it waits.
 */
static int watch_tty(struct consoled *c, struct guest *g, int op)
{
	struct epoll_event e = {.data.ptr = g};

	if (!g->broken && cons_room(&g->back) > 0)
		e.events |= EPOLLIN;
	if (g->tty.users && g->tty.used)
		e.events |= EPOLLOUT;
	if (op == EPOLL_CTL_MOD && e.events == g->watched)
		return 0;
	g->watched = e.events;
	return epoll_ctl(c->epoll, op, g->tty.master, &e) ? -errno : 0;
}

/* Say where the terminal is; in nodes that just went away with the guest it would stay for ever. */
static int tell_tty(struct consoled *c, const struct guest *g)
{
	struct store *s = c->h.store;
	char dir[64], port[32];
	uint32_t tx;
	int rc;

	snprintf(dir, sizeof(dir), "/local/domain/%u/console", g->domid);
	do {
		rc = store_begin(s, &tx);
		if (rc)
			return rc;
		rc = store_get(s, tx, port, sizeof(port), "%s/port", dir);
		if (rc >= 0)
			rc = store_writef(s, tx, dir, "tty", "%s", g->tty.name);
		rc = store_finish(s, tx, rc);
	} while (rc == -EAGAIN);
	return rc;
}

static int open_tty(struct consoled *c, struct guest *g)
{
	int rc = tty_open(&g->tty, c->inotify);

	if (!rc)
		rc = watch_tty(c, g, EPOLL_CTL_ADD);
	return rc ? rc : tell_tty(c, g);
}

struct guest *guest_add(struct consoled *c, uint16_t domid)
{
	long port = number(c, domid, "port"), frame = number(c, domid, "ring-ref");
	struct guest *g = port > 0 && frame > 0 ? calloc(1, sizeof(*g)) : NULL;
	const char *step = "map its ring";
	int rc;

	if (!g)
		return NULL;
	*g = (struct guest){.domid = domid, .port = -1};
	g->tty.master = g->tty.slave = g->tty.watch = g->log.fd = -1;
	rc = map_page(c, g, frame);
	if (!rc && !cons_open(&g->back, g->page))
		log_line(WHO, "domain %u: its console ring was damaged; what it held is lost",
			 domid);
	if (!rc) {
		step = "bind its event channel";
		g->port = evtchn_bind(c->evtchn, domid, (uint32_t)port);
		rc = g->port < 0 ? g->port : 0;
	}
	if (!rc) {
		step = "give it a terminal";
		rc = open_tty(c, g);
	}
	g->next = c->guests;
	c->guests = c->by_domid[domid] = g;
	if (rc) {
		log_line(WHO, "domain %u: cannot %s: %s", domid, step, strerror(-rc));
		guest_remove(c, g);
		return NULL;
	}
	old_hist(c, g, open_log(c, g));
	guest_event(c, g);
	return g;
}

static void told_broken(struct guest *g)
{
	if (!g->broken)
		log_line(WHO,
			 "domain %u: it wrote impossible indices into its console ring; "
			 "the console is closed",
			 g->domid);
	g->broken = true;
}

/* Into the history first: from there the next process completes the log, should this one end. */
static void keep(struct consoled *c, struct guest *g, const char *text, size_t n)
{
	int rc;

	if (log_room(&g->log, n))
		mark_logged(g);
	rc = guest_hist(c, g) ? hist_put(&g->hist, text, n) : 0;
	if (rc)
		no_hist(c, g, rc);
	log_write(&g->log, text, n);
	mark_logged(g);
}

/* Take all output there is, up to so much. Returns bytes taken. */
static size_t drain(struct consoled *c, struct guest *g, size_t most)
{
	char buf[CONS_RING];
	size_t total = 0;
	long n = 0;

	while (!g->broken && total < most) {
		n = cons_look(&g->back, buf,
			      most - total < sizeof(buf) ? most - total : sizeof(buf));
		if (n <= 0)
			break;
		keep(c, g, buf, (size_t)n);
		cons_done(&g->back, (size_t)n);
		tty_put(&g->tty, buf, (size_t)n);
		total += (size_t)n;
	}
	if (n < 0)
		told_broken(g);
	return total;
}

static void tell_pace(const struct guest *g, uint64_t ms, uint64_t bytes)
{
	if (!ms)
		log_line(WHO,
			 "domain %u: it prints more than %u KiB a second, so it has to wait; "
			 "nothing is lost",
			 g->domid, pace_limit >> 10);
	else
		log_line(WHO,
			 "domain %u: %s its console for %llu.%llu s, in which it printed %llu KiB",
			 g->domid, g->pace.since ? "still slowed down; so was" : "slowed down",
			 (unsigned long long)ms / 1000, (unsigned long long)ms / 100 % 10,
			 (unsigned long long)bytes >> 10);
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t room_of(const struct consoled *c, const struct guest *g, uint64_t now)
{
	return g->hist.page ? view_room(c, g, now) : HIST_SIZE;
}

void guest_event(struct consoled *c, struct guest *g)
{
	uint64_t now = host_now(), ms, bytes;
	size_t may = pace_room(&g->pace, now), n, total = 0;

	do {
		n = drain(c, g, least(least(may - total, VIEW_STEP), room_of(c, g, now)));
		total += n;
		if (n)
			evtchn_notify(c->evtchn, (uint32_t)g->port);
		view_guest(c, g);
	} while (n == VIEW_STEP && total < may);
	watch_tty(c, g, EPOLL_CTL_MOD);
	g->muted = total == may || room_of(c, g, now) == 0;
	if (pace_took(&g->pace, now, total, total == may, &ms, &bytes))
		tell_pace(g, ms, bytes);
	if (!g->muted && !g->broken)
		evtchn_unmask(c->evtchn, (uint32_t)g->port);
}

void guest_tick(struct consoled *c)
{
	struct guest *g;

	for (g = c->guests; g; g = g->next) {
		if (g->muted || g->pace.since)
			guest_event(c, g);
	}
}

static void type(struct consoled *c, struct guest *g)
{
	char buf[1024];
	long room = cons_room(&g->back);
	ssize_t n;

	if (room < 0)
		told_broken(g);
	if (room <= 0 || g->broken)
		return;
	n = read(g->tty.master, buf, (size_t)room < sizeof(buf) ? (size_t)room : sizeof(buf));
	if (n > 0 && cons_give(&g->back, buf, (size_t)n) > 0)
		evtchn_notify(c->evtchn, (uint32_t)g->port);
}

void guest_type(struct consoled *c, struct guest *g, char *typed, size_t *n)
{
	long k = g->broken ? -EPROTO : cons_give(&g->back, typed, *n);

	if (k < 0) {
		told_broken(g);
		k = (long)*n; /* nobody will ever take it */
	} else if (k) {
		evtchn_notify(c->evtchn, (uint32_t)g->port);
	}
	*n -= (size_t)k;
	memmove(typed, typed + k, *n);
}

void guest_tty(struct consoled *c, struct guest *g, unsigned events)
{
	if (events & EPOLLIN)
		type(c, g);
	if (events & EPOLLOUT)
		tty_flush(&g->tty);
	watch_tty(c, g, EPOLL_CTL_MOD);
}

void guest_user(struct consoled *c, struct guest *g, int change)
{
	tty_user(&g->tty, change);
	watch_tty(c, g, EPOLL_CTL_MOD);
}

void guest_remove(struct consoled *c, struct guest *g)
{
	struct guest **p = &c->guests;
	char mark[64];

	if (g->page && g->log.fd >= 0)
		drain(c, g, CONS_RING);
	while (*p != g)
		p = &(*p)->next;
	*p = g->next;
	c->by_domid[g->domid] = NULL;
	if (g->port >= 0)
		evtchn_unbind(c->evtchn, (uint32_t)g->port);
	view_leave(c, g);
	hist_close(&g->hist, true);
	tty_close(&g->tty, c->inotify);
	log_close(&g->log);
	if (g->page)
		unmap_page(c, g);
	snprintf(mark, sizeof(mark), "/pavise/console/%u", g->domid);
	store_rm(c->h.store, 0, mark);
	free(g);
}
