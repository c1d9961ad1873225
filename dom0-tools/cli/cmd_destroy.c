// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "cli/cli.h"
#include "life/destroy.h"
#include "life/names.h"

static const struct opt opts[] = {NO_MORE_OPTS};

static int run(struct cli *c, int n, char **args)
{
	int i, rc = 0;

	for (i = 0; i < n && !rc; i++) {
		uint16_t domid;

		rc = name_resolve(&c->h, args[i], &domid, &c->d);
		if (!rc && domid == 0)
			rc = diag_set(&c->d, -EINVAL, "the control domain cannot be destroyed");
		if (!rc)
			rc = destroy_guest(&c->h, domid, &c->d);
	}
	return rc;
}

const struct verb verb_destroy = {
	.name = "destroy",
	.cmd = {"pav destroy", "GUEST...", "end a guest at once, like pulling its plug", opts},
	.need = NEED_HOST,
	.min_args = 1,
	.max_args = -1,
	.run = run,
};
