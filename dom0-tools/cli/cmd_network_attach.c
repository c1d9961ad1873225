// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/guests.h"
#include "life/devices.h"

static const struct opt opts[] = {NO_MORE_OPTS};

/* Several words make one specification, as the shell may have split it. */
static int join(struct cli *c, char *spec, size_t size, int n, char **args)
{
	size_t used = 0;
	int i;

	spec[0] = '\0';
	for (i = 0; i < n; i++) {
		used += (size_t)snprintf(spec + used, size - used, "%s%s", i ? "," : "", args[i]);
		if (used >= size)
			return diag_set(&c->d, -E2BIG, "this specification is too long");
	}
	return 0;
}

static int run(struct cli *c, int n, char **args)
{
	struct domctl_getdomaininfo i;
	char spec[1024];
	int rc = join(c, spec, sizeof(spec), n - 1, args + 1);

	if (!rc)
		rc = guest_info(c, args[0], &i);
	if (!rc && !i.domain)
		rc = diag_set(&c->d, -EINVAL, "the control domain takes no such devices");
	return rc ? rc : devices_add_card(&c->h, i.domain, spec, &c->d);
}

const struct verb verb_network_attach = {
	.name = "network-attach",
	.cmd = {"pav network-attach", "GUEST [KEY=VALUE...]",
		"give a running guest another network card", opts},
	.need = NEED_HOST,
	.min_args = 1,
	.max_args = -1,
	.run = run,
};
