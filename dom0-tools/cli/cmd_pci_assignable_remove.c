// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/cli.h"
#include "life/assignable.h"

static bool rebind;

static const struct opt opts[] = {
	{'r', "rebind", NULL, OPT_FLAG, &rebind, "give them to the drivers they had before"},
	NO_MORE_OPTS,
};

static int run(struct cli *c, int n, char **args)
{
	int i, rc = 0;

	for (i = 0; i < n && !rc; i++)
		rc = assignable_remove(&c->h, args[i], rebind, &c->d);
	return rc;
}

const struct verb verb_pci_assignable_remove = {
	.name = "pci-assignable-remove",
	.cmd = {"pav pci-assignable-remove", "DEVICE...", "keep PCI devices for guests no longer",
		opts},
	.need = NEED_HOST,
	.min_args = 1,
	.max_args = -1,
	.run = run,
};
