// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/guests.h"
#include "life/pool.h"

static const struct opt opts[] = {NO_MORE_OPTS};

static int run(struct cli *c, int n, char **args)
{
	struct pool p;
	uint16_t domid;
	int rc = guest_find(c, args[0], "moved to another pool", &domid);

	(void)n;
	if (!rc)
		rc = pool_find(&c->h, args[1], &p, &c->d);
	return rc ? rc : pool_move(&c->h, domid, &p, &c->d);
}

const struct verb verb_cpupool_migrate = {
	.name = "cpupool-migrate",
	.cmd = {"pav cpupool-migrate", "GUEST POOL", "let a guest use the CPUs of another pool",
		opts},
	.need = NEED_HOST,
	.min_args = 2,
	.max_args = 2,
	.run = run,
};
