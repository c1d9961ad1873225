// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/cli.h"
#include "lib/daemon.h"
#include "life/ask.h"
#include "life/names.h"

static const struct opt opts[] = {NO_MORE_OPTS};

static int run(struct cli *c, int n, char **args)
{
	uint16_t domid;
	int i, rc = 0;

	if (!daemon_runs("pav-domd"))
		log_line("pav reboot: warning",
			 "pav-domd is not running: the guest will end, but nobody starts it again");
	for (i = 0; i < n && !rc; i++) {
		rc = name_resolve(&c->h, args[i], &domid, &c->d);
		if (!rc)
			rc = ask_shutdown(&c->h, domid, "reboot", &c->d);
	}
	return rc;
}

const struct verb verb_reboot = {
	.name = "reboot",
	.cmd = {"pav reboot", "GUEST...", "ask guests to reboot", opts},
	.need = NEED_HOST,
	.min_args = 1,
	.max_args = -1,
	.run = run,
};
