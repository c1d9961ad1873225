// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "conf/domconf.h"
#include "lib/cpumap.h"
#include "lib/sysctl.h"
#include "lib/table.h"
#include "life/names.h"

static bool as_json;

static const struct opt opts[] = {
	{0, "json", NULL, OPT_FLAG, &as_json, "print JSON"},
	NO_MORE_OPTS,
};

static const struct column columns[] = {
	{"Name", "name", -24},        {"ID", "domid", 5},
	{"VCPU", "vcpu", 5},          {"CPU", "cpu", 5},
	{"State", "state", -5},       {"Time(s)", "cpu_seconds", 9},
	{"Affinity", "affinity", -8}, {NULL, NULL, 0},
};

static void vcpu(struct cli *c, const struct domctl_getdomaininfo *i, unsigned v, unsigned cpus,
		 json_t *rows)
{
	char name[DOMCONF_NAME_MAX * 2], text[128] = "?";
	struct domctl_getvcpuinfo info;
	uint8_t map[CPUMAP_BYTES];
	char state[4] = "---";
	json_t *row;

	if (domctl_vcpu_info(&c->h.hv, i->domain, v, &info))
		return;
	if (!domctl_get_affinity(&c->h.hv, i->domain, v, map))
		cpumap_format(map, cpus, text, sizeof(text));
	name_of(&c->h, i->domain, name, sizeof(name));
	if (!info.online)
		state[2] = 'p';
	else if (info.running)
		state[0] = 'r';
	else if (info.blocked)
		state[1] = 'b';
	row = json_pack("{s:s,s:i,s:i,s:s,s:f,s:s}", "name", name, "domid", (int)i->domain, "vcpu",
			(int)v, "state", state, "cpu_seconds", (double)info.cpu_time / 1e9,
			"affinity", text);
	if (info.online)
		json_object_set_new(row, "cpu", json_integer(info.cpu));
	json_array_append_new(rows, row);
}

static int run(struct cli *c, int n, char **args)
{
	struct domctl_getdomaininfo *all;
	struct sysctl_physinfo p;
	json_t *rows = json_array();
	uint16_t domid;
	unsigned v;
	int count = sysctl_domains(&c->h.hv, &all), i, k, rc = 0;

	if (count < 0 || sysctl_physinfo(&c->h.hv, &p))
		rc = diag_set(&c->d, count < 0 ? count : -1,
			      "cannot ask the hypervisor for the domains");
	for (k = 0; k < (n ? n : 1) && !rc; k++) {
		if (n)
			rc = name_resolve(&c->h, args[k], &domid, &c->d);
		for (i = 0; i < count && !rc; i++)
			for (v = 0; (!n || all[i].domain == domid) && v <= all[i].max_vcpu_id &&
				    all[i].max_vcpu_id != XEN_INVALID_MAX_VCPU_ID;
			     v++)
				vcpu(c, &all[i], v, p.nr_cpus, rows);
	}
	if (!rc)
		table_print(columns, rows, as_json);
	json_decref(rows);
	if (count >= 0)
		free(all);
	return rc;
}

const struct verb verb_vcpu_list = {
	.name = "vcpu-list",
	.cmd = {"pav vcpu-list", "[GUEST...]", "show vCPUs, where they run and may run", opts},
	.need = NEED_HOST,
	.max_args = -1,
	.run = run,
};
