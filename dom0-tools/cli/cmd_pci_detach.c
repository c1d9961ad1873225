// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/guests.h"
#include "life/devices.h"

static bool force;

static const struct opt opts[] = {
	{'f', "force", NULL, OPT_FLAG, &force, "take it away even if the guest does not let it go"},
	NO_MORE_OPTS,
};

static int run(struct cli *c, int n, char **args)
{
	struct domctl_getdomaininfo i;
	int rc = guest_info(c, args[0], &i);

	(void)n;
	return rc ? rc : devices_remove_pci(&c->h, i.domain, args[1], force, &c->d);
}

const struct verb verb_pci_detach = {
	.name = "pci-detach",
	.cmd = {"pav pci-detach", "GUEST DEVICE", "take a PCI device away from a running guest",
		opts},
	.need = NEED_HOST,
	.min_args = 2,
	.max_args = 2,
	.run = run,
};
