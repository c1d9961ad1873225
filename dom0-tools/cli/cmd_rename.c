// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "conf/domconf.h"
#include "lib/domctl.h"
#include "life/names.h"
#include "life/record.h"

static const struct opt opts[] = {NO_MORE_OPTS};

static int valid(const char *name)
{
	return name[0] && strlen(name) < DOMCONF_NAME_MAX && !strpbrk(name, "/ \t\n");
}

static void edit(struct domconf *c, const void *name)
{
	snprintf(c->name, sizeof(c->name), "%s", (const char *)name);
}

static int run(struct cli *c, int n, char **args)
{
	struct domctl_getdomaininfo info;
	uint16_t domid;
	int rc = name_resolve(&c->h, args[0], &domid, &c->d);

	(void)n;
	if (rc)
		return rc;
	if (!domid || !valid(args[1]))
		return diag_set(&c->d, -EINVAL, "%s cannot be renamed to '%s'", args[0], args[1]);
	rc = domctl_info(&c->h.hv, domid, &info);
	if (rc)
		return diag_set(&c->d, rc, "%s: %s", args[0], strerror(-rc));
	rc = name_change(&c->h, domid, info.handle, args[1], &c->d);
	if (!rc)
		record_edit(&c->h, domid, edit, args[1]);
	return rc;
}

const struct verb verb_rename = {
	.name = "rename",
	.cmd = {"pav rename", "GUEST NEWNAME", "give a guest another name", opts},
	.need = NEED_HOST,
	.min_args = 2,
	.max_args = 2,
	.run = run,
};
