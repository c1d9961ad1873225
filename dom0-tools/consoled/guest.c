// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "abi/grant.h"
#include "consoled/guest.h"
#include "lib/conlog.h"
#include "lib/evtchn.h"
#include "lib/foreign.h"
#include "lib/gnttab.h"
#include "life/names.h"

#define WHO "pav-consoled"

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

/*
 * The log continues when this guest was served before (by a process that died), else it begins
 * anew: the mark in the store tells.
 */
static void open_log(struct consoled *c, struct guest *g)
{
	char name[160], path[320], mark[64], old[320];

	name_of(&c->h, g->domid, name, sizeof(name));
	conlog_path(name, path, sizeof(path));
	snprintf(mark, sizeof(mark), "/pavise/console/%u", g->domid);
	if (store_get(c->h.store, 0, old, sizeof(old), "%s", mark) > 0) {
		log_open(&g->log, old, false);
		return;
	}
	if (log_open(&g->log, path, true))
		log_line(WHO, "cannot open %s: %s", path, strerror(errno));
	store_write(c->h.store, 0, mark, path);
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
	int rc, end;

	snprintf(dir, sizeof(dir), "/local/domain/%u/console", g->domid);
	do {
		rc = store_begin(s, &tx);
		if (rc)
			return rc;
		rc = store_get(s, tx, port, sizeof(port), "%s/port", dir);
		if (rc >= 0)
			rc = store_writef(s, tx, dir, "tty", "%s", g->tty.name);
		end = store_end(s, tx, !rc);
		if (!rc)
			rc = end;
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
	*g = (struct guest){.domid = domid, .port = -1, .budget = GUEST_BUDGET};
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
	open_log(c, g);
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

/* Take all output there is, within the budget. Returns bytes taken. */
static size_t drain(struct guest *g, size_t budget)
{
	char buf[2048];
	size_t total = 0;
	long n = 0;

	while (!g->broken && total < budget && (n = cons_take(&g->back, buf, sizeof(buf))) > 0) {
		log_write(&g->log, buf, (size_t)n);
		tty_put(&g->tty, buf, (size_t)n);
		total += (size_t)n;
	}
	if (n < 0)
		told_broken(g);
	return total;
}

void guest_event(struct consoled *c, struct guest *g)
{
	size_t n = drain(g, g->budget);

	g->budget -= n < g->budget ? (unsigned)n : g->budget;
	if (n)
		evtchn_notify(c->evtchn, (uint32_t)g->port);
	watch_tty(c, g, EPOLL_CTL_MOD);
	g->muted = g->budget == 0;
	if (!g->muted && !g->broken)
		evtchn_unmask(c->evtchn, (uint32_t)g->port);
}

void guest_tick(struct consoled *c)
{
	struct guest *g;

	for (g = c->guests; g; g = g->next) {
		g->budget = GUEST_BUDGET;
		if (g->muted)
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
		drain(g, GUEST_BUDGET);
	while (*p != g)
		p = &(*p)->next;
	*p = g->next;
	c->by_domid[g->domid] = NULL;
	if (g->port >= 0)
		evtchn_unbind(c->evtchn, (uint32_t)g->port);
	tty_close(&g->tty, c->inotify);
	log_close(&g->log);
	if (g->page)
		unmap_page(c, g);
	snprintf(mark, sizeof(mark), "/pavise/console/%u", g->domid);
	store_rm(c->h.store, 0, mark);
	free(g);
}
