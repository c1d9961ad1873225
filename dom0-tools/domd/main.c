// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pav-domd: one process per machine that sees guests end and does what their configuration says
 * (destroy, restart, ...), and that cleans up after tools that were killed. It keeps no state of
 * its own: all is in the store and the hypervisor, so it may be restarted at any time. Each action
 * runs in a child, so that a slow one holds up no other.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/daemon.h"
#include "lib/domctl.h"
#include "lib/host.h"
#include "lib/opt.h"
#include "lib/sysctl.h"
#include "life/adopt.h"
#include "life/boot_tree.h"
#include "life/destroy.h"
#include "life/limits.h"
#include "life/restart.h"
#include "life/suspend.h"

#define WHO "pav-domd"

/* Tokens of watches. */
#define LIMITS 'l'

enum { JOBS_MAX = 8, SWEEP_MS = 10000, LIMITS_MS = 500 };

static bool foreground;

static const struct opt opts[] = {
	{'f', "foreground", NULL, OPT_FLAG, &foreground, "stay in the foreground"},
	NO_MORE_OPTS,
};

static const struct opt_cmd cmd = {WHO, "", "act on guests that end, as their configuration says",
				   opts};

struct child {
	pid_t pid;
	uint16_t domid; /* the guest it acts on; 0: finishing what another began */
};

struct domd {
	struct host h;
	int signals;
	struct child jobs[JOBS_MAX];
	unsigned njobs;
	unsigned waiting; /* disks with limits whose guests have not connected yet */
	bool told_limits; /* that these cannot be set */
	uint64_t swept;   /* when */
	bool stop;
};

/* What a child does; what it cannot do it tells. */
struct job {
	const struct domctl_getdomaininfo *ended;
	const char *unfinished;
};

static int do_job(const struct job *j)
{
	struct diag d = DIAG_INIT;
	struct host h;
	int rc = host_open(&h, &d);

	if (!rc && j->ended)
		rc = restart_act(&h, j->ended, WHO, &d);
	else if (!rc)
		rc = restart_finish(&h, j->unfinished, &d);
	if (rc)
		diag_print(&d, WHO);
	return rc ? 1 : 0;
}

static void start(struct domd *m, const struct job *j)
{
	sigset_t none;
	pid_t pid = fork();

	if (pid == 0) {
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		_exit(do_job(j));
	}
	if (pid > 0)
		m->jobs[m->njobs++] = (struct child){pid, j->ended ? j->ended->domain : 0};
	else
		log_line(WHO, "cannot start a child: %s", strerror(errno));
}

static bool in_hand(const struct domd *m, uint16_t domid)
{
	unsigned i;

	for (i = 0; i < m->njobs; i++)
		if (m->jobs[i].domid == domid)
			return true;
	return false;
}

static void look_at(struct domd *m, const struct domctl_getdomaininfo *info)
{
	struct job j = {.ended = info};

	if (m->njobs < JOBS_MAX && !in_hand(m, info->domain) && restart_due(&m->h, info))
		start(m, &j);
}

static void scan_ended(struct domd *m)
{
	struct domctl_getdomaininfo *list;
	int n = sysctl_domains(&m->h.hv, &list), i;

	for (i = 0; i < n; i++)
		look_at(m, &list[i]);
	if (n >= 0)
		free(list);
}

static void scan_unfinished(struct domd *m)
{
	char **uuids;
	int n = restart_unfinished(&m->h, &uuids), i;

	for (i = 0; i < n && m->njobs < JOBS_MAX; i++) {
		struct job j = {.unfinished = uuids[i]};

		start(m, &j);
	}
	if (n > 0)
		free(uuids);
}

static void sweep(struct domd *m)
{
	struct diag d = DIAG_INIT;
	int n = destroy_stale(&m->h, &d);

	if (n > 0)
		log_line(WHO, "cleaned up after %d creation%s that did not finish", n,
			 n > 1 ? "s" : "");
	n = suspend_stale(&m->h);
	if (n > 0)
		log_line(WHO, "woke %d guest%s that a killed process was saving", n,
			 n > 1 ? "s" : "");
	/* Children are about to remove or to restart what would look forgotten. */
	if (m->njobs)
		return;
	n = destroy_orphans(&m->h);
	if (n > 0)
		log_line(WHO, "removed what was left of %d guest%s that others ended", n,
			 n > 1 ? "s" : "");
	scan_unfinished(m);
}

static void hold_limits(struct domd *m)
{
	struct diag d;

	m->waiting = limits_hold(&m->h, &d);
	if (d.text[0] && !m->told_limits)
		log_line(WHO, "%s", d.text);
	m->told_limits = d.text[0];
}

