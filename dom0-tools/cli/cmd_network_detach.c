// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/guests.h"
#include "life/devices.h"

static bool force;

static const struct opt opts[] = {
	{0, "force", NULL, OPT_FLAG, &force, "take it away even if the guest does not let it go"},
	NO_MORE_OPTS,
};

static int run(struct cli *c, int n, char **args)
{
	struct domctl_getdomaininfo i;
	uint32_t devid = 0;
	int rc = guest_info(c, args[0], &i);

	(void)n;
	if (!rc)
		rc = guest_card(c, i.domain, args[1], &devid);
	return rc ? rc : devices_remove_card(&c->h, i.domain, devid, force, &c->d);
}

const struct verb verb_network_detach = {
	.name = "network-detach",
	.cmd = {"pav network-detach", "GUEST NUMBER|MAC",
		"take a network card away from a running guest", opts},
	.need = NEED_HOST,
	.min_args = 2,
	.max_args = 2,
	.run = run,
};
