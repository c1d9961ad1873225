// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "cli/cli.h"
#include "lib/cpumap.h"
#include "lib/sysctl.h"
#include "lib/table.h"
#include "life/pool.h"

enum { CPU_TEXT = 256 };

static bool as_json, with_cpus;

static const struct opt opts[] = {
	{'c', "cpus", NULL, OPT_FLAG, &with_cpus, "show which CPUs, and those in no pool"},
	{0, "json", NULL, OPT_FLAG, &as_json, "print JSON"},
	NO_MORE_OPTS,
};

static const struct column columns[] = {
	{"Name", "name", -24},     {"ID", "id", 3}, {"CPUs", "nr_cpus", 5},
	{"Domains", "domains", 8}, {NULL, NULL, 0},
};

static const struct column columns_cpus[] = {
	{"Name", "name", -24},
	{"ID", "id", 3},
	{"CPUs", "cpus", -16},
	{NULL, NULL, 0},
};

static void add(json_t *rows, const struct pool *p, unsigned limit)
{
	unsigned n = 0, i;
	char text[CPU_TEXT];

	for (i = 0; i < sizeof(p->cpus); i++)
		n += (unsigned)__builtin_popcount(p->cpus[i]);
	/* One above the last CPU, so that "all" is spelled out. */
	cpumap_format(p->cpus, limit + 1, text, sizeof(text));
	json_array_append_new(rows, json_pack("{s:s,s:i,s:i,s:s,s:i}", "name", p->name, "id",
					      (int)p->id, "nr_cpus", (int)n, "cpus", text,
					      "domains", (int)p->domains));
}

static int all(struct cli *c, json_t *rows, unsigned limit)
{
	struct pool p;
	uint32_t from = 0;
	int rc;

	while (!(rc = pool_next(&c->h, from, &p))) {
		add(rows, &p, limit);
		from = p.id + 1;
	}
	return rc == -ENOENT
		       ? 0
		       : diag_set(&c->d, rc, "cannot read the pools of CPUs: %s", strerror(-rc));
}

/* Printed behind the table; JSON has the pools alone. */
static int show_free(struct cli *c, unsigned limit)
{
	uint8_t cpus[CPUMAP_BYTES];
	char text[CPU_TEXT];
	int rc = pool_free_cpus(&c->h, cpus, &c->d);

	if (rc)
		return rc;
	cpumap_format(cpus, limit + 1, text, sizeof(text));
	if (text[0])
		printf("In no pool: %s\n", text);
	return 0;
}

static int run(struct cli *c, int n, char **args)
{
	json_t *rows = json_array();
	struct sysctl_physinfo m;
	struct pool p;
	int rc = sysctl_physinfo(&c->h.hv, &m);

	if (rc)
		rc = diag_set(&c->d, rc, "cannot ask the hypervisor for its state: %s",
			      strerror(-rc));
	else if (n)
		rc = pool_find(&c->h, args[0], &p, &c->d);
	else
		rc = all(c, rows, m.max_cpu_id + 1);
	if (!rc && n)
		add(rows, &p, m.max_cpu_id + 1);
	if (!rc)
		table_print(with_cpus ? columns_cpus : columns, rows, as_json);
	if (!rc && !n && with_cpus && !as_json)
		rc = show_free(c, m.max_cpu_id + 1);
	json_decref(rows);
	return rc;
}

const struct verb verb_cpupool_list = {
	.name = "cpupool-list",
	.cmd = {"pav cpupool-list", "[POOL]", "show the pools of CPUs", opts},
	.need = NEED_HOST,
	.max_args = 1,
	.run = run,
};
