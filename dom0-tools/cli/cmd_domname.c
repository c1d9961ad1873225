// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "cli/cli.h"
#include "conf/domconf.h"
#include "life/names.h"

static const struct opt opts[] = {NO_MORE_OPTS};

static int run(struct cli *c, int n, char **args)
{
	char name[DOMCONF_NAME_MAX * 2];
	uint16_t domid;
	int rc = name_resolve(&c->h, args[0], &domid, &c->d);

	(void)n;
	if (rc)
		return rc;
	name_of(&c->h, domid, name, sizeof(name));
	puts(name);
	return 0;
}

const struct verb verb_domname = {
	.name = "domname",
	.cmd = {"pav domname", "ID", "print the name of a guest", opts},
	.need = NEED_HOST,
	.min_args = 1,
	.max_args = 1,
	.run = run,
};
