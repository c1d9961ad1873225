// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/cli.h"
#include "lib/cpumap.h"
#include "life/pool.h"

static const struct opt opts[] = {NO_MORE_OPTS};

static int run(struct cli *c, int n, char **args)
{
	uint8_t cpus[CPUMAP_BYTES];
	struct pool p;
	int rc;

	(void)n;
	if (cpumap_parse(args[1], cpus))
		return opt_wrong(&c->verb->cmd, "'%s' is not a list of CPUs such as 0-3,^2",
				 args[1]);
	rc = pool_find(&c->h, args[0], &p, &c->d);
	return rc ? rc : pool_change_cpus(&c->h, &p, cpus, true, &c->d);
}

const struct verb verb_cpupool_cpu_add = {
	.name = "cpupool-cpu-add",
	.cmd = {"pav cpupool-cpu-add", "POOL CPUS", "put free CPUs into a pool", opts},
	.need = NEED_HOST,
	.min_args = 2,
	.max_args = 2,
	.run = run,
};
