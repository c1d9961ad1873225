// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <signal.h>
#include <time.h>

#include "libpav/handle.h"
#include "life/migrate.h"
#include "life/restore.h"
#include "life/save.h"

enum { ROUNDS = 5 };

/* The work of this thread: a wire knows no caller of its own. */
static __thread struct {
	pav_progress *progress;
	void *arg;
} job;

static int tick(struct wire *w)
{
	return job.progress && job.progress(job.arg, w->done, w->expected) ? -EINTR : 0;
}

/* A pipe whose other end is gone must be an error of ours, not a signal of the program's. */
struct pipes {
	sigset_t before;
	int pending;
};

static void hold(struct pipes *s)
{
	sigset_t one, now;

	sigemptyset(&one);
	sigaddset(&one, SIGPIPE);
	sigpending(&now);
	s->pending = sigismember(&now, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &one, &s->before);
}

static void release(const struct pipes *s)
{
	static const struct timespec at_once = {0, 0};
	sigset_t one;

	sigemptyset(&one);
	sigaddset(&one, SIGPIPE);
	while (!s->pending && sigtimedwait(&one, NULL, &at_once) == -1 && errno == EINTR)
		;
	pthread_sigmask(SIG_SETMASK, &s->before, NULL);
}

static int finish(struct pav *p, int rc, const char *cancelled)
{
	job.progress = NULL;
	if (rc == -EINTR)
		diag_hint(&p->d, diag_set(&p->d, rc, "cancelled; %s", cancelled),
			  "begin again when it suits");
	return handle_done(p, rc);
}

int pav_save(struct pav *p, uint32_t domid, const char *path, int after, pav_progress *progress,
	     void *arg)
{
	struct save_request req = {
		.file = path,
		.after = after == PAV_SAVE_RUN     ? SAVE_RUN
			 : after == PAV_SAVE_PAUSE ? SAVE_PAUSE
						   : SAVE_END,
		.tick = tick,
	};
	struct pipes s;
	uint16_t id;
	int rc = handle_guest(p, domid, &id);

	if (rc)
		return handle_done(p, rc);
	job.progress = progress;
	job.arg = arg;
	hold(&s);
	rc = save_guest(&p->h, id, &req, &p->d);
	release(&s);
	return finish(p, rc, "the guest goes on, no image was written");
}

int pav_restore(struct pav *p, const char *path, const char *name, unsigned flags,
		pav_progress *progress, void *arg, uint32_t *domid)
{
	struct restore_request req = {
		.file = path,
		.name = name,
		.paused = flags & PAV_CREATE_PAUSED,
		.tick = tick,
	};
	uint16_t id = 0;
	int rc;

	job.progress = progress;
	job.arg = arg;
	rc = restore_guest(&p->h, &req, &id, &p->d);
	if (!rc && domid)
		*domid = id;
	return finish(p, rc, "nothing is left of the guest");
}

int pav_migrate(struct pav *p, uint32_t domid, const char *machine, const struct pav_move *how,
		pav_progress *progress, void *arg)
{
	struct migrate_request req = {
		.transport = how && how->transport ? how->transport : "ssh",
		.machine = machine,
		.rounds = how && how->rounds ? how->rounds : ROUNDS,
		.rate = how ? (uint64_t)how->rate << 20 : 0,
		.tick = tick,
	};
	struct migrate_result result;
	struct pipes s;
	uint16_t id;
	int rc = handle_guest(p, domid, &id);

	if (rc)
		return handle_done(p, rc);
	job.progress = progress;
	job.arg = arg;
	hold(&s);
	rc = migrate_guest(&p->h, id, &req, &result, &p->d);
	release(&s);
	return finish(p, rc, "the guest goes on here");
}
