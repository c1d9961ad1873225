// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "lib/opt.h"
#include "lib/store.h"
#include "lib/table.h"
#include "life/names.h"

static bool as_json;
static const char *setting;

static const struct opt opts[] = {
	{'s', "set", "NAME=N", OPT_STR, &setting, "change this limit, at once and for good"},
	{0, "json", NULL, OPT_FLAG, &as_json, "print JSON"},
	NO_MORE_OPTS,
};

static const struct column columns[] = {
	{"Limit", "limit", -18},
	{"Used", "used", 9},
	{"May use", "max", 9},
	{NULL, NULL, 0},
};

/* Ask the daemon: what is NULL or "quota", "quota-soft"; a guest's number or "" for all guests. */
static int ask(struct cli *c, const char *verb, const char *domid, const char *name,
	       const char *value, char *text, size_t size)
{
	const char *words[] = {verb, domid, name ? "set" : "", name ? name : "", name ? value : ""};
	char args[256];
	size_t n = 0, i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!words[i][0])
			continue;
		if (n + strlen(words[i]) + 1 > sizeof(args))
			return -E2BIG;
		strcpy(args + n, words[i]);
		n += strlen(words[i]) + 1;
	}
	return store_control(c->h.store, args, n, text, size);
}

static int refused(struct cli *c, int rc)
{
	if (rc != -EINVAL && rc != -EIO)
		return diag_set(&c->d, rc, "the store daemon does not tell its limits: %s",
				strerror(-rc));
	diag_set(&c->d, rc, "the store daemon does not know these limits");
	return diag_hint(&c->d, rc, "pav-stored does; another one may be running (pav info)");
}

static int change(struct cli *c, const char *domid)
{
	char name[64], text[4096];
	const char *eq = strchr(setting, '='), *what = name;
	unsigned long long v;
	bool soft;
	int rc;

	if (!eq || eq == setting || (size_t)(eq - setting) >= sizeof(name) ||
	    opt_uint(eq + 1, 0x7fffffff, &v))
		return opt_wrong(&c->verb->cmd, "--set: '%s' is not NAME=N, N a number up to %d",
				 setting, 0x7fffffff);
	memcpy(name, setting, (size_t)(eq - setting));
	name[eq - setting] = '\0';
	soft = !strncmp(name, "soft-", 5);
	if (soft)
		what += 5;
	snprintf(text, sizeof(text), "%llu", v);
	rc = ask(c, soft ? "quota-soft" : "quota", domid, what, text, text, sizeof(text));
	if (rc == -ENOENT) {
		diag_set(&c->d, rc, "no limit is called '%s'", name);
		return diag_hint(&c->d, rc, "pav store-quota shows them");
	}
	return rc ? refused(c, rc) : 0;
}

static json_t *row_of(json_t *rows, const char *name)
{
	json_t *row;
	size_t i;

	json_array_foreach(rows, i,
			   row) if (!strcmp(json_string_value(json_object_get(row, "limit")),
					    name)) return row;
	row = json_pack("{s:s}", "limit", name);
	json_array_append_new(rows, row);
	return row;
}

/* Lines "NAME NUMBER ..." become rows; a line that ends in ":" says which column comes. */
static void take_lines(json_t *rows, char *text, const char *prefix)
{
	char *line, *save = NULL, name[32], full[40];
	const char *key = "max";
	unsigned long long v;

	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (!strcmp(line, "uses:"))
			key = "used";
		else if (!strcmp(line, "may use:"))
			key = "max";
		else if (sscanf(line, "%31s %llu", name, &v) == 2) {
			snprintf(full, sizeof(full), "%s%s", prefix, name);
			json_object_set_new(row_of(rows, full), key, json_integer((long long)v));
		}
	}
}

static int show(struct cli *c, const char *domid)
{
	json_t *rows = json_array();
	char text[4096];
	int rc = ask(c, "quota", domid, NULL, NULL, text, sizeof(text));

	if (!rc)
		take_lines(rows, text, "");
	if (!rc && !domid[0]) {
		rc = ask(c, "quota-soft", "", NULL, NULL, text, sizeof(text));
		if (!rc)
			take_lines(rows, text, "soft-");
	}
	if (!rc)
		table_print(columns, rows, as_json);
	json_decref(rows);
	if (rc == -ENOENT)
		return diag_set(&c->d, rc, "the store has nothing of domain %s", domid);
	return rc ? refused(c, rc) : 0;
}

static int run(struct cli *c, int n, char **args)
{
	char domid[16] = "";
	uint16_t id;
	int rc;

	if (n) {
		rc = name_resolve(&c->h, args[0], &id, &c->d);
		if (rc)
			return rc;
		if (!id && setting)
			return diag_set(&c->d, -EINVAL, "the control domain has no limits");
		snprintf(domid, sizeof(domid), "%u", id);
	}
	return setting ? change(c, domid) : show(c, domid);
}

const struct verb verb_store_quota = {
	.name = "store-quota",
	.cmd = {"pav store-quota", "[GUEST]", "show or set how much of the store guests may use",
		opts},
	.need = NEED_HOST,
	.max_args = 1,
	.run = run,
};
