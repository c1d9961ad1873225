// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/guests.h"
#include "conf/domconf.h"
#include "lib/domctl.h"
#include "life/names.h"
#include "life/record.h"

static const struct opt opts[] = {NO_MORE_OPTS};

static void edit(struct domconf *c, const void *name)
{
	snprintf(c->name, sizeof(c->name), "%s", (const char *)name);
}

static int run(struct cli *c, int n, char **args)
{
	struct domctl_getdomaininfo info;
	const char *why = domconf_name_wrong(args[1]);
	uint16_t domid;
	int rc = name_resolve(&c->h, args[0], &domid, &c->d);

	(void)n;
	if (rc)
		return rc;
	if (!domid)
		return diag_hint(&c->d,
				 diag_set(&c->d, -EINVAL, "the control domain cannot be renamed"),
				 GUESTS_NAME_ONE);
	if (why) {
		diag_set(&c->d, -EINVAL, "guest %s: the new name '%s' %s", args[0], args[1], why);
		return diag_hint(&c->d, -EINVAL, "choose another name, such as guest-2");
	}
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
