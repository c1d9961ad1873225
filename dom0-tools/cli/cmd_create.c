// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/plan.h"
#include "cli/term.h"
#include "conf/domconf.h"
#include "life/conf_file.h"
#include "life/create.h"
#include "life/early.h"
#include "life/names.h"

static bool paused, dry_run, as_json, console, quiet;
static unsigned wait_s;
static const char *file;

static const struct opt opts[] = {
	{'p', "paused", NULL, OPT_FLAG, &paused, "leave the guest paused"},
	{'c', "console", NULL, OPT_FLAG, &console,
	 "connect to the guest's console (leave with Ctrl-])"},
	{'n', "dry-run", NULL, OPT_FLAG, &dry_run,
	 "check everything, say what would be made, and make nothing"},
	{0, "json", NULL, OPT_FLAG, &as_json, "with --dry-run: print JSON"},
	{'f', "defconfig", "FILE", OPT_STR, &file, "configuration file, as with the operand"},
	{'w', "watch", "SECONDS", OPT_UINT, &wait_s,
	 "report it if the guest ends within that time"},
	{'q', "quiet", NULL, OPT_FLAG, &quiet, "no warnings about keys that have no effect"},
	NO_MORE_OPTS,
};

static void warn(void *arg, const char *text)
{
	(void)arg;
	if (!quiet)
		log_line("pav create: warning", "%s", text);
}

static int gather(struct cli *c, struct domconf *conf, int n, char **args)
{
	int i;

	if (!file && n && !strchr(args[0], '=')) {
		file = args[0];
		n--;
		args++;
	}
	for (i = 0; i < n; i++)
		if (!strchr(args[i], '='))
			return opt_wrong(&c->verb->cmd, "'%s' is not of the form key=value",
					 args[i]);
	return conf_file_guest(conf, file, args, n, warn, NULL, &c->d);
}

static int plan(struct cli *c, struct domconf *conf)
{
	struct create_facts facts;
	int rc = create_check(&c->h, conf, &facts, &c->d);

	if (rc)
		return diag_at(&c->d, rc, "guest %s", conf->name);
	plan_print(conf, &facts, as_json);
	return 0;
}

static int create(struct cli *c, struct domconf *conf)
{
	uint16_t domid;
	int rc;

	if (dry_run)
		return plan(c, conf);
	rc = create_guest(&c->h, conf, paused || console, &domid, &c->d);
	if (rc)
		return diag_at(&c->d, rc, "guest %s", conf->name);
	if (console)
		return term_attach(&c->h, conf->name, name_resolve, paused ? 0 : TERM_UNPAUSE, 0,
				   &c->d);
	return paused ? 0 : early_watch(&c->h, domid, conf->name, wait_s * 1000, &c->d);
}

static int run(struct cli *c, int n, char **args)
{
	struct domconf *conf;
	int rc;

	if (as_json && !dry_run)
		return opt_wrong(&c->verb->cmd, "--json goes with --dry-run");
	conf = calloc(1, sizeof(*conf));
	if (!conf)
		return diag_set(&c->d, -ENOMEM, "out of memory");
	rc = gather(c, conf, n, args);
	if (!rc)
		rc = create(c, conf);
	domconf_free(conf);
	free(conf);
	return rc;
}

const struct verb verb_create = {
	.name = "create",
	.cmd = {"pav create", "[FILE] [KEY=VALUE...]",
		"make a guest from a configuration and start it", opts},
	.need = NEED_HOST,
	.max_args = -1,
	.run = run,
};
