// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "conf/domconf.h"
#include "lib/domctl.h"
#include "lib/sysctl.h"
#include "lib/table.h"
#include "life/names.h"
#include "trace/counter.h"

enum { ROW_NAME = 64, KEY = 8, COLUMN = 12, INTERVAL_MAX = 86400 };

static bool as_json, zeros;
static unsigned interval;

static const struct opt opts[] = {
	{'a', "all", NULL, OPT_FLAG, &zeros, "print counters that are 0 as well"},
	{'i', "interval", "SECONDS", OPT_UINT, &interval, "count for so long, and print only that"},
	{0, "json", NULL, OPT_FLAG, &as_json, "print JSON"},
	NO_MORE_OPTS,
};

/* What a domain shows. */
struct subject {
	uint16_t domid;
	char name[DOMCONF_NAME_MAX * 2], key[KEY];
	uint64_t values[PAVISE_COUNTERS];
};

static int fail(struct cli *c, int rc, const struct subject *s)
{
	diag_set(&c->d, rc, "cannot read the counters of %s: %s", s->name, strerror(-rc));
	return rc == -ENOSYS ? diag_hint(&c->d, rc, "this hypervisor does not count for domains")
			     : rc;
}

/*
 * Read all; with @less, tell what has come since. Domains that have ended are left out. How many
 * are left, or -errno.
 */
static int look(struct cli *c, struct subject *all, int n, bool less)
{
	uint64_t now[PAVISE_COUNTERS];
	int i, left = 0;
	unsigned k;

	for (i = 0; i < n; i++) {
		int rc = domctl_counters(&c->h.hv, all[i].domid, now);

		if (rc == -ESRCH)
			continue;
		if (rc)
			return fail(c, rc, &all[i]);
		for (k = 0; k < PAVISE_COUNTERS; k++)
			all[i].values[k] = now[k] - (less ? all[i].values[k] : 0);
		all[left++] = all[i];
	}
	return left;
}

static json_t *json_of(const struct subject *s)
{
	json_t *all = json_object(), *group, *to;
	char name[ROW_NAME];
	unsigned k, i;

	for (k = 0; counters[k].name; k++) {
		group = counters[k].n > 1 ? json_object() : NULL;
		to = group ? group : all;
		for (i = 0; i < counters[k].n; i++) {
			uint64_t value = s->values[counters[k].first + i];

			snprintf(name, sizeof(name), "%s", counters[k].name);
			if (group)
				counter_element(&counters[k], i, name, sizeof(name));
			if (!group || value || zeros)
				json_object_set_new(to, name, json_integer((json_int_t)value));
		}
		if (group)
			json_object_set_new(all, counters[k].name, group);
	}
	return json_pack("{s:s,s:i,s:o}", "name", s->name, "domid", (int)s->domid, "counters", all);
}

/* A row for value @i of counter @k: that of each domain under the domain's key; NULL if all 0. */
static json_t *row_of(const struct subject *all, int n, unsigned k, unsigned i)
{
	char name[2 * ROW_NAME], element[ROW_NAME];
	uint64_t any = zeros;
	json_t *row;
	int d;

	for (d = 0; d < n; d++)
		any |= all[d].values[counters[k].first + i];
	if (!any)
		return NULL;
	counter_element(&counters[k], i, element, sizeof(element));
	snprintf(name, sizeof(name), "%s %s", counters[k].name, element);
	row = json_pack("{s:s}", "counter", counters[k].n > 1 ? name : counters[k].name);
	for (d = 0; d < n; d++)
		json_object_set_new(row, all[d].key,
				    json_integer((json_int_t)all[d].values[counters[k].first + i]));
	return row;
}

static int show(struct cli *c, struct subject *all, int n)
{
	struct column *columns = calloc((size_t)n + 2, sizeof(*columns));
	json_t *rows = json_array(), *row;
	unsigned k, i;
	int d;

	if (!columns)
		return diag_set(&c->d, -ENOMEM, "out of memory");
	columns[0] = (struct column){"Counter", "counter", -38};
	for (d = 0; d < n; d++) {
		int width = (int)strlen(all[d].name);

		snprintf(all[d].key, KEY, "%u", all[d].domid);
		columns[d + 1] =
			(struct column){all[d].name, all[d].key, width > COLUMN ? width : COLUMN};
		if (as_json)
			json_array_append_new(rows, json_of(&all[d]));
	}
	for (k = 0; counters[k].name && !as_json; k++)
		for (i = 0; i < counters[k].n; i++) {
			row = row_of(all, n, k, i);
			if (row)
				json_array_append_new(rows, row);
		}
	table_print(columns, rows, as_json);
	json_decref(rows);
	free(columns);
	return 0;
}

/* The domains named, or all. How many, or -errno. */
static int subjects(struct cli *c, int n, char **args, struct subject **out)
{
	struct domctl_getdomaininfo *list;
	int count = sysctl_domains(&c->h.hv, &list), i, rc = 0;

	if (count < 0)
		return diag_set(&c->d, count, "cannot list the domains: %s", strerror(-count));
	*out = calloc((size_t)(n ? n : count) + 1, sizeof(**out));
	if (!*out)
		rc = diag_set(&c->d, -ENOMEM, "out of memory");
	for (i = 0; i < (n ? n : count) && !rc; i++) {
		struct subject *s = &(*out)[i];

		s->domid = list[n ? 0 : i].domain;
		if (n)
			rc = name_resolve(&c->h, args[i], &s->domid, &c->d);
		name_of(&c->h, s->domid, s->name, sizeof(s->name));
	}
	free(list);
	return rc ? rc : i;
}

static int run(struct cli *c, int n, char **args)
{
	struct subject *all = NULL;
	int rc;

	if (interval > INTERVAL_MAX)
		return opt_wrong(&c->verb->cmd, "--interval is at most %d", INTERVAL_MAX);
	rc = subjects(c, n, args, &all);
	if (rc >= 0)
		rc = look(c, all, rc, false);
	if (rc >= 0 && interval) {
		host_sleep(interval * 1000);
		rc = look(c, all, rc, true);
	}
	if (rc >= 0)
		rc = show(c, all, rc);
	free(all);
	return rc;
}

const struct verb verb_counters = {
	.name = "counters",
	.cmd = {"pav counters", "[GUEST...]", "show what the hypervisor has done for domains",
		opts},
	.need = NEED_HOST,
	.max_args = -1,
	.run = run,
};
