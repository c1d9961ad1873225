// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "lib/cpumap.h"
#include "life/conf_file.h"
#include "life/pool.h"

static const char *file;

static const struct opt opts[] = {
	{'f', "defconfig", "FILE", OPT_STR, &file, "configuration file, as with the operand"},
	NO_MORE_OPTS,
};

struct request {
	char name[POOL_NAME];
	bool has_cpus;
	uint8_t cpus[CPUMAP_BYTES];
};

static int wrong(struct cli *c, const struct cfg_entry *e, const char *what)
{
	return diag_set(&c->d, -EINVAL, "%s:%d: %s %s", e->file, e->line, e->key, what);
}

/* cpus = "0-3,^2", or a list of numbers. */
static int take_cpus(struct cli *c, const struct cfg_entry *e, struct request *r)
{
	const struct cfg_value *v = e->value;
	uint8_t one[CPUMAP_BYTES];
	unsigned i;

	r->has_cpus = true;
	for (v = v->kind == CFG_LIST ? v->items : v; v; v = v->next) {
		if (v->kind == CFG_LIST || cpumap_parse(v->text, one))
			return wrong(c, e, "must be CPUs such as \"0-3,^2\" or [1, 2]");
		for (i = 0; i < CPUMAP_BYTES; i++)
			r->cpus[i] |= one[i];
	}
	return 0;
}

static int take(struct cli *c, const struct cfg_entry *e, struct request *r)
{
	const char *text = e->value->kind == CFG_LIST ? "" : e->value->text;

	if (!strcmp(e->key, "cpus"))
		return take_cpus(c, e, r);
	if (!strcmp(e->key, "sched")) {
		if (!strcmp(text, "credit2") || !strcmp(text, "credit"))
			return 0;
		return wrong(c, e, "must be \"credit2\": all pools have the same scheduler");
	}
	if (strcmp(e->key, "name"))
		return diag_hint(&c->d, wrong(c, e, "is not known for a CPU pool"),
				 "served: name cpus sched");
	if (!pool_name_valid(text))
		return wrong(c, e, "must be 1 to 63 printable characters, no blank, '/' or number");
	snprintf(r->name, sizeof(r->name), "%s", text);
	return 0;
}

static int gather(struct cli *c, struct cfg *cfg, int n, char **args)
{
	int rc = 0, i = 0;

	if (!file && n && !strchr(args[0], '='))
		file = args[i++];
	if (file)
		rc = conf_file_read(cfg, file, &c->d);
	for (; i < n && !rc; i++)
		rc = conf_file_set(cfg, args[i], &c->d);
	return rc;
}

static int run(struct cli *c, int n, char **args)
{
	struct request r = {.name = ""};
	const struct cfg_entry *e;
	uint32_t id;
	struct cfg cfg;
	int rc;

	cfg_init(&cfg);
	rc = gather(c, &cfg, n, args);
	for (e = cfg.first; e && !rc; e = e->next)
		rc = take(c, e, &r);
	if (!rc && !r.name[0])
		rc = diag_hint(&c->d, diag_set(&c->d, -EINVAL, "the CPU pool's name is missing"),
			       "pav cpupool-create name=small cpus=2-3");
	if (!rc)
		rc = pool_create(&c->h, r.name, r.has_cpus ? r.cpus : NULL, &id, &c->d);
	cfg_free(&cfg);
	return rc;
}

const struct verb verb_cpupool_create = {
	.name = "cpupool-create",
	.cmd = {"pav cpupool-create", "[FILE] [KEY=VALUE...]", "make a pool of free CPUs", opts},
	.need = NEED_HOST,
	.max_args = -1,
	.run = run,
};
