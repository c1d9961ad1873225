// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/guests.h"
#include "conf/vdev.h"
#include "life/devices.h"

static bool force;

static const struct opt opts[] = {
	{0, "force", NULL, OPT_FLAG, &force, "take it away even if the guest does not let it go"},
	NO_MORE_OPTS,
};

static int run(struct cli *c, int n, char **args)
{
	struct domctl_getdomaininfo i;
	uint32_t devid;
	int rc;

	(void)n;
	if (vdev_parse(args[1], &devid))
		return opt_wrong(&c->verb->cmd, "'%s' is not a disk name such as xvdb", args[1]);
	rc = guest_info(c, args[0], &i);
	return rc ? rc : devices_remove_disk(&c->h, i.domain, devid, force, &c->d);
}

const struct verb verb_block_detach = {
	.name = "block-detach",
	.cmd = {"pav block-detach", "GUEST DISK", "take a disk away from a running guest", opts},
	.need = NEED_HOST,
	.min_args = 2,
	.max_args = 2,
	.run = run,
};
