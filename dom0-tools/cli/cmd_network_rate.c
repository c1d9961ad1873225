// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "cli/guests.h"
#include "life/devices.h"

static const struct opt opts[] = {NO_MORE_OPTS};

static int run(struct cli *c, int n, char **args)
{
	const char *rate = strcmp(args[2], "none") ? args[2] : NULL;
	struct domctl_getdomaininfo i;
	uint32_t devid = 0;
	int rc = guest_info(c, args[0], &i);

	(void)n;
	if (!rc)
		rc = guest_card(c, i.domain, args[1], &devid);
	return rc ? rc : devices_rate_card(&c->h, i.domain, devid, rate, &c->d);
}

const struct verb verb_network_rate = {
	.name = "network-rate",
	.cmd = {"pav network-rate", "GUEST NUMBER|MAC RATE|none",
		"limit what a running guest sends through a card", opts},
	.need = NEED_HOST,
	.min_args = 3,
	.max_args = 3,
	.run = run,
};
