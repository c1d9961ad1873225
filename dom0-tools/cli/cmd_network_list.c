// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/devlist.h"

static bool as_json;

static const struct opt opts[] = {
	{0, "json", NULL, OPT_FLAG, &as_json, "print JSON"},
	NO_MORE_OPTS,
};

static const struct devlist_node nodes[] = {
	{'b', "mac", "mac", false},
	{'b', "state", "state", true},
	{'b', "bridge", "bridge", false},
	{'b', "vifname", "vifname", false},
	{'b', "rate", "rate", false},
	{'f', "event-channel-tx", "event_channel_tx", true},
	{'f', "event-channel-rx", "event_channel_rx", true},
	{'f', "tx-ring-ref", "tx_ring_ref", true},
	{'f', "rx-ring-ref", "rx_ring_ref", true},
	{0},
};

static const struct column columns[] = {
	{"ID", "id", 3},       {"Guest", "domid", 5},     {"Mac", "mac", -17},
	{"State", "state", 5}, {"Bridge", "bridge", -10}, {NULL, NULL, 0},
};

static int run(struct cli *c, int n, char **args)
{
	return devlist_print(c, "vif", nodes, columns, as_json, n, args);
}

const struct verb verb_network_list = {
	.name = "network-list",
	.cmd = {"pav network-list", "GUEST...", "show the network cards of guests", opts},
	.need = NEED_HOST,
	.min_args = 1,
	.max_args = -1,
	.run = run,
};
