// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/cli.h"
#include "conf/domconf.h"
#include "lib/sysctl.h"
#include "lib/table.h"
#include "life/names.h"

static bool as_json;

static const struct opt opts[] = {
	{0, "json", NULL, OPT_FLAG, &as_json, "print JSON, times in seconds"},
	NO_MORE_OPTS,
};

static const struct column columns[] = {
	{"Name", "name", -24},
	{"ID", "domid", 5},
	{"Uptime", "uptime", 18},
	{NULL, NULL, 0},
};

/* Seconds since the guest was made, or since the control domain's boot for that one; -1 unknown. */
static long long up_for(struct host *h, const struct domctl_getdomaininfo *i)
{
	char uuid[37], text[32];
	struct timespec t;

	if (i->domain == 0) {
		clock_gettime(CLOCK_BOOTTIME, &t);
		return t.tv_sec;
	}
	uuid_format(i->handle, uuid);
	if (store_get(h->store, 0, text, sizeof(text), "/vm/%s/start_time", uuid) <= 0)
		return -1;
	return (long long)time(NULL) - strtoll(text, NULL, 10);
}

static json_t *row_of(struct host *h, const struct domctl_getdomaininfo *i)
{
	char name[DOMCONF_NAME_MAX * 2], text[40];
	long long s = up_for(h, i);
	json_t *row;

	name_of(h, i->domain, name, sizeof(name));
	row = json_pack("{s:s,s:i}", "name", name, "domid", (int)i->domain);
	if (s < 0)
		return row;
	snprintf(text, sizeof(text), "%lld days, %02lld:%02lld:%02lld", s / 86400, s / 3600 % 24,
		 s / 60 % 60, s % 60);
	json_object_set_new(row, "uptime", as_json ? json_integer(s) : json_string(text));
	return row;
}

static int run(struct cli *c, int n, char **args)
{
	struct domctl_getdomaininfo *all;
	int count = sysctl_domains(&c->h.hv, &all), i, rc = 0;
	uint16_t only = 0;
	json_t *rows;

	if (count < 0)
		return diag_set(&c->d, count, "cannot list the domains: %s", strerror(-count));
	if (n)
		rc = name_resolve(&c->h, args[0], &only, &c->d);
	rows = json_array();
	for (i = 0; i < count && !rc; i++)
		if (!n || all[i].domain == only)
			json_array_append_new(rows, row_of(&c->h, &all[i]));
	if (!rc)
		table_print(columns, rows, as_json);
	json_decref(rows);
	free(all);
	return rc;
}

const struct verb verb_uptime = {
	.name = "uptime",
	.cmd = {"pav uptime", "[GUEST]", "show how long guests have run", opts},
	.need = NEED_HOST,
	.max_args = 1,
	.run = run,
};
