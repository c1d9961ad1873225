// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "cli/cli.h"
#include "lib/domctl.h"
#include "life/names.h"

static const struct opt opts[] = {NO_MORE_OPTS};

static int run(struct cli *c, int n, char **args)
{
	int i, rc = 0;

	for (i = 0; i < n && !rc; i++) {
		uint16_t domid;

		rc = name_resolve(&c->h, args[i], &domid, &c->d);
		if (!rc && domid == 0)
			return diag_set(&c->d, -EINVAL, "the control domain cannot be paused");
		if (!rc)
			rc = domctl_pause(&c->h.hv, domid);
		else
			return rc;
		if (rc)
			diag_set(&c->d, rc, "cannot pause %s: %s", args[i], strerror(-rc));
	}
	return rc;
}

const struct verb verb_pause = {
	.name = "pause",
	.cmd = {"pav pause", "GUEST...", "stop a guest's vCPUs until unpause", opts},
	.need = NEED_HOST,
	.min_args = 1,
	.max_args = -1,
	.run = run,
};