/* *all: it is not known which domains the events are about. */
static int on_store(struct domd *m, bool *all)
{
	struct domctl_getdomaininfo info;
	char *path, *token;
	int rc, domid;

	while ((rc = store_event(m->h.store, 0, &path, &token)) > 0) {
		domid = store_event_domain(path);
		if (*token == LIMITS)
			hold_limits(m);
		else if (domid < 0)
			*all = true;
		else if (!domctl_info(&m->h.hv, (uint16_t)domid, &info))
			look_at(m, &info);
		free(path);
	}
	return rc;
}

static void on_signal(struct domd *m)
{
	struct signalfd_siginfo si;
	unsigned i;

	if (read(m->signals, &si, sizeof(si)) != sizeof(si))
		return;
	if (si.ssi_signo != SIGCHLD) {
		m->stop = true;
		return;
	}
	for (i = 0; i < m->njobs;) {
		if (waitpid(m->jobs[i].pid, NULL, WNOHANG) == m->jobs[i].pid)
			m->jobs[i] = m->jobs[--m->njobs];
		else
			i++;
	}
}

/* Once in a while, when there is nothing else to do. True: it was time, and all is to be looked at.
 */
static bool sweep_due(struct domd *m)
{
	uint64_t now = host_now();

	if (now < m->swept + SWEEP_MS * 1000000ull)
		return false;
	m->swept = now;
	sweep(m);
	return true;
}

static int loop(struct domd *m)
{
	struct pollfd p[2] = {{store_fd(m->h.store), POLLIN, 0}, {m->signals, POLLIN, 0}};
	bool told, all = true;
	int rc = 0;

	while (!m->stop && !rc) {
		if (all)
			scan_ended(m);
		all = false;
		told = store_event_here(m->h.store);
		if (poll(p, 2, told ? 0 : m->waiting ? LIMITS_MS : SWEEP_MS) < 0 && errno != EINTR)
			return -errno;
		told |= p[0].revents != 0;
		if (told)
			rc = on_store(m, &all);
		if (p[1].revents)
			on_signal(m);
		/* A child that has ended makes room for what had to wait. */
		all |= p[1].revents != 0;
		if (!told && !p[1].revents) {
			hold_limits(m);
			all = sweep_due(m);
		}
	}
	return rc;
}

static int open_all(struct domd *m, struct diag *d)
{
	sigset_t set;
	int rc = host_open(&m->h, d);

	if (rc)
		return rc;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	m->signals = signalfd(-1, &set, SFD_CLOEXEC);
	rc = store_watch_named(m->h.store, "@releaseDomain", "r");
	if (!rc)
		rc = store_watch(m->h.store, LIMITS_DIR, "l");
	return rc || m->signals < 0 ? diag_set(d, rc ? rc : -errno, "cannot watch for guests: %s",
					       strerror(rc ? -rc : errno))
				    : 0;
}

/* Domains that the hypervisor has started; without their tree they stay nameless. */
static void adopt_all(struct domd *m)
{
	struct diag d = DIAG_INIT;
	struct boot_tree tree;
	unsigned i;
	int rc;

	if (access(BOOT_TREE_PATH, F_OK))
		return;
	rc = boot_tree_read(&tree, BOOT_TREE_PATH, &d);
	if (rc)
		diag_print(&d, WHO);
	for (i = 0; !rc && i < tree.t.domains; i++) {
		int one = adopt_domain(&m->h, &tree.t.domain[i], &d);

		if (one < 0)
			diag_print(&d, WHO);
		else if (one)
			log_line(WHO, "domain %u, started by the hypervisor, is %s",
				 tree.t.domain[i].id, tree.t.domain[i].name);
	}
	boot_tree_free(&tree);
}

int main(int argc, char **argv)
{
	struct domd m = {.signals = -1};
	struct diag d = DIAG_INIT;
	int rc = opt_parse(&cmd, argc, argv, false);

	if (rc < 0)
		return rc == -2 ? 0 : 2;
	if (rc < argc)
		return opt_wrong(&cmd, "unexpected argument '%s'", argv[rc]);
	rc = foreground ? 0 : daemon_detach();
	if (!rc)
		rc = daemon_lock(WHO, &d);
	if (!rc)
		rc = open_all(&m, &d);
	if (rc) {
		diag_print(&d, WHO);
		return 1;
	}
	adopt_all(&m);
	sweep(&m);
	daemon_ready();
	rc = loop(&m);
	if (rc)
		log_line(WHO, "the store daemon is gone: %s", strerror(-rc));
	return rc ? 1 : 0;
}
