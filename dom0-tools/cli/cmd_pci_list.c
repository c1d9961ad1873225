// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include "cli/guests.h"
#include "dev/pci.h"
#include "lib/table.h"

static bool as_json;

static const struct opt opts[] = {
	{0, "json", NULL, OPT_FLAG, &as_json, "print JSON"},
	NO_MORE_OPTS,
};

static const struct column columns[] = {
	{"Vdev", "vdev", -12},
	{"Device", "device", -12},
	{NULL, NULL, 0},
};

static json_t *row_of(uint16_t domid, const struct pci_slot *s)
{
	json_t *row = json_pack("{s:i,s:i}", "domid", (int)domid, "state", atoi(s->state));

	json_object_set_new(row, "device", table_text(s->dev));
	json_object_set_new(row, "options", table_text(s->opts));
	if (s->vdev[0])
		json_object_set_new(row, "vdev", table_text(s->vdev));
	return row;
}

static int run(struct cli *c, int n, char **args)
{
	struct pci_slot *slots = calloc(PCI_DEVS_MAX, sizeof(*slots));
	struct domctl_getdomaininfo info;
	json_t *rows = json_array();
	size_t count, k;
	int i, rc = slots ? 0 : diag_set(&c->d, -ENOMEM, "out of memory");

	for (i = 0; i < n && !rc; i++) {
		rc = guest_info(c, args[i], &info);
		count = rc ? 0 : pci_slots(&c->h, 0, info.domain, slots);
		for (k = 0; k < count; k++)
			json_array_append_new(rows, row_of(info.domain, &slots[k]));
	}
	if (!rc)
		table_print(columns, rows, as_json);
	json_decref(rows);
	free(slots);
	return rc;
}

const struct verb verb_pci_list = {
	.name = "pci-list",
	.cmd = {"pav pci-list", "GUEST...", "show the PCI devices of guests", opts},
	.need = NEED_HOST,
	.min_args = 1,
	.max_args = -1,
	.run = run,
};
