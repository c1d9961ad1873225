// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/guests.h"
#include "life/tune.h"

static const struct opt opts[] = {NO_MORE_OPTS};

static int run(struct cli *c, int n, char **args)
{
	struct domctl_getdomaininfo i;
	uint64_t kib = 0;
	int rc = guest_size(c, args[1], &kib);

	(void)n;
	if (!rc)
		rc = guest_info(c, args[0], &i);
	return rc ? rc : tune_memory(&c->h, &i, args[0], kib, &c->d);
}

const struct verb verb_mem_set = {
	.name = "mem-set",
	.cmd = {"pav mem-set", "GUEST SIZE",
		"set how much memory a guest uses (MiB, or with K M G T)", opts},
	.need = NEED_HOST,
	.min_args = 2,
	.max_args = 2,
	.run = run,
};
