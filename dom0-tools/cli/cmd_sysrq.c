// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "cli/guests.h"

static const struct opt opts[] = {NO_MORE_OPTS};

static int run(struct cli *c, int n, char **args)
{
	struct domctl_getdomaininfo i;
	char dir[64];
	int rc;

	(void)n;
	if (!isalnum((unsigned char)args[1][0]) || args[1][1])
		return opt_wrong(&c->verb->cmd, "'%s' is not one letter", args[1]);
	rc = guest_info(c, args[0], &i);
	if (rc)
		return rc;
	if (!i.domain)
		return diag_set(&c->d, -EINVAL, "use /proc/sysrq-trigger in the control domain");
	snprintf(dir, sizeof(dir), "/local/domain/%u/control", i.domain);
	rc = store_writef(c->h.store, 0, dir, "sysrq", "%s", args[1]);
	return rc ? diag_set(&c->d, rc, "cannot tell the guest: %s", strerror(-rc)) : 0;
}

const struct verb verb_sysrq = {
	.name = "sysrq",
	.cmd = {"pav sysrq", "GUEST LETTER", "send a magic system request to a guest's Linux",
		opts},
	.need = NEED_HOST,
	.min_args = 2,
	.max_args = 2,
	.run = run,
};
