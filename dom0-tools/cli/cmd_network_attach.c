// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/guests.h"
#include "life/devices.h"

static const struct opt opts[] = {NO_MORE_OPTS};

static int run(struct cli *c, int n, char **args)
{
	return guest_attach(c, n, args, devices_add_card);
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
