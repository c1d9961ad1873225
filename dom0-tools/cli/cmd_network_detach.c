// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#include "cli/guests.h"
#include "life/devices.h"

static bool force;

static const struct opt opts[] = {
	{0, "force", NULL, OPT_FLAG, &force, "take it away even if the guest does not let it go"},
	NO_MORE_OPTS,
};

/* A card is named by its number or its address. */
static int find(struct cli *c, uint16_t domid, const char *what, uint32_t *devid)
{
	unsigned long long num;
	uint32_t *ids = NULL;
	char mac[32];
	int n, i, rc;

	if (!opt_uint(what, 0xffff, &num)) {
		*devid = (uint32_t)num;
		return 0;
	}
	rc = diag_set(&c->d, -ENOENT, "the guest has no card %s", what);
	diag_hint(&c->d, rc, "pav network-list %u shows those it has", domid);
	n = devices_list(&c->h, domid, "vif", &ids);
	for (i = 0; i < n; i++) {
		if (store_get(c->h.store, 0, mac, sizeof(mac), "/libxl/%u/device/vif/%u/mac", domid,
			      ids[i]) <= 0 ||
		    strcasecmp(mac, what))
			continue;
		*devid = ids[i];
		rc = 0;
	}
	free(ids);
	return rc;
}

static int run(struct cli *c, int n, char **args)
{
	struct domctl_getdomaininfo i;
	uint32_t devid = 0;
	int rc = guest_info(c, args[0], &i);

	(void)n;
	if (!rc)
		rc = find(c, i.domain, args[1], &devid);
	return rc ? rc : devices_remove_card(&c->h, i.domain, devid, force, &c->d);
}

const struct verb verb_network_detach = {
	.name = "network-detach",
	.cmd = {"pav network-detach", "GUEST NUMBER|MAC",
		"take a network card away from a running guest", opts},
	.need = NEED_HOST,
	.min_args = 2,
	.max_args = 2,
	.run = run,
};
