// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/guests.h"
#include "life/devices.h"

static const struct opt opts[] = {NO_MORE_OPTS};

static int run(struct cli *c, int n, char **args)
{
	return guest_attach(c, n, args, devices_add_disk);
}

const struct verb verb_block_attach = {
	.name = "block-attach",
	.cmd = {"pav block-attach", "GUEST DISK...", "give a running guest another disk", opts},
	.need = NEED_HOST,
	.min_args = 2,
	.max_args = -1,
	.run = run,
};
