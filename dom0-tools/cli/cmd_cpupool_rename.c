// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/cli.h"
#include "life/pool.h"

static const struct opt opts[] = {NO_MORE_OPTS};

static int run(struct cli *c, int n, char **args)
{
	struct pool p;
	int rc = pool_find(&c->h, args[0], &p, &c->d);

	(void)n;
	return rc ? rc : pool_rename(&c->h, &p, args[1], &c->d);
}

const struct verb verb_cpupool_rename = {
	.name = "cpupool-rename",
	.cmd = {"pav cpupool-rename", "POOL NEWNAME", "give a pool of CPUs another name", opts},
	.need = NEED_HOST,
	.min_args = 2,
	.max_args = 2,
	.run = run,
};
