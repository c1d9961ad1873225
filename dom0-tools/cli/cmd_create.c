// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/config.h"
#include "cli/term.h"
#include "conf/domconf.h"
#include "lib/table.h"
#include "life/create.h"
#include "life/early.h"
#include "life/names.h"

static bool paused, dry_run, console, quiet;
static unsigned wait_s;
static const char *file;

static const struct opt opts[] = {
	{'p', "paused", NULL, OPT_FLAG, &paused, "leave the guest paused"},
	{'c', "console", NULL, OPT_FLAG, &console,
	 "connect to the guest's console (leave with Ctrl-])"},
	{'n', "dry-run", NULL, OPT_FLAG, &dry_run,
	 "check everything and print the settings as JSON"},
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

/* key=value from the command line; the shell has eaten the quotes of a string, so add them. */
static int override(struct cfg *cfg, const char *arg, struct diag *d)
{
	const char *eq = strchr(arg, '='), *v = eq + 1;
	char *text = NULL;
	int n, rc;

	while (*v == ' ')
		v++;
	if (*v == '"' || *v == '\'' || *v == '[' || (*v && strspn(v, "0123456789") == strlen(v)))
		n = asprintf(&text, "%s", arg);
	else
		n = asprintf(&text, "%.*s=\"%s\"", (int)(eq - arg), arg, v);
	if (n < 0)
		return diag_set(d, -ENOMEM, "out of memory");
	rc = cfg_parse(cfg, "command line", text, (size_t)n, d);
	free(text);
	return rc;
}

static int gather(struct cli *c, struct domconf *conf, int n, char **args)
{
	struct cfg cfg;
	int rc = 0, i = 0;

	cfg_init(&cfg);
	if (!file && n && !strchr(args[0], '=')) {
		file = args[0];
		i = 1;
	}
	if (file)
		rc = config_read(&cfg, file, &c->d);
	for (; i < n && !rc; i++) {
		if (strchr(args[i], '='))
			rc = override(&cfg, args[i], &c->d);
		else
			rc = opt_wrong(&c->verb->cmd, "'%s' is not of the form key=value", args[i]);
	}
	if (!rc)
		rc = domconf_from_cfg(conf, &cfg, warn, NULL, &c->d);
	cfg_free(&cfg);
	return rc;
}

static int print_settings(const struct domconf *conf)
{
	json_t *j = domconf_to_json(conf);

	table_json(j);
	json_decref(j);
	return 0;
}

static int create(struct cli *c, struct domconf *conf)
{
	uint16_t domid;
	int rc;

	if (dry_run) {
		rc = create_check(&c->h, conf, &c->d);
		return rc ? rc : print_settings(conf);
	}
	rc = create_guest(&c->h, conf, paused || console, &domid, &c->d);
	if (rc)
		return diag_at(&c->d, rc, "guest %s", conf->name);
	if (console)
		return term_attach(&c->h, conf->name, name_resolve, !paused, &c->d);
	return paused ? 0 : early_watch(&c->h, domid, conf->name, wait_s * 1000, &c->d);
}

static int run(struct cli *c, int n, char **args)
{
	struct domconf *conf = calloc(1, sizeof(*conf));
	int rc;

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
