// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/guests.h"
#include "life/tune.h"

static const struct opt opts[] = {NO_MORE_OPTS};

static int run(struct cli *c, int n, char **args)
{
	struct domctl_getdomaininfo i;
	unsigned long long want;
	int rc;

	(void)n;
	if (opt_uint(args[1], 0xffff, &want) || !want)
		return opt_wrong(&c->verb->cmd, "'%s' is not a number of vCPUs", args[1]);
	rc = guest_info(c, args[0], &i);
	return rc ? rc : tune_vcpus(&c->h, &i, args[0], (unsigned)want, &c->d);
}

const struct verb verb_vcpu_set = {
	.name = "vcpu-set",
	.cmd = {"pav vcpu-set", "GUEST NUMBER", "set how many vCPUs a guest uses", opts},
	.need = NEED_HOST,
	.min_args = 2,
	.max_args = 2,
	.run = run,
};
