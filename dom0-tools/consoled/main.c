// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pav-consoled: carries every guest's console between its ring and a terminal, and keeps what was
 * printed. All state that matters lies in the rings and the store, so it may die and be started
 * again at any time; guests notice nothing.
 */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "consoled/guest.h"
#include "consoled/hvlog.h"
#include "consoled/view.h"
#include "lib/conlog.h"
#include "lib/conview.h"
#include "lib/daemon.h"
#include "lib/domctl.h"
#include "lib/evtchn.h"
#include "lib/gnttab.h"
#include "lib/opt.h"
#include "lib/sysctl.h"

#define WHO "pav-consoled"

static bool foreground;
static unsigned log_size_kib, log_keep = UINT_MAX, rate_kib;
static volatile sig_atomic_t stop;

static const struct opt opts[] = {
	{'f', "foreground", NULL, OPT_FLAG, &foreground, "stay in the foreground"},
	{0, "log-size", "KIB", OPT_UINT, &log_size_kib, "begin a new log file at this size (1024)"},
	{0, "log-keep", "N", OPT_UINT, &log_keep, "older log files to keep of each guest (4)"},
	{0, "rate", "KIB", OPT_UINT, &rate_kib, "what a guest may print in a second (256)"},
	NO_MORE_OPTS,
};

static const struct opt_cmd cmd = {WHO, "", "carry and keep the consoles of all guests", opts};

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

static void foreign_path(unsigned domid, char path[48])
{
	snprintf(path, 48, "/pavise/foreign/%u", domid);
}

/* Guests of other tools are in no index of names: note them, whoever serves their consoles. */
static void note_foreign(struct consoled *c, uint16_t domid)
{
	char path[48];

	if (c->foreign[domid] ||
	    store_get(c->h.store, 0, path, sizeof(path), "/pavise/domain/%u", domid) != -ENOENT)
		return;
	foreign_path(domid, path);
	c->foreign[domid] = !store_write(c->h.store, 0, path, "");
}

static void forget_foreign(struct consoled *c, uint16_t domid)
{
	char path[48];

	if (!c->foreign[domid])
		return;
	foreign_path(domid, path);
	store_rm(c->h.store, 0, path);
	c->foreign[domid] = false;
}

static void take_up(struct consoled *c, uint16_t domid)
{
	if (c->by_domid[domid])
		return;
	note_foreign(c, domid);
	guest_add(c, domid);
}

/* Take up guests that are new. */
static void scan_new(struct consoled *c)
{
	char **names;
	int n = store_list(c->h.store, 0, "/local/domain", &names), i;

	for (i = 0; i < n; i++) {
		unsigned long domid = strtoul(names[i], NULL, 10);

		if (domid && domid < DOMID_FIRST_RESERVED)
			take_up(c, (uint16_t)domid);
	}
	if (n >= 0)
		free(names);
}

/* Let go of guests that are gone or dying. */
static void scan_dead(struct consoled *c)
{
	static bool lives[UINT16_MAX + 1];
	struct domctl_getdomaininfo *list;
	int n = sysctl_domains(&c->h.hv, &list), i;
	struct guest *g, *next;

	if (n < 0)
		return;
	for (i = 0; i < n; i++)
		lives[list[i].domain] = !(list[i].flags & XEN_DOMINF_dying);
	for (g = c->guests; g; g = next) {
		next = g->next;
		if (!lives[g->domid])
			guest_remove(c, g);
	}
	for (i = 0; i < DOMID_FIRST_RESERVED; i++)
		if (!lives[i])
			forget_foreign(c, (uint16_t)i);
	for (i = 0; i < n; i++)
		lives[list[i].domain] = false;
	free(list);
}

/* Marks that nobody owns. */
static void drop_old_marks(struct consoled *c, const char *dir)
{
	char **names, path[64];
	int n = store_list(c->h.store, 0, dir, &names), i;

	for (i = 0; i < n; i++) {
		unsigned long domid = strtoul(names[i], NULL, 10);

		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		if (domid >= DOMID_FIRST_RESERVED || (!c->by_domid[domid] && !c->foreign[domid]))
			store_rm(c->h.store, 0, path);
	}
	if (n >= 0)
		free(names);
}

