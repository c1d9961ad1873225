// SPDX-License-Identifier: GPL-2.0-or-later
#include <signal.h>
#include <stdbool.h>

#include "cli/cli.h"
#include "life/migrate.h"

static bool paused;

static const struct opt opts[] = {
	{'p', "paused", NULL, OPT_FLAG, &paused, "leave the guest paused"},
	NO_MORE_OPTS,
};

static int run(struct cli *c, int n, char **args)
{
	uint16_t domid;

	(void)n;
	(void)args;
	/* A sender that is gone is an error of the write; the guest's fate is settled then. */
	signal(SIGPIPE, SIG_IGN);
	return migrate_receive(&c->h, paused, &domid, &c->d);
}

const struct verb verb_migrate_receive = {
	.name = "migrate-receive",
	.cmd = {"pav migrate-receive", "", "take the guest that pav migrate or xl migrate sends",
		opts},
	.need = NEED_HOST,
	.max_args = 0,
	.run = run,
};
