// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/top.h"
#include "lib/table.h"

enum { LINE = 160 };

static bool batch, as_json;
static unsigned delay = 3, rounds;
static const char *sort = "cpu";

static const struct opt opts[] = {
	{'b', "batch", NULL, OPT_FLAG, &batch, "print plain lines, also when on a terminal"},
	{'d', "delay", "SECONDS", OPT_UINT, &delay, "time between two looks (3)"},
	{'n', "iterations", "N", OPT_UINT, &rounds, "end after N looks (0: never; 1 with --json)"},
	{'s', "sort", "COLUMN", OPT_STR, &sort, "cpu, memory, disk, net, vcpus, name or id"},
	{0, "json", NULL, OPT_FLAG, &as_json, "look twice and print the second look as JSON"},
	NO_MORE_OPTS,
};

static const struct column columns[] = {
	{"NAME", "name", -24},
	{"ID", "domid", 5},
	{"CPU(s)", "cpu_seconds", 10},
	{"CPU(%)", "cpu_percent", 7},
	{"MEM(KiB)", "memory_kib", 10},
	{"MEM(%)", "memory_percent", 7},
	{"VCPUS", "vcpus", 5},
	{"READ(B/s)", "read_rate", 10},
	{"WRITE(B/s)", "write_rate", 10},
	{"RECV(B/s)", "receive_rate", 10},
	{"SENT(B/s)", "send_rate", 10},
	{NULL, NULL, 0},
};

static json_t *json_of(const struct top_row *r)
{
	char state[2] = {r->state, '\0'};

	return json_pack("{s:s,s:i,s:s,s:f,s:f,s:I,s:f,s:i,s:I,s:I,s:I,s:I}", "name", r->name,
			 "domid", (int)r->domid, "state", state, "cpu_seconds", r->cpu_seconds,
			 "cpu_percent", r->cpu_percent, "memory_kib", (json_int_t)r->memory_kib,
			 "memory_percent", r->memory_percent, "vcpus", (int)r->vcpus, "read_rate",
			 (json_int_t)r->read, "write_rate", (json_int_t)r->written, "receive_rate",
			 (json_int_t)r->received, "send_rate", (json_int_t)r->sent);
}

static int show(struct cli *c, const struct top_look *before, const struct top_look *now,
		enum top_order order)
{
	struct top_row *rows = top_rows(c, before, now, order, false);
	json_t *list = json_array();
	char line[LINE];
	int i;

	if (!rows)
		return diag_set(&c->d, -ENOMEM, "out of memory");
	for (i = 0; i < now->n; i++)
		json_array_append_new(list, json_of(&rows[i]));
	if (!as_json) {
		top_heading(line, sizeof(line), now);
		puts(line);
	}
	table_print(columns, list, as_json);
	json_decref(list);
	free(rows);
	return fflush(stdout) ? diag_set(&c->d, -errno, "cannot write the output") : 0;
}

static int lines(struct cli *c, enum top_order order)
{
	struct top_look before = {0}, now = {0};
	unsigned done = 0;
	int rc = 0;

	if (as_json) {
		rc = top_look(c, &before);
		rounds = 1;
		if (!rc)
			host_sleep(delay * 1000);
	}
	while (!rc) {
		rc = top_look(c, &now);
		if (!rc)
			rc = show(c, &before, &now, order);
		if (rc || ++done == rounds)
			break;
		host_sleep(delay * 1000);
		top_release(&before);
		before = now;
		now = (struct top_look){0};
	}
	top_release(&before);
	top_release(&now);
	return rc;
}

static int run(struct cli *c, int n, char **args)
{
	int order = top_order_of(sort);

	(void)n;
	(void)args;
	if (order < 0)
		return opt_wrong(&c->verb->cmd, "--sort: '%s' is no column", sort);
	if (!delay)
		delay = 1;
	if (!batch && !as_json && isatty(STDOUT_FILENO) && isatty(STDIN_FILENO))
		return top_screen(c, delay, rounds, (enum top_order)order);
	return lines(c, (enum top_order)order);
}

const struct verb verb_top = {
	.name = "top",
	.cmd = {"pav top", "", "show guests by the CPU time they take, again and again", opts},
	.need = NEED_HOST,
	.run = run,
};
