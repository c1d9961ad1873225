// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/guests.h"
#include "conf/domconf.h"
#include "lib/sysctl.h"
#include "lib/table.h"
#include "life/names.h"

enum { UNSET = 0xffffffff };

static bool as_json;
static unsigned weight = UNSET, cap = UNSET;
static const char *guest;

static const struct opt opts[] = {
	{'d', "domain", "GUEST", OPT_STR, &guest, "this guest only, as with the operand"},
	{'w', "weight", "N", OPT_UINT, &weight, "set its share of CPU time, 1 to 65535"},
	{'c', "cap", "PERCENT", OPT_UINT, &cap, "set its limit in percent of one CPU, 0: none"},
	{0, "json", NULL, OPT_FLAG, &as_json, "print JSON"},
	NO_MORE_OPTS,
};

static const struct column columns[] = {
	{"Name", "name", -24}, {"ID", "domid", 5}, {"Weight", "weight", 7},
	{"Cap", "cap", 5},     {NULL, NULL, 0},
};

static int failed(struct cli *c, const char *what, int rc)
{
	if (rc == -EOPNOTSUPP)
		return diag_set(&c->d, rc, "the hypervisor's scheduler has no weights and caps");
	return diag_set(&c->d, rc, "cannot %s scheduling parameters: %s", what, strerror(-rc));
}

static int set(struct cli *c, uint16_t domid, unsigned sched)
{
	unsigned w, k;
	int rc;

	if ((weight != UNSET && (!weight || weight > 65535)) || (cap != UNSET && cap > 65535))
		return opt_wrong(&c->verb->cmd, "weight is 1 to 65535, cap 0 to 65535");
	rc = domctl_get_sched(&c->h.hv, domid, sched, &w, &k);
	if (!rc)
		rc = domctl_set_sched(&c->h.hv, domid, sched, weight != UNSET ? weight : w,
				      cap != UNSET ? cap : k);
	return rc ? failed(c, "set", rc) : 0;
}

static int show(struct cli *c, const uint16_t *only, unsigned sched)
{
	struct domctl_getdomaininfo *all;
	char name[DOMCONF_NAME_MAX * 2];
	int n = sysctl_domains(&c->h.hv, &all), i, rc = 0;
	json_t *rows;
	unsigned w, k;

	if (n < 0)
		return diag_set(&c->d, n, "cannot list the domains: %s", strerror(-n));
	rows = json_array();
	for (i = 0; i < n && !rc; i++) {
		if (only && all[i].domain != *only)
			continue;
		rc = domctl_get_sched(&c->h.hv, all[i].domain, sched, &w, &k);
		name_of(&c->h, all[i].domain, name, sizeof(name));
		if (!rc)
			json_array_append_new(rows, json_pack("{s:s,s:i,s:i,s:i}", "name", name,
							      "domid", (int)all[i].domain, "weight",
							      (int)w, "cap", (int)k));
	}
	free(all);
	if (rc)
		failed(c, "read", rc);
	else
		table_print(columns, rows, as_json);
	json_decref(rows);
	return rc;
}

static int run(struct cli *c, int n, char **args)
{
	int sched = sysctl_sched_id(&c->h.hv), rc = 0;
	bool sets = weight != UNSET || cap != UNSET;
	uint16_t domid = 0;

	if (sched < 0)
		return failed(c, "read", sched);
	if (n)
		guest = args[0];
	if (sets && !guest)
		return opt_wrong(&c->verb->cmd, "which guest?");
	if (guest)
		rc = name_resolve(&c->h, guest, &domid, &c->d);
	if (rc)
		return rc;
	return sets ? set(c, domid, (unsigned)sched)
		    : show(c, guest ? &domid : NULL, (unsigned)sched);
}

const struct verb verb_sched = {
	.name = "sched",
	.cmd = {"pav sched", "[GUEST]", "show or set how guests share the CPUs", opts},
	.need = NEED_HOST,
	.max_args = 1,
	.run = run,
};
