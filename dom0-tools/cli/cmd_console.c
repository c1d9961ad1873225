// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/term.h"
#include "conf/domconf.h"
#include "lib/conlog.h"
#include "lib/daemon.h"
#include "life/names.h"
#include "life/restart.h"

static bool log_only, raw;
static unsigned lines;

static const struct opt opts[] = {
	{'l', "log", NULL, OPT_FLAG, &log_only, "print what the guest has written so far and end"},
	{'n', "lines", "N", OPT_UINT, &lines, "show the last N lines first"},
	{'r', "raw", NULL, OPT_FLAG, &raw,
	 "let the guest send all that terminals understand, to answer and to keep"},
	NO_MORE_OPTS,
};

/* The log is the name's: it can be read when the guest is gone. */
static int print_log(struct cli *c, const char *what)
{
	char name[DOMCONF_NAME_MAX * 2];
	struct diag ignored;
	uint16_t domid;
	int rc;

	snprintf(name, sizeof(name), "%s", what);
	if (!name_resolve(&c->h, what, &domid, &ignored))
		name_of(&c->h, domid, name, sizeof(name));
	rc = conlog_print(name, stdout);
	if (rc) {
		diag_set(&c->d, rc, "no console log of a guest '%s' is kept: %s", what,
			 strerror(-rc));
		diag_hint(&c->d, rc, "logs are in " CONLOG_DIR "; is pav-consoled running?");
	}
	return rc;
}

/* A guest that is just being made, or is between two lives, is as good as there. */
static int find(struct host *h, const char *what, uint16_t *domid, struct diag *d)
{
	struct domctl_getdomaininfo info;
	int rc = name_resolve(h, what, domid, d);

	if (rc == -ENOENT && (name_being_made(h, what) || restart_of(h, what)))
		return -EAGAIN;
	if (rc)
		return rc;
	if (!*domid)
		return diag_hint(
			d, diag_set(d, -EINVAL, "the control domain's console is not kept here"),
			"journalctl -k shows what its kernel said, pav dmesg the hypervisor");
	if (!domctl_info(&h->hv, *domid, &info) && restart_open(h, &info) &&
	    daemon_runs("pav-domd"))
		return -EAGAIN;
	return 0;
}

static int run(struct cli *c, int n, char **args)
{
	(void)n;
	if (log_only)
		return print_log(c, args[0]);
	return term_attach(&c->h, args[0], find, raw ? TERM_RAW : 0, lines, &c->d);
}

const struct verb verb_console = {
	.name = "console",
	.cmd = {"pav console", "GUEST", "connect to a guest's console; leave with Ctrl-]", opts},
	.need = NEED_HOST,
	.min_args = 1,
	.max_args = 1,
	.run = run,
};
