// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>

#include "cli/cli.h"
#include "cli/progress.h"
#include "life/restore.h"

static bool paused, quiet;
static const char *name, *disks;

static const struct opt opts[] = {
	{'p', "paused", NULL, OPT_FLAG, &paused, "leave the guest paused"},
	{'a', "as", "NAME", OPT_STR, &name,
	 "make a copy of that name, with a UUID and network addresses of its own"},
	{'d', "disk", "DISK[;DISK]", OPT_STR, &disks,
	 "take this disk, written as in a configuration, in place of the one with its vdev"},
	{'q', "quiet", NULL, OPT_FLAG, &quiet, "no progress on a terminal"},
	NO_MORE_OPTS,
};

static int run(struct cli *c, int n, char **args)
{
	struct restore_request req = {
		.file = args[0],
		.name = name,
		.disks = disks,
		.paused = paused,
		.tick = progress_tick,
	};
	uint16_t domid;
	char title[96];
	int rc;

	(void)n;
	snprintf(title, sizeof(title), "restoring %s", args[0]);
	progress_begin(title, quiet);
	rc = restore_guest(&c->h, &req, &domid, &c->d);
	progress_end();
	return rc == -EINTR ? diag_set(&c->d, rc, "cancelled; nothing is left of the guest") : rc;
}

const struct verb verb_restore = {
	.name = "restore",
	.cmd = {"pav restore", "FILE", "bring a saved guest back", opts},
	.need = NEED_HOST,
	.min_args = 1,
	.max_args = 1,
	.run = run,
};
