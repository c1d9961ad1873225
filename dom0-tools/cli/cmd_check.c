// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/check.h"
#include "cli/cli.h"
#include "lib/table.h"

static bool as_json;

static const struct opt opts[] = {
	{0, "json", NULL, OPT_FLAG, &as_json, "print JSON"},
	NO_MORE_OPTS,
};

static void add(struct check *k, const char *what, bool ok, const char *found, const char *remedy)
{
	json_t *row = json_pack("{s:s}", "state", ok ? "ok" : "missing");

	json_object_set_new(row, "what", table_text(what));
	json_object_set_new(row, "found", table_text(found));
	if (remedy && remedy[0])
		json_object_set_new(row, "remedy", table_text(remedy));
	json_array_append_new(k->rows, row);
	k->missing += !ok;
}

void check_ok(struct check *k, const char *what, const char *fmt, ...)
{
	char found[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(found, sizeof(found), fmt, ap);
	va_end(ap);
	add(k, what, true, found, NULL);
}

void check_missing(struct check *k, const char *what, const struct diag *d)
{
	add(k, what, false, d->text, d->hint);
}

void check_told(struct check *k, const char *what, int rc, const char *found, const struct diag *d)
{
	if (rc)
		check_missing(k, what, d);
	else
		check_ok(k, what, "%s", found);
}

static void print(const struct check *k)
{
	bool colours = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
	const char *state, *remedy;
	const json_t *row;
	size_t i;

	json_array_foreach(k->rows, i, row)
	{
		bool ok;

		state = json_string_value(json_object_get(row, "state"));
		remedy = json_string_value(json_object_get(row, "remedy"));
		ok = !strcmp(state, "ok");
		printf("%s%-7s%s %-20s %s\n",
		       !colours ? ""
		       : ok     ? "\033[32m"
				: "\033[31m",
		       state, colours ? "\033[0m" : "",
		       json_string_value(json_object_get(row, "what")),
		       json_string_value(json_object_get(row, "found")));
		if (remedy)
			printf("%-7s %-20s %s\n", "", "", remedy);
	}
	if (k->missing)
		printf("%d of %zu missing\n", k->missing, json_array_size(k->rows));
	else
		printf("nothing is missing\n");
}

static int run(struct cli *c, int n, char **args)
{
	struct check k = {.h = {.hv = {.privcmd = -1, .hypercall = -1}}, .rows = json_array()};
	const char *file = n && !strchr(args[0], '=') ? args[0] : NULL;
	int i;

	for (i = file ? 1 : 0; i < n; i++)
		if (!strchr(args[i], '='))
			return opt_wrong(&c->verb->cmd, "'%s' is not of the form key=value",
					 args[i]);
	check_host(&k);
	if (n)
		check_conf(&k, file, args + (file ? 1 : 0), n - (file ? 1 : 0));
	if (as_json)
		table_json(k.rows);
	else
		print(&k);
	json_decref(k.rows);
	host_close(&k.h);
	return k.missing ? 1 : 0;
}

const struct verb verb_check = {
	.name = "check",
	.cmd = {"pav check", "[FILE] [KEY=VALUE...]",
		"examine the machine, and what a configuration asks of it", opts},
	.need = NEED_NOTHING,
	.max_args = -1,
	.run = run,
};
