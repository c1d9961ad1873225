// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/guests.h"
#include "life/record.h"

enum { SLACK_KIB = 1024 };

static const struct opt opts[] = {NO_MORE_OPTS};

/* A target above the limit could not be reached, and would be refused at a restart. */
static void edit(struct domconf *c, const void *kib)
{
	c->maxmem_kib = *(const uint64_t *)kib;
	if (c->memory_kib > c->maxmem_kib)
		c->memory_kib = c->maxmem_kib;
	if (c->minmem_kib > c->memory_kib)
		c->minmem_kib = c->memory_kib;
}

static int run(struct cli *c, int n, char **args)
{
	struct domctl_getdomaininfo i;
	uint64_t kib = 0;
	char dir[64];
	int rc = guest_size(c, args[1], &kib);

	(void)n;
	if (rc)
		return rc;
	rc = guest_info(c, args[0], &i);
	if (rc)
		return rc;
	if (kib < i.tot_pages << 2) {
		diag_set(&c->d, -EINVAL, "%s has %llu MiB now: the limit cannot be lower", args[0],
			 (unsigned long long)i.tot_pages >> 8);
		return diag_hint(&c->d, -EINVAL, "lower its memory first: pav mem-set %s SIZE",
				 args[0]);
	}
	rc = domctl_max_mem(&c->h.hv, i.domain, kib + SLACK_KIB);
	snprintf(dir, sizeof(dir), "/local/domain/%u/memory", i.domain);
	if (!rc)
		rc = store_writef(c->h.store, 0, dir, "static-max", "%llu",
				  (unsigned long long)kib);
	if (!rc)
		record_edit(&c->h, i.domain, edit, &kib);
	return rc ? diag_set(&c->d, rc, "cannot set the memory limit of %s: %s", args[0],
			     strerror(-rc))
		  : 0;
}

const struct verb verb_mem_max = {
	.name = "mem-max",
	.cmd = {"pav mem-max", "GUEST SIZE", "set how much memory a guest may have at most", opts},
	.need = NEED_HOST,
	.min_args = 2,
	.max_args = 2,
	.run = run,
};
