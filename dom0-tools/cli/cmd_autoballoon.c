// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "conf/domconf.h"
#include "lib/daemon.h"
#include "lib/table.h"
#include "life/names.h"
#include "life/rebalance.h"
#include "life/want.h"

enum { BUSY_MS = 500, INTERVAL_MAX = 3600, KEEP_MAX = 1 << 24 };

static bool dry_run, as_json;
static unsigned interval = 5, keep = 64;

static const struct opt opts[] = {
	{'n', "dry-run", NULL, OPT_FLAG, &dry_run, "look once, print the plan, change nothing"},
	{'i', "interval", "SECONDS", OPT_UINT, &interval, "time between two looks (5)"},
	{'k', "keep", "MIB", OPT_UINT, &keep, "memory to leave free for new guests (64)"},
	{0, "json", NULL, OPT_FLAG, &as_json, "with --dry-run: print JSON"},
	NO_MORE_OPTS,
};

static const struct column columns[] = {
	{"Name", "name", -24}, {"ID", "domid", 5},    {"Min", "min", 7},     {"Max", "max", 7},
	{"Has", "memory", 7},  {"Wants", "wants", 7}, {"Gets", "target", 7}, {NULL, NULL, 0},
};

static json_int_t mib(uint64_t kib)
{
	return (json_int_t)(kib >> 10);
}

static int show(struct cli *c, const struct rebalance *r)
{
	char name[DOMCONF_NAME_MAX * 2];
	json_t *rows = json_array(), *row;
	size_t i;

	for (i = 0; i < r->n; i++) {
		const struct balloon_guest *g = &r->guests[i];

		name_of(&c->h, r->domids[i], name, sizeof(name));
		row = json_pack("{s:s,s:i,s:I,s:I,s:I,s:I,s:I,s:b}", "name", name, "domid",
				(int)r->domids[i], "min", mib(g->min), "max", mib(g->max), "memory",
				mib(g->now), "wants", mib(g->wants), "target", mib(g->target),
				"fixed", (int)g->fixed);
		if (g->used != BALLOON_UNTOLD)
			json_object_set_new(row, "used", json_integer(mib(g->used)));
		json_array_append_new(rows, row);
	}
	if (!as_json)
		printf("%llu MiB free, %u to be kept, %llu waited for\n",
		       (unsigned long long)r->free >> 10, keep,
		       (unsigned long long)r->wanted >> 10);
	table_print(columns, rows, as_json);
	json_decref(rows);
	return 0;
}

/* Until it is time, or somebody has asked. -errno: the store is gone. */
static int rest(struct cli *c, unsigned ms)
{
	struct pollfd p = {store_fd(c->h.store), POLLIN, 0};
	char *path, *token;
	int rc;

	if (!store_event_here(c->h.store) && poll(&p, 1, (int)ms) < 0 && errno != EINTR)
		return -errno;
	while ((rc = store_event(c->h.store, 0, &path, &token)) > 0)
		free(path);
	return rc;
}

static int serve(struct cli *c, struct rebalance *r)
{
	bool short_of = false;
	int rc = daemon_lock(WANT_DAEMON, &c->d);

	if (rc)
		return rc;
	rc = store_watch(c->h.store, WANT_DIR, "want");
	while (!rc) {
		rc = rebalance_look(r, &c->h, keep * 1024ull, &c->d);
		if (rc)
			return rc;
		rebalance_apply(r, &c->h);
		if (!r->enough && !short_of)
			log_line(c->verb->cmd.name,
				 "guests cannot give enough: %llu MiB wanted and %u to be kept, "
				 "%llu MiB free",
				 (unsigned long long)r->wanted >> 10, keep,
				 (unsigned long long)r->free >> 10);
		short_of = !r->enough;
		rc = rest(c, r->wanted ? BUSY_MS : interval * 1000);
	}
	return diag_set(&c->d, rc, "the store daemon is gone: %s", strerror(-rc));
}

static int run(struct cli *c, int n, char **args)
{
	struct rebalance r = {.n = 0};
	int rc;

	(void)n;
	(void)args;
	if (!interval || interval > INTERVAL_MAX || keep > KEEP_MAX)
		return opt_wrong(&c->verb->cmd, "--interval is 1 to %d, --keep at most %d",
				 INTERVAL_MAX, KEEP_MAX);
	if (as_json && !dry_run)
		return opt_wrong(&c->verb->cmd, "--json goes with --dry-run");
	if (dry_run) {
		rc = rebalance_look(&r, &c->h, keep * 1024ull, &c->d);
		if (!rc)
			rc = show(c, &r);
	} else {
		rc = serve(c, &r);
	}
	rebalance_free(&r);
	return rc;
}

const struct verb verb_autoballoon = {
	.name = "autoballoon",
	.cmd = {"pav autoballoon", "", "share memory out among guests, all the time", opts},
	.need = NEED_HOST,
	.run = run,
};
