// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>

#include "cli/guests.h"
#include "cli/progress.h"
#include "life/migrate.h"
#include "life/names.h"
#include "life/suspend.h"

static const char *ssh;
static bool tls, live, stopped, resume, quiet;
static unsigned rounds = 5, rate;

static const struct opt opts[] = {
	{'l', "live", NULL, OPT_FLAG, &live, "copy memory while the guest runs: the default"},
	{0, "stopped", NULL, OPT_FLAG, &stopped, "suspend the guest first and copy memory once"},
	{'s', "ssh", "COMMAND", OPT_STR, &ssh,
	 "how the other machine is reached: run with HOST and a command there (ssh)"},
	{'t', "tls", NULL, OPT_FLAG, &tls, "by TLS instead, to a machine where pav-tls listens"},
	{'r', "rounds", "N", OPT_UINT, &rounds, "copy memory at most so often while it runs (5)"},
	{'R', "rate", "MIB", OPT_UINT, &rate, "send at most so many MiB a second while it runs"},
	{0, "resume", NULL, OPT_FLAG, &resume,
	 "let a guest run on whose move was broken off at its last step"},
	{'q', "quiet", NULL, OPT_FLAG, &quiet, "no progress on a terminal, no summary"},
	NO_MORE_OPTS,
};

static char title[128];
static const char *name;

static void on_round(void *arg, unsigned number, uint64_t pages)
{
	(void)arg;
	(void)pages;
	if (number)
		snprintf(title, sizeof(title), "moving %s, round %u", name, number);
	else
		snprintf(title, sizeof(title), "moving %s, standing still", name);
	progress_begin(title, quiet);
}

static int move(struct cli *c, uint16_t domid, const char *machine)
{
	struct migrate_request req = {
		.transport = tls   ? "pav-tls"
			     : ssh ? ssh
				   : "ssh",
		.machine = machine,
		.rounds = stopped ? 0 : rounds,
		.rate = (uint64_t)rate << 20,
		.tick = progress_tick,
		.round = on_round,
	};
	struct migrate_result res = {.bytes = 0};
	uint64_t start = host_now();
	int rc;

	snprintf(title, sizeof(title), "moving %s", name);
	progress_begin(title, quiet);
	rc = migrate_guest(&c->h, domid, &req, &res, &c->d);
	progress_end();
	if (rc == -EINTR)
		diag_set(&c->d, rc, "cancelled; the guest goes on here");
	if (!rc && !quiet)
		printf("%s moved to %s: %llu MiB in %.1f s, it stood still for %llu ms\n", name,
		       machine, (unsigned long long)res.bytes >> 20,
		       (double)(host_now() - start) / 1e9,
		       (unsigned long long)res.still_ns / 1000000);
	return rc;
}

static int run(struct cli *c, int n, char **args)
{
	uint16_t domid;
	int rc;

	if (resume ? n != 1 : n != 2)
		return opt_wrong(&c->verb->cmd,
				 resume ? "--resume takes a guest alone" : "to which machine?");
	if (live && stopped)
		return opt_wrong(&c->verb->cmd, "either --live or --stopped");
	if (tls && ssh)
		return opt_wrong(&c->verb->cmd, "either --tls or --ssh");
	if (!rounds)
		return opt_wrong(&c->verb->cmd, "--rounds must be 1 or more");
	name = args[0];
	rc = name_resolve(&c->h, name, &domid, &c->d);
	if (rc)
		return rc;
	if (!domid)
		return diag_hint(&c->d,
				 diag_set(&c->d, -EINVAL, "the control domain cannot be moved"),
				 GUESTS_NAME_ONE);
	rc = resume ? suspend_settle(&c->h, domid, &c->d) : move(c, domid, args[1]);
	return rc ? diag_at(&c->d, rc, "guest %s", name) : 0;
}

const struct verb verb_migrate = {
	.name = "migrate",
	.cmd = {"pav migrate", "GUEST HOST", "move a guest to another machine while it runs", opts},
	.need = NEED_HOST,
	.min_args = 1,
	.max_args = 2,
	.run = run,
};