/* Histories of guests that ended while no daemon ran. */
static void drop_old_hists(const struct consoled *c)
{
	DIR *d = opendir(HIST_DIR);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		unsigned long domid = strtoul(e->d_name, NULL, 10);

		if (e->d_name[0] != '.' && (domid >= DOMID_FIRST_RESERVED || !c->by_domid[domid]))
			unlinkat(dirfd(d), e->d_name, 0);
	}
	if (d)
		closedir(d);
}

/* A domain that was named has come or gone. */
static void on_domain(struct consoled *c, uint16_t domid, bool born)
{
	struct guest *g = c->by_domid[domid];
	struct domctl_getdomaininfo info;

	if (born) {
		take_up(c, domid);
	} else if ((g || c->foreign[domid]) &&
		   (domctl_info(&c->h.hv, domid, &info) || info.flags & XEN_DOMINF_dying)) {
		if (g)
			guest_remove(c, g);
		forget_foreign(c, domid);
	}
}

static int on_store(struct consoled *c)
{
	bool born = false, died = false;
	char *path, *token;
	int rc, domid;

	while ((rc = store_event(c->h.store, 0, &path, &token)) > 0) {
		domid = store_event_domain(path);
		if (domid > 0 && domid < DOMID_FIRST_RESERVED)
			on_domain(c, (uint16_t)domid, token[0] == 'i');
		else if (token[0] == 'i')
			born = true;
		else
			died = true;
		free(path);
	}
	if (rc < 0)
		return rc;
	if (died)
		scan_dead(c);
	if (born)
		scan_new(c);
	return 0;
}

static void on_ports(struct consoled *c, struct hvlog *hvlog)
{
	uint32_t ports[64];
	int n = evtchn_read(c->evtchn, ports, 64), i;
	struct guest *g;

	for (i = 0; i < n; i++) {
		if ((int)ports[i] == hvlog->port) {
			hvlog_event(hvlog, &c->h.hv, c->evtchn);
			continue;
		}
		for (g = c->guests; g && g->port != (int)ports[i]; g = g->next)
			;
		if (g)
			guest_event(c, g);
	}
}

