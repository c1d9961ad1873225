// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cli/guests.h"
#include "cli/progress.h"
#include "life/save.h"

static bool leave_running, leave_paused, quiet;

static const struct opt opts[] = {
	{'c', "leave-running", NULL, OPT_FLAG, &leave_running, "let the guest run on afterwards"},
	{'p', "leave-paused", NULL, OPT_FLAG, &leave_paused, "leave the guest paused afterwards"},
	{'q', "quiet", NULL, OPT_FLAG, &quiet, "no progress on a terminal"},
	NO_MORE_OPTS,
};

static int run(struct cli *c, int n, char **args)
{
	struct save_request req = {
		.file = args[1],
		.after = leave_running  ? SAVE_RUN
			 : leave_paused ? SAVE_PAUSE
					: SAVE_END,
		.tick = progress_tick,
	};
	char title[96];
	uint16_t domid;
	int rc;

	(void)n;
	if (leave_running && leave_paused)
		return opt_wrong(&c->verb->cmd, "either --leave-running or --leave-paused");
	rc = guest_find(c, args[0], "saved", &domid);
	if (rc)
		return rc;
	snprintf(title, sizeof(title), "saving %s", args[0]);
	progress_begin(title, quiet);
	rc = save_guest(&c->h, domid, &req, &c->d);
	progress_end();
	if (rc == -EINTR)
		diag_set(&c->d, rc, "cancelled; the guest goes on, no image was written");
	return rc ? diag_at(&c->d, rc, "guest %s", args[0]) : 0;
}

const struct verb verb_save = {
	.name = "save",
	.cmd = {"pav save", "GUEST FILE", "write a guest with its memory to a file, and end it",
		opts},
	.need = NEED_HOST,
	.min_args = 2,
	.max_args = 2,
	.run = run,
};
