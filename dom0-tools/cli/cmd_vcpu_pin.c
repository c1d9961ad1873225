// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "cli/guests.h"
#include "lib/cpumap.h"

static const struct opt opts[] = {NO_MORE_OPTS};

static int run(struct cli *c, int n, char **args)
{
	struct domctl_getdomaininfo i;
	unsigned long long from, to;
	uint8_t map[CPUMAP_BYTES];
	int rc = guest_info(c, args[0], &i);

	(void)n;
	if (rc)
		return rc;
	from = 0;
	to = i.max_vcpu_id;
	if (strcmp(args[1], "all")) {
		if (opt_uint(args[1], 0xffff, &from))
			return opt_wrong(&c->verb->cmd, "'%s' is neither a vCPU's number nor 'all'",
					 args[1]);
		to = from;
	}
	if (cpumap_parse(args[2], map))
		return opt_wrong(&c->verb->cmd, "'%s' is not a list of CPUs such as 0-3,^2 or all",
				 args[2]);
	if (to > i.max_vcpu_id)
		return diag_hint(&c->d,
				 diag_set(&c->d, -EINVAL, "%s has no vCPU %llu", args[0], to),
				 "pav vcpu-list %s shows those it has", args[0]);
	for (; from <= to && !rc; from++)
		rc = domctl_set_affinity(&c->h.hv, i.domain, (unsigned)from, map);
	if (!rc)
		return 0;
	diag_set(&c->d, rc, "cannot pin vCPU %llu of %s to CPUs %s: %s", from - 1, args[0], args[2],
		 strerror(-rc));
	return diag_hint(&c->d, rc, "pav info shows how many CPUs there are");
}

const struct verb verb_vcpu_pin = {
	.name = "vcpu-pin",
	.cmd = {"pav vcpu-pin", "GUEST VCPU|all CPUS", "set on which CPUs a vCPU may run", opts},
	.need = NEED_HOST,
	.min_args = 3,
	.max_args = 3,
	.run = run,
};
