// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "cli/guests.h"
#include "conf/vdev.h"
#include "life/devices.h"

static const struct opt opts[] = {NO_MORE_OPTS};

static int run(struct cli *c, int n, char **args)
{
	const char *rate = strcmp(args[2], "none") ? args[2] : NULL;
	struct domctl_getdomaininfo i;
	uint32_t devid;
	int rc;

	(void)n;
	if (vdev_parse(args[1], &devid))
		return opt_wrong(&c->verb->cmd, "'%s' is not a disk name such as xvdb", args[1]);
	rc = guest_info(c, args[0], &i);
	return rc ? rc : devices_rate_disk(&c->h, i.domain, devid, rate, &c->d);
}

const struct verb verb_block_rate = {
	.name = "block-rate",
	.cmd = {"pav block-rate", "GUEST DISK RATE|none",
		"limit what a running guest reads and writes", opts},
	.need = NEED_HOST,
	.min_args = 3,
	.max_args = 3,
	.run = run,
};
