// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/guests.h"
#include "life/record.h"

static const struct opt opts[] = {NO_MORE_OPTS};

static void edit(struct domconf *c, const void *vcpus)
{
	c->vcpus = (unsigned)*(const unsigned long long *)vcpus;
}

static int run(struct cli *c, int n, char **args)
{
	struct domctl_getdomaininfo i;
	unsigned long long want;
	char dir[64], key[32];
	unsigned v;
	int rc;

	(void)n;
	if (opt_uint(args[1], 0xffff, &want) || !want)
		return opt_wrong(&c->verb->cmd, "'%s' is not a number of vCPUs", args[1]);
	rc = guest_info(c, args[0], &i);
	if (rc)
		return rc;
	if (want > i.max_vcpu_id + 1) {
		diag_set(&c->d, -EINVAL, "%s has at most %u vCPUs", args[0], i.max_vcpu_id + 1);
		return diag_hint(&c->d, -EINVAL,
				 "maxvcpus in its configuration sets that at creation");
	}
	snprintf(dir, sizeof(dir), "/local/domain/%u/cpu", i.domain);
	store_batch(c->h.store);
	for (v = 0; v <= i.max_vcpu_id; v++) {
		snprintf(key, sizeof(key), "%u/availability", v);
		store_writef(c->h.store, 0, dir, key, "%s", v < want ? "online" : "offline");
	}
	rc = store_batch_end(c->h.store);
	if (!rc)
		record_edit(&c->h, i.domain, edit, &want);
	return rc ? diag_set(&c->d, rc, "cannot tell the guest: %s", strerror(-rc)) : 0;
}

const struct verb verb_vcpu_set = {
	.name = "vcpu-set",
	.cmd = {"pav vcpu-set", "GUEST NUMBER", "set how many vCPUs a guest uses", opts},
	.need = NEED_HOST,
	.min_args = 2,
	.max_args = 2,
	.run = run,
};