static void on_users(struct consoled *c)
{
	char buf[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	ssize_t n = read(c->inotify, buf, sizeof(buf)), at;
	struct guest *g;

	for (at = 0; at < n;) {
		const struct inotify_event *e = (const struct inotify_event *)(buf + at);

		for (g = c->guests; g && g->tty.watch != e->wd; g = g->next)
			;
		if (g && e->mask & (IN_OPEN | IN_CLOSE))
			guest_user(c, g, e->mask & IN_OPEN ? 1 : -1);
		at += (ssize_t)(sizeof(*e) + e->len);
	}
}

static int watch_fd(struct consoled *c, int *fd)
{
	struct epoll_event e = {.events = EPOLLIN, .data.ptr = fd};

	return epoll_ctl(c->epoll, EPOLL_CTL_ADD, *fd, &e) ? -errno : 0;
}

static bool any_muted(const struct consoled *c)
{
	const struct guest *g;

	for (g = c->guests; g; g = g->next)
		if (g->muted || g->pace.since)
			return true;
	return false;
}

static bool known(const struct consoled *c, const void *p)
{
	const struct guest *g;

	for (g = c->guests; g; g = g->next)
		if (g == p)
			return true;
	return false;
}

static int loop(struct consoled *c, struct hvlog *hvlog, int *store)
{
	struct epoll_event ev[32];
	uint64_t tick = host_now();
	int n, i, rc = 0;

	while (!stop && !rc) {
		bool told = store_event_here(c->h.store);

		n = epoll_wait(c->epoll, ev, 32, told ? 0 : any_muted(c) ? GUEST_TICK_MS : -1);
		if (told)
			rc = on_store(c);
		for (i = 0; i < n && !rc; i++) {
			if (ev[i].data.ptr == store)
				rc = on_store(c);
			else if (ev[i].data.ptr == &c->evtchn)
				on_ports(c, hvlog);
			else if (ev[i].data.ptr == &c->inotify)
				on_users(c);
			else if (ev[i].data.ptr == &c->listener)
				view_accept(c);
			else if (view_known(c, ev[i].data.ptr))
				view_event(c, ev[i].data.ptr, ev[i].events);
			else if (known(c, ev[i].data.ptr)) /* not removed in this round */
				guest_tty(c, ev[i].data.ptr, ev[i].events);
		}
		if (host_now() - tick > GUEST_TICK_MS * 1000000ull) {
			guest_tick(c);
			tick = host_now();
		}
	}
	return rc;
}

/* A guest is three descriptors, and there may be a thousand. */
static void raise_limit(void)
{
	struct rlimit files;

	if (!getrlimit(RLIMIT_NOFILE, &files)) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
}

/* 0, or the exit status: wrong use. */
static int take_options(void)
{
	if (log_size_kib > INT_MAX >> 10 || rate_kib > INT_MAX >> 10)
		return opt_wrong(&cmd, "--log-size and --rate are at most %d", INT_MAX >> 10);
	if (log_keep != UINT_MAX && log_keep > CONLOG_PARTS_MAX)
		return opt_wrong(&cmd, "--log-keep is at most %d", CONLOG_PARTS_MAX);
	if (log_size_kib)
		log_limits.size = log_size_kib << 10;
	if (log_keep != UINT_MAX)
		log_limits.keep = log_keep;
	if (rate_kib)
		pace_limit = rate_kib << 10;
	return 0;
}

static int open_all(struct consoled *c, struct hvlog *hvlog, int *store, struct diag *d)
{
	int rc = host_open(&c->h, d);

	if (rc)
		return rc;
	if (mkdir(CONLOG_DIR, 0755) && errno != EEXIST)
		return diag_set(d, -errno, "cannot make " CONLOG_DIR ": %s", strerror(errno));
	c->epoll = epoll_create1(EPOLL_CLOEXEC);
	c->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	c->evtchn = evtchn_open();
	c->gntdev = gnttab_open();
	if (c->evtchn < 0 || c->gntdev < 0) {
		diag_set(d, -ENODEV, "cannot open /dev/xen/%s",
			 c->evtchn < 0 ? "evtchn" : "gntdev");
		return diag_hint(d, -ENODEV, "load it: modprobe xen-%s",
				 c->evtchn < 0 ? "evtchn" : "gntdev");
	}
	if (mkdir(HIST_DIR, 0700) && errno != EEXIST)
		return diag_set(d, -errno, "cannot make " HIST_DIR ": %s", strerror(errno));
	rc = view_listen(c);
	if (rc)
		return diag_set(d, rc, "cannot listen on " CONVIEW_SOCKET ": %s", strerror(-rc));
	*store = store_fd(c->h.store);
	rc = watch_fd(c, store);
	if (!rc)
		rc = watch_fd(c, &c->listener);
	if (!rc)
		rc = watch_fd(c, &c->evtchn);
	if (!rc)
		rc = watch_fd(c, &c->inotify);
	if (!rc)
		rc = store_watch_named(c->h.store, "@introduceDomain", "i");
	if (!rc)
		rc = store_watch_named(c->h.store, "@releaseDomain", "r");
	hvlog_open(hvlog, &c->h.hv, c->evtchn);
	return rc ? diag_set(d, rc, "cannot watch for guests: %s", strerror(-rc)) : 0;
}

int main(int argc, char **argv)
{
	struct sigaction sa = {.sa_handler = on_signal};
	static struct consoled c = {.epoll = -1};
	struct diag d = DIAG_INIT;
	struct hvlog hvlog;
	int store, rc = opt_parse(&cmd, argc, argv, false);

	if (rc < 0)
		return rc == -2 ? 0 : 2;
	if (rc < argc)
		return opt_wrong(&cmd, "unexpected argument '%s'", argv[rc]);
	rc = take_options();
	if (rc)
		return rc;
	rc = foreground ? 0 : daemon_detach();
	if (!rc)
		rc = daemon_lock(WHO, &d);
	if (!rc)
		rc = open_all(&c, &hvlog, &store, &d);
	if (rc) {
		diag_print(&d, WHO);
		return 1;
	}
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
	raise_limit();
	scan_new(&c);
	drop_old_marks(&c, "/pavise/console");
	drop_old_marks(&c, "/pavise/foreign");
	drop_old_hists(&c);
	daemon_ready();
	rc = loop(&c, &hvlog, &store);
	if (rc)
		log_line(WHO, "the store daemon is gone: %s", strerror(-rc));
	/* Guests stay as they are, marks included: the next process goes on where this one ends. */
	return rc ? 1 : 0;
}
