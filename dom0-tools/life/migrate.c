// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dev/flush.h"
#include "lib/domctl.h"
#include "life/destroy.h"
#include "life/image_conf.h"
#include "life/migrate.h"
#include "life/suspend.h"
#include "stream/file.h"
#include "stream/handover.h"
#include "stream/save.h"
#include "stream/vm_real.h"

/* The receiver waits for a guest that suspends itself, which may take longer than anything else. */
enum { SENDER_PATIENCE_S = 60, RECEIVER_PATIENCE_S = 180, FAREWELL_MS = 5000 };

struct migration {
	struct host *h;
	uint16_t domid;
	const struct migrate_request *req;
	struct wire out, in; /* to the receiver and from it */
	pid_t child;
	bool suspended, limited;
	uint64_t suspend_at, round_at; /* host_now() */
	uint64_t round_bytes;          /* went through before this round */
	char *json;
};

static int suspend(void *arg, struct diag *d)
{
	struct migration *m = arg;
	int rc;

	m->suspend_at = host_now();
	rc = suspend_guest(m->h, m->domid, d);
	m->suspended = !rc;
	return rc ? rc : flush_disks(m->domid, d);
}

static void round_begins(void *arg, unsigned number, uint64_t pages)
{
	struct migration *m = arg;

	m->limited = number && m->req->rate;
	m->round_at = host_now();
	m->round_bytes = m->out.done;
	if (m->req->round)
		m->req->round(m->req->arg, number, pages);
}

/* When the rate allows more to go out, by host_now(). */
static uint64_t due(const struct migration *m)
{
	if (!m->limited)
		return 0;
	return m->round_at + (m->out.done - m->round_bytes) * 1000 / m->req->rate * 1000000;
}

static int pace(struct wire *w)
{
	struct migration *m = (struct migration *)((char *)w - offsetof(struct migration, out));

	for (;;) {
		int rc = m->req->tick ? m->req->tick(w) : 0;

		if (rc || host_now() >= due(m))
			return rc;
		host_sleep(10);
	}
}

static void run_transport(const struct migrate_request *req, const int to[2], const int from[2])
{
	char *script = NULL;

	if (asprintf(&script, "exec %s \"$1\" pav migrate-receive", req->transport) < 0)
		_exit(126);
	/* Ctrl-C is for this process alone, which ends the connection in its own time. */
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	dup2(to[0], STDIN_FILENO);
	dup2(from[1], STDOUT_FILENO);
	execl("/bin/sh", "sh", "-c", script, "sh", req->machine, (char *)NULL);
	_exit(127);
}

static int connect_to(struct migration *m, struct diag *d)
{
	int to[2], from[2];

	if (pipe2(to, O_CLOEXEC))
		return diag_set(d, -errno, "cannot make a pipe: %s", strerror(errno));
	if (pipe2(from, O_CLOEXEC)) {
		close(to[0]);
		close(to[1]);
		return diag_set(d, -errno, "cannot make a pipe: %s", strerror(errno));
	}
	m->child = fork();
	if (!m->child)
		run_transport(m->req, to, from);
	close(to[0]);
	close(from[1]);
	fcntl(to[1], F_SETFL, O_NONBLOCK);
	m->out.fd = to[1];
	m->in.fd = from[0];
	return m->child < 0 ? diag_set(d, -errno, "cannot start %s: %s", m->req->transport,
				       strerror(errno))
			    : 0;
}

/* The receiver goes when it hears no more, and has a moment for its last words. */
static void disconnect(struct migration *m)
{
	uint64_t end = host_now() + FAREWELL_MS * 1000000ull;

	if (m->out.fd >= 0)
		close(m->out.fd);
	if (m->in.fd >= 0)
		close(m->in.fd);
	m->out.fd = m->in.fd = -1;
	if (m->child <= 0)
		return;
	while (!waitpid(m->child, NULL, WNOHANG)) {
		if (host_now() > end)
			kill(m->child, SIGKILL);
		host_sleep(1);
	}
	m->child = 0;
}

static int greet(struct migration *m, struct diag *d)
{
	int rc = connect_to(m, d);

	if (!rc)
		rc = handover_hear(&m->in, HANDOVER_HERE, d);
	if (rc == -ENODATA || rc == -EPROTO)
		diag_hint(d, rc, "does '%s %s pav migrate-receive' work?", m->req->transport,
			  m->req->machine);
	/* Until here somebody may have been asked for a password. */
	m->out.patience = m->in.patience = SENDER_PATIENCE_S;
	return rc;
}

static int send_all(struct migration *m, struct diag *d)
{
	struct save_plan plan = {
		.suspend = suspend,
		.arg = m,
		.rounds = m->req->rounds,
		.round = round_begins,
	};
	struct vm *vm = vm_open(&m->h->hv, m->domid, d);
	int rc;

	if (!vm)
		return -EIO;
	rc = file_begin(&m->out, m->json, d);
	if (!rc)
		rc = stream_save(vm, &m->out, &plan, d);
	if (!rc)
		rc = file_end(&m->out, d);
	vm_close(vm);
	return rc;
}

