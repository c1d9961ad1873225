// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/guests.h"
#include "life/record.h"

enum { SLACK_KIB = 1024 };

static const struct opt opts[] = {NO_MORE_OPTS};

static void edit(struct domconf *c, const void *kib)
{
	c->memory_kib = *(const uint64_t *)kib;
}

static int run(struct cli *c, int n, char **args)
{
	struct domctl_getdomaininfo i;
	uint64_t kib = 0, limit;
	char text[32], dir[64];
	int rc = guest_size(c, args[1], &kib);

	(void)n;
	if (rc)
		return rc;
	rc = guest_info(c, args[0], &i);
	if (rc)
		return rc;
	limit = i.max_pages << 2;
	if (store_get(c->h.store, 0, text, sizeof(text), "/local/domain/%u/memory/static-max",
		      i.domain) > 0)
		limit = strtoull(text, NULL, 10);
	if (kib > limit) {
		diag_set(&c->d, -EINVAL, "%s can have %llu MiB at most", args[0],
			 (unsigned long long)limit >> 10);
		return diag_hint(&c->d, -EINVAL,
				 "maxmem in its configuration sets that at creation");
	}
	/* Down, the guest gives back first; up, the hypervisor must allow first. Both fit this
	 * order. */
	rc = domctl_max_mem(&c->h.hv, i.domain, kib + SLACK_KIB);
	if (rc)
		return diag_set(&c->d, rc, "cannot set the memory limit of %s: %s", args[0],
				strerror(-rc));
	snprintf(dir, sizeof(dir), "/local/domain/%u/memory", i.domain);
	rc = store_writef(c->h.store, 0, dir, "target", "%llu", (unsigned long long)kib);
	if (!rc)
		record_edit(&c->h, i.domain, edit, &kib);
	return rc ? diag_set(&c->d, rc, "cannot tell the guest: %s", strerror(-rc)) : 0;
}

const struct verb verb_mem_set = {
	.name = "mem-set",
	.cmd = {"pav mem-set", "GUEST SIZE",
		"set how much memory a guest uses (MiB, or with K M G T)", opts},
	.need = NEED_HOST,
	.min_args = 2,
	.max_args = 2,
	.run = run,
};
