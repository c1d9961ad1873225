// SPDX-License-Identifier: GPL-2.0-or-later
#include <curses.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "conf/domconf.h"
#include "lib/sysctl.h"
#include "lib/table.h"
#include "life/names.h"

enum { LINE = 160 };

static bool batch, as_json;
static unsigned delay = 3, rounds;

static const struct opt opts[] = {
	{'b', "batch", NULL, OPT_FLAG, &batch, "print plain lines, also when on a terminal"},
	{'d', "delay", "SECONDS", OPT_UINT, &delay, "time between two looks (3)"},
	{'n', "iterations", "N", OPT_UINT, &rounds, "end after N looks (0: never; 1 with --json)"},
	{0, "json", NULL, OPT_FLAG, &as_json, "look twice and print the second look as JSON"},
	NO_MORE_OPTS,
};

/* One look at all domains. */
struct look {
	struct domctl_getdomaininfo *list;
	int n;
	uint64_t at;
	struct sysctl_physinfo machine;
};

static int look(struct cli *c, struct look *l)
{
	int rc = sysctl_physinfo(&c->h.hv, &l->machine);

	l->at = host_now();
	l->n = rc ? rc : sysctl_domains(&c->h.hv, &l->list);
	return l->n < 0 ? diag_set(&c->d, l->n, "cannot list the domains: %s", strerror(-l->n)) : 0;
}

/* CPU time of a domain at the look before, or its own when it is new. */
static uint64_t cpu_before(const struct look *l, const struct domctl_getdomaininfo *d)
{
	int i;

	for (i = 0; i < l->n; i++)
		if (l->list[i].domain == d->domain && !memcmp(l->list[i].handle, d->handle, 16))
			return l->list[i].cpu_time;
	return d->cpu_time;
}

static json_t *row_of(struct cli *c, const struct look *before, const struct look *now, int i)
{
	const struct domctl_getdomaininfo *d = &now->list[i];
	double span = before->n ? (double)(now->at - before->at) : 0;
	double used = (double)(d->cpu_time - cpu_before(before, d));
	char name[DOMCONF_NAME_MAX * 2];

	name_of(&c->h, d->domain, name, sizeof(name));
	return json_pack("{s:s,s:i,s:f,s:f,s:I,s:f,s:i}", "name", name, "domid", (int)d->domain,
			 "cpu_seconds", (double)d->cpu_time / 1e9, "cpu_percent",
			 span > 0 ? used / span * 100 : 0.0, "memory_kib",
			 (json_int_t)(d->tot_pages << 2), "memory_percent",
			 (double)d->tot_pages * 100 / (double)now->machine.total_pages, "vcpus",
			 (int)d->nr_online_vcpus);
}

static int busier(const void *a, const void *b)
{
	double x = json_real_value(json_object_get(*(json_t *const *)a, "cpu_percent"));
	double y = json_real_value(json_object_get(*(json_t *const *)b, "cpu_percent"));

	return x < y ? 1 : x > y ? -1 : 0;
}

static const struct column columns[] = {
	{"NAME", "name", -24},          {"ID", "domid", 5},
	{"CPU(s)", "cpu_seconds", 10},  {"CPU(%)", "cpu_percent", 7},
	{"MEM(KiB)", "memory_kib", 10}, {"MEM(%)", "memory_percent", 7},
	{"VCPUS", "vcpus", 5},          {NULL, NULL, 0},
};

static void heading(char *line, const struct look *l)
{
	snprintf(line, LINE, "%d domains, %u CPUs at %u MHz, memory %llu MiB, %llu MiB free", l->n,
		 l->machine.nr_cpus, l->machine.cpu_khz / 1000,
		 (unsigned long long)l->machine.total_pages >> 8,
		 (unsigned long long)l->machine.free_pages >> 8);
}

static void show_screen(const struct look *l, json_t **rows)
{
	char line[LINE];
	int i;

	erase();
	heading(line, l);
	mvaddnstr(0, 0, line, COLS);
	attron(A_REVERSE);
	mvprintw(2, 0, "%-24s %5s %10s %7s %10s %7s %5s", "NAME", "ID", "CPU(s)", "CPU(%)",
		 "MEM(KiB)", "MEM(%)", "VCPUS");
	attroff(A_REVERSE);
	for (i = 0; i < l->n && i + 3 < LINES - 1; i++)
		mvprintw(i + 3, 0, "%-24.24s %5d %10.1f %7.1f %10lld %7.1f %5d",
			 json_string_value(json_object_get(rows[i], "name")),
			 (int)json_integer_value(json_object_get(rows[i], "domid")),
			 json_real_value(json_object_get(rows[i], "cpu_seconds")),
			 json_real_value(json_object_get(rows[i], "cpu_percent")),
			 (long long)json_integer_value(json_object_get(rows[i], "memory_kib")),
			 json_real_value(json_object_get(rows[i], "memory_percent")),
			 (int)json_integer_value(json_object_get(rows[i], "vcpus")));
	mvaddnstr(LINES - 1, 0, "q: quit", COLS);
	refresh();
}

static void show_lines(const struct look *l, json_t **rows)
{
	json_t *a = json_array();
	char line[LINE];
	int i;

	for (i = 0; i < l->n; i++)
		json_array_append(a, rows[i]);
	if (!as_json) {
		heading(line, l);
		puts(line);
	}
	table_print(columns, a, as_json);
	fflush(stdout);
	json_decref(a);
}

static int show(struct cli *c, const struct look *before, const struct look *now, bool screen)
{
	json_t **rows = calloc((size_t)now->n + 1, sizeof(*rows));
	int i;

	if (!rows)
		return diag_set(&c->d, -ENOMEM, "out of memory");
	for (i = 0; i < now->n; i++)
		rows[i] = row_of(c, before, now, i);
	qsort(rows, (size_t)now->n, sizeof(*rows), busier);
	if (screen)
		show_screen(now, rows);
	else
		show_lines(now, rows);
	for (i = 0; i < now->n; i++)
		json_decref(rows[i]);
	free(rows);
	return 0;
}

/* Wait for the next look; true when the user wants to leave. */
static bool pause_or_quit(bool screen)
{
	if (!screen) {
		host_sleep(delay * 1000);
		return false;
	}
	timeout((int)delay * 1000);
	return getch() == 'q';
}

static int run(struct cli *c, int n, char **args)
{
	bool screen = !batch && !as_json && isatty(STDOUT_FILENO);
	struct look before = {0}, now = {0};
	unsigned done = 0;
	int rc;

	(void)n;
	(void)args;
	if (!delay)
		delay = 1;
	if (as_json) {
		rc = look(c, &before);
		if (rc)
			return rc;
		host_sleep(delay * 1000);
		rounds = 1;
	}
	if (screen && !initscr())
		return diag_set(&c->d, -ENOTTY, "this terminal cannot be used; try --batch");
	for (;;) {
		rc = look(c, &now);
		if (!rc)
			rc = show(c, &before, &now, screen);
		if (rc || ++done == rounds || pause_or_quit(screen))
			break;
		free(before.list);
		before = now;
		now.list = NULL;
	}
	if (screen)
		endwin();
	free(before.list);
	free(now.list);
	return rc;
}

const struct verb verb_top = {
	.name = "top",
	.cmd = {"pav top", "", "show guests by the CPU time they take, again and again", opts},
	.need = NEED_HOST,
	.run = run,
};
