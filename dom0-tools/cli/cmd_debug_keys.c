// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "cli/cli.h"
#include "lib/sysctl.h"

static const struct opt opts[] = {NO_MORE_OPTS};

static int run(struct cli *c, int n, char **args)
{
	int rc = sysctl_debug_keys(&c->h.hv, args[0]);

	(void)n;
	return rc ? diag_set(&c->d, rc, "the hypervisor will not take the keys: %s", strerror(-rc))
		  : 0;
}

const struct verb verb_debug_keys = {
	.name = "debug-keys",
	.cmd = {"pav debug-keys", "KEYS",
		"press keys of the hypervisor's debugger (h: help; see dmesg)", opts},
	.need = NEED_HV,
	.min_args = 1,
	.max_args = 1,
	.run = run,
};