static int broken_off(struct migration *m, struct diag *d)
{
	diag_set(d, -EINPROGRESS,
		 "%s was told to start the guest and has not said whether it did; here it stays "
		 "suspended",
		 m->req->machine);
	return diag_hint(
		d, -EINPROGRESS,
		"look on %s; if it runs there: pav destroy %u, if not: pav migrate --resume %u",
		m->req->machine, m->domid, m->domid);
}

/* The word that gives the guest away, and what comes of it. */
static int give_away(struct migration *m, struct diag *d)
{
	unsigned char status = 1;
	int rc;

	/* Signals end nothing from here on. */
	m->in.tick = m->out.tick = NULL;
	rc = suspend_given(m->h, m->domid);
	if (rc)
		return diag_set(d, rc, "cannot write to the store: %s", strerror(-rc));
	/* So short a text goes into the pipe whole or not at all. */
	rc = handover_say(&m->out, HANDOVER_GO, d);
	if (rc)
		return rc;
	rc = handover_hear(&m->in, HANDOVER_REPORT, d);
	if (!rc)
		rc = handover_hear_status(&m->in, &status, d);
	if (!rc && status)
		rc = handover_hear(&m->in, HANDOVER_GO, d);
	if (rc)
		return broken_off(m, d);
	return status ? diag_set(d, -EIO, "%s could not start the guest, and gave it back",
				 m->req->machine)
		      : 0;
}

static int move(struct migration *m, struct diag *d)
{
	int rc = greet(m, d);

	if (rc)
		return rc;
	rc = send_all(m, d);
	if (!rc)
		rc = handover_hear(&m->in, HANDOVER_READY, d);
	if (rc == -ENODATA || rc == -EPIPE) {
		diag_set(d, rc, "%s has given up, the guest goes on here", m->req->machine);
		diag_hint(d, rc, "why is in its words, above, or in those of '%s'",
			  m->req->transport);
	}
	return rc ? rc : give_away(m, d);
}

int migrate_guest(struct host *h, uint16_t domid, const struct migrate_request *req,
		  struct migrate_result *res, struct diag *d)
{
	struct migration m = {
		.h = h,
		.domid = domid,
		.req = req,
		.out = {.fd = -1, .name = req->machine, .tick = pace},
		.in = {.fd = -1, .name = req->machine, .tick = req->tick},
	};
	struct domctl_getdomaininfo info;
	struct diag worse = DIAG_INIT;
	int rc = domctl_info(&h->hv, domid, &info);

	if (rc)
		return diag_set(d, rc, "domain %u: %s", domid, strerror(-rc));
	rc = image_conf(h, &info, &m.json, d);
	if (!rc)
		rc = suspend_claim(h, domid, d);
	if (rc) {
		free(m.json);
		return rc;
	}
	rc = move(&m, d);
	res->bytes = m.out.done;
	res->still_ns = host_now() - m.suspend_at;
	/* Without the word that gives it away nothing runs there, however long it takes to end. */
	if (rc && rc != -EINPROGRESS) {
		if (!m.suspended)
			suspend_forget(h, domid);
		else if (suspend_undo(h, domid, &worse))
			*d = worse;
	}
	disconnect(&m);
	free(m.json);
	if (rc)
		return rc;
	suspend_forget(h, domid);
	rc = destroy_guest(h, domid, d);
	return rc ? diag_at(d, rc, "the guest runs on %s, but is still here, suspended",
			    req->machine)
		  : 0;
}

struct reception {
	struct wire out, in;
	bool given; /* the guest is this machine's */
};

static int ready(void *arg, struct diag *d)
{
	struct reception *r = arg;
	int rc = handover_say(&r->out, HANDOVER_READY, d);

	if (!rc)
		rc = handover_hear(&r->in, HANDOVER_GO, d);
	r->given = !rc;
	return rc ? diag_at(d, rc, "the sender has kept the guest") : 0;
}

int migrate_receive(struct host *h, bool paused, uint16_t *domid, struct diag *d)
{
	struct reception r = {
		.out = {.fd = STDOUT_FILENO, .name = "the sender"},
		.in = {.fd = STDIN_FILENO, .name = "the sender", .patience = RECEIVER_PATIENCE_S},
	};
	struct restore_request req = {
		.file = "-",
		.paused = paused,
		.patience = RECEIVER_PATIENCE_S,
		.ready = ready,
		.arg = &r,
	};
	struct diag ignored = DIAG_INIT;
	int rc = handover_say(&r.out, HANDOVER_HERE, d);

	if (!rc)
		rc = restore_guest(h, &req, domid, d);
	if (!r.given)
		return rc;
	/* A sender that is gone learns it otherwise: the guest is here now, or nowhere. */
	if (!handover_say(&r.out, HANDOVER_REPORT, &ignored) &&
	    !handover_say_status(&r.out, rc ? 1 : 0, &ignored) && rc)
		handover_say(&r.out, HANDOVER_GO, &ignored);
	return rc;
}
