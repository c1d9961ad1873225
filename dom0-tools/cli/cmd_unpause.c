// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "cli/guests.h"

static const struct opt opts[] = {NO_MORE_OPTS};

static int unpause_one(struct cli *c, uint16_t domid, const char *what)
{
	int rc = domctl_unpause(&c->h.hv, domid);

	return rc ? diag_set(&c->d, rc, "cannot unpause %s: %s", what, strerror(-rc)) : 0;
}

static int run(struct cli *c, int n, char **args)
{
	return guests_each(c, n, args, "unpaused", unpause_one);
}

const struct verb verb_unpause = {
	.name = "unpause",
	.cmd = {"pav unpause", "GUEST...", "let a paused guest run on", opts},
	.need = NEED_HOST,
	.min_args = 1,
	.max_args = -1,
	.run = run,
};
