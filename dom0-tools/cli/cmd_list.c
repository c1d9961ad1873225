// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "conf/domconf.h"
#include "lib/sysctl.h"
#include "lib/table.h"
#include "life/names.h"

static bool as_json;

static const struct opt opts[] = {
	{0, "json", NULL, OPT_FLAG, &as_json, "print JSON, with more detail"},
	NO_MORE_OPTS,
};

static const struct column columns[] = {
	{"Name", "name", -24}, {"ID", "domid", 5},     {"Mem", "memory", 7},
	{"VCPUs", "vcpus", 5}, {"State", "state", -6}, {"Time(s)", "cpu_seconds", 9},
	{NULL, NULL, 0},
};

/* r running, b blocked, p paused, s shut down, c crashed, d dying: the letters xl prints. */
static void state_letters(uint32_t flags, char *out)
{
	bool down = flags & XEN_DOMINF_shutdown;
	bool crashed = down && (flags >> XEN_DOMINF_shutdownshift & XEN_DOMINF_shutdownmask) == 3;

	strcpy(out, "------");
	if (flags & XEN_DOMINF_running)
		out[0] = 'r';
	if (flags & XEN_DOMINF_blocked)
		out[1] = 'b';
	if (flags & XEN_DOMINF_paused)
		out[2] = 'p';
	if (down && !crashed)
		out[3] = 's';
	if (crashed)
		out[4] = 'c';
	if (flags & XEN_DOMINF_dying)
		out[5] = 'd';
}

static json_t *row_of(struct host *h, const struct domctl_getdomaininfo *i)
{
	char name[DOMCONF_NAME_MAX * 2], uuid[37], state[8];
	bool down = i->flags & XEN_DOMINF_shutdown;
	json_t *row;

	name_of(h, i->domain, name, sizeof(name));
	uuid_format(i->handle, uuid);
	state_letters(i->flags, state);
	row = json_pack("{s:s,s:i,s:I,s:i,s:s,s:f,s:s,s:I,s:i}", "name", name, "domid",
			(int)i->domain, "memory", (json_int_t)(i->tot_pages >> 8), "vcpus",
			(int)i->nr_online_vcpus, "state", state, "cpu_seconds",
			(double)i->cpu_time / 1e9, "uuid", uuid, "max_memory_kib",
			(json_int_t)(i->max_pages << 2), "max_vcpus", (int)i->max_vcpu_id + 1);
	if (down)
		json_object_set_new(row, "shutdown_code",
				    json_integer(i->flags >> XEN_DOMINF_shutdownshift &
						 XEN_DOMINF_shutdownmask));
	return row;
}

static int run(struct cli *c, int n, char **args)
{
	struct domctl_getdomaininfo *all;
	int count = sysctl_domains(&c->h.hv, &all), i, k, rc = 0;
	json_t *rows = json_array();

	if (count < 0)
		rc = diag_set(&c->d, count, "cannot list the domains: %s", strerror(-count));
	for (k = 0; k < n && !rc; k++) {
		uint16_t domid;

		rc = name_resolve(&c->h, args[k], &domid, &c->d);
		for (i = 0; i < count && !rc; i++)
			if (all[i].domain == domid)
				json_array_append_new(rows, row_of(&c->h, &all[i]));
	}
	for (i = 0; !n && i < count; i++)
		json_array_append_new(rows, row_of(&c->h, &all[i]));
	if (!rc)
		table_print(columns, rows, as_json);
	json_decref(rows);
	if (count >= 0)
		free(all);
	return rc;
}

const struct verb verb_list = {
	.name = "list",
	.cmd = {"pav list", "[GUEST...]", "show guests with their memory, vCPUs and state", opts},
	.need = NEED_HOST,
	.max_args = -1,
	.run = run,
};
