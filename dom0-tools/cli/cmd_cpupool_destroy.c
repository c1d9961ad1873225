// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/cli.h"
#include "life/pool.h"

static const struct opt opts[] = {NO_MORE_OPTS};

static int run(struct cli *c, int n, char **args)
{
	struct pool p;
	int rc = pool_find(&c->h, args[0], &p, &c->d);

	(void)n;
	return rc ? rc : pool_destroy(&c->h, &p, &c->d);
}

const struct verb verb_cpupool_destroy = {
	.name = "cpupool-destroy",
	.cmd = {"pav cpupool-destroy", "POOL", "end a pool of CPUs, which become free", opts},
	.need = NEED_HOST,
	.min_args = 1,
	.max_args = 1,
	.run = run,
};
