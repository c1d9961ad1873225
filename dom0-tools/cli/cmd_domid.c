// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "cli/cli.h"
#include "life/names.h"

static const struct opt opts[] = {NO_MORE_OPTS};

static int run(struct cli *c, int n, char **args)
{
	uint16_t domid;
	int rc = name_resolve(&c->h, args[0], &domid, &c->d);

	(void)n;
	if (!rc)
		printf("%u\n", domid);
	return rc;
}

const struct verb verb_domid = {
	.name = "domid",
	.cmd = {"pav domid", "NAME", "print the id of a guest", opts},
	.need = NEED_HOST,
	.min_args = 1,
	.max_args = 1,
	.run = run,
};
