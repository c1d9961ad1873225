// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "cli/guests.h"

static const struct opt opts[] = {NO_MORE_OPTS};

static int pause_one(struct cli *c, uint16_t domid, const char *what)
{
	int rc = domctl_pause(&c->h.hv, domid);

	return rc ? diag_set(&c->d, rc, "cannot pause %s: %s", what, strerror(-rc)) : 0;
}

static int run(struct cli *c, int n, char **args)
{
	return guests_each(c, n, args, "paused", pause_one);
}

const struct verb verb_pause = {
	.name = "pause",
	.cmd = {"pav pause", "GUEST...", "stop a guest's vCPUs until unpause", opts},
	.need = NEED_HOST,
	.min_args = 1,
	.max_args = -1,
	.run = run,
};
