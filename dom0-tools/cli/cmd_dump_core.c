// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>

#include "cli/guests.h"
#include "cli/progress.h"
#include "life/dump.h"

static bool live, crash, quiet;

static const struct opt opts[] = {
	{'L', "live", NULL, OPT_FLAG, &live, "let the guest run meanwhile"},
	{'C', "crash", NULL, OPT_FLAG, &crash, "end the guest afterwards"},
	{'q', "quiet", NULL, OPT_FLAG, &quiet, "no progress on a terminal"},
	NO_MORE_OPTS,
};

static int run(struct cli *c, int n, char **args)
{
	struct dump_request req = {
		.file = args[1],
		.live = live,
		.end = crash,
		.tick = progress_tick,
	};
	char title[96];
	uint16_t domid;
	int rc = guest_find(c, args[0], "dumped by itself", &domid);

	(void)n;
	if (rc)
		return rc;
	snprintf(title, sizeof(title), "dumping %s", args[0]);
	progress_begin(title, quiet);
	rc = dump_guest(&c->h, domid, &req, &c->d);
	progress_end();
	if (rc == -EINTR)
		diag_set(&c->d, rc, "cancelled; no dump was written");
	return rc ? diag_at(&c->d, rc, "guest %s", args[0]) : 0;
}

const struct verb verb_dump_core = {
	.name = "dump-core",
	.cmd = {"pav dump-core", "GUEST FILE", "write a guest's memory to a file for a debugger",
		opts},
	.need = NEED_HOST,
	.min_args = 2,
	.max_args = 2,
	.run = run,
};
