// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/devlist.h"

static bool as_json;

static const struct opt opts[] = {
	{0, "json", NULL, OPT_FLAG, &as_json, "print JSON"},
	NO_MORE_OPTS,
};

static const struct devlist_node nodes[] = {
	{'b', "dev", "vdev", false},
	{'b', "mode", "mode", false},
	{'b', "state", "state", true},
	{'b', "params", "target", false},
	{'b', "physical-device", "device", false},
	{'f', "event-channel", "event_channel", true},
	{'f', "ring-ref", "ring_ref", true},
	{0},
};

static const struct column columns[] = {
	{"Vdev", "vdev", -8},      {"ID", "id", 9},       {"Guest", "domid", 5},
	{"Mode", "mode", -4},      {"State", "state", 5}, {"Device", "device", 7},
	{"Target", "target", -20}, {NULL, NULL, 0},
};

static int run(struct cli *c, int n, char **args)
{
	return devlist_print(c, "vbd", nodes, columns, as_json, n, args);
}

const struct verb verb_block_list = {
	.name = "block-list",
	.cmd = {"pav block-list", "GUEST...", "show the disks of guests", opts},
	.need = NEED_HOST,
	.min_args = 1,
	.max_args = -1,
	.run = run,
};
