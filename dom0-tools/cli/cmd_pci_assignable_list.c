// SPDX-License-Identifier: GPL-2.0-or-later
#include <jansson.h>
#include <stdio.h>

#include "cli/cli.h"
#include "dev/pci.h"
#include "dev/pcihost.h"
#include "lib/table.h"

static bool as_json;

static const struct opt opts[] = {
	{0, "json", NULL, OPT_FLAG, &as_json, "print JSON"},
	NO_MORE_OPTS,
};

struct list {
	struct cli *c;
	json_t *rows;
};

/* Those that a guest has can be had by nobody else. */
static void one(void *arg, const char *bdf)
{
	struct list *l = arg;
	uint16_t domid;

	if (pci_owner(&l->c->h, 0, bdf, &domid))
		json_array_append_new(l->rows, json_pack("{s:s}", "device", bdf));
}

static int run(struct cli *c, int n, char **args)
{
	struct list l = {c, json_array()};
	int rc = pcihost_each_kept(one, &l, &c->d);
	const json_t *row;
	size_t i;

	(void)n;
	(void)args;
	if (!rc && as_json)
		table_json(l.rows);
	json_array_foreach(l.rows, i, row)
	{
		if (!rc && !as_json)
			puts(json_string_value(json_object_get(row, "device")));
	}
	json_decref(l.rows);
	return rc;
}

const struct verb verb_pci_assignable_list = {
	.name = "pci-assignable-list",
	.cmd = {"pav pci-assignable-list", "",
		"show PCI devices that are kept for guests and that none has", opts},
	.need = NEED_HOST,
	.max_args = 0,
	.run = run,
};
