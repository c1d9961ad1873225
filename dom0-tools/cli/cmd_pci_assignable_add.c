// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/cli.h"
#include "life/assignable.h"

static const struct opt opts[] = {NO_MORE_OPTS};

static int run(struct cli *c, int n, char **args)
{
	int i, rc = 0;

	for (i = 0; i < n && !rc; i++)
		rc = assignable_add(&c->h, args[i], &c->d);
	return rc;
}

const struct verb verb_pci_assignable_add = {
	.name = "pci-assignable-add",
	.cmd = {"pav pci-assignable-add", "DEVICE...", "keep PCI devices of the machine for guests",
		opts},
	.need = NEED_HOST,
	.min_args = 1,
	.max_args = -1,
	.run = run,
};
