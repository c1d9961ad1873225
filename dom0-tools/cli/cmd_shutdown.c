// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "conf/domconf.h"
#include "lib/daemon.h"
#include "lib/domctl.h"
#include "lib/sysctl.h"
#include "life/ask.h"
#include "life/destroy.h"
#include "life/names.h"

enum { POWER_BUTTON_MS = 5000 };

static bool wait, all, reboot, fallback, destroy;
static unsigned timeout;

static const struct opt opts[] = {
	{'w', "wait", NULL, OPT_FLAG, &wait, "wait until the guests are gone"},
	{'t', "timeout", "SECONDS", OPT_UINT, &timeout, "with --wait: give up after that time"},
	{'r', "reboot", NULL, OPT_FLAG, &reboot, "ask for a reboot instead"},
	{'a', "all", NULL, OPT_FLAG, &all, "all guests"},
	{'F', "fallback", NULL, OPT_FLAG, &fallback,
	 "press the virtual power button if the guest does not react"},
	{'d', "destroy", NULL, OPT_FLAG, &destroy,
	 "with --wait: end at once who does not in time; restart nobody"},
	NO_MORE_OPTS,
};

/* The guest takes a request by emptying the node. */
static bool reacts(struct cli *c, uint16_t domid)
{
	uint64_t end = host_now() + POWER_BUTTON_MS * 1000000ull;
	char text[16];

	while (host_now() < end) {
		if (store_get(c->h.store, 0, text, sizeof(text),
			      "/local/domain/%u/control/shutdown", domid) <= 0)
			return true;
		host_sleep(50);
	}
	return false;
}

static int ask(struct cli *c, uint16_t domid)
{
	int rc = destroy ? ask_final(&c->h, domid, &c->d) : 0;

	if (!rc)
		rc = ask_shutdown(&c->h, domid, reboot ? "reboot" : "poweroff", &c->d);
	if (rc || !fallback || reacts(c, domid))
		return rc;
	rc = domctl_trigger(&c->h.hv, domid, XEN_DOMCTL_SENDTRIGGER_POWER, 0);
	return rc ? diag_set(&c->d, rc, "domain %u does not react, and has no power button: %s",
			     domid, strerror(-rc))
		  : 0;
}

static int wait_for(struct cli *c, uint16_t domid, uint64_t end)
{
	char name[DOMCONF_NAME_MAX];
	int rc;

	name_of(&c->h, domid, name, sizeof(name));
	rc = ask_wait(&c->h, domid, daemon_runs("pav-domd"), end, &c->d);
	if (!destroy)
		return rc;
	if (rc)
		log_line(c->verb->cmd.name, "guest %s does not end in time: destroyed", name);
	rc = destroy_guest(&c->h, domid, &c->d);
	return rc == -ENOENT ? 0 : rc;
}

static int each(struct cli *c, const uint16_t *ids, int n)
{
	uint64_t end = timeout ? host_now() + timeout * 1000000000ull : 0;
	int i, rc = 0;

	for (i = 0; i < n && !rc; i++)
		rc = ask(c, ids[i]);
	if (!wait)
		return rc;
	if (!rc && !destroy && !daemon_runs("pav-domd"))
		log_line("pav shutdown: warning",
			 "pav-domd is not running: nobody removes guests that end");
	for (i = 0; i < n && !rc; i++)
		rc = wait_for(c, ids[i], end);
	return rc;
}

static int collect_all(struct cli *c, uint16_t **ids)
{
	struct domctl_getdomaininfo *list;
	int count = sysctl_domains(&c->h.hv, &list), i, n = 0;

	if (count < 0)
		return diag_set(&c->d, count, "cannot list the domains: %s", strerror(-count));
	*ids = calloc((size_t)count + 1, sizeof(**ids));
	for (i = 0; *ids && i < count; i++)
		if (list[i].domain && !(list[i].flags & (XEN_DOMINF_dying | XEN_DOMINF_shutdown)))
			(*ids)[n++] = list[i].domain;
	free(list);
	return *ids ? n : diag_set(&c->d, -ENOMEM, "out of memory");
}

static int run(struct cli *c, int n, char **args)
{
	uint16_t *ids = NULL;
	int i, rc = 0;

	if (destroy && !wait)
		return opt_wrong(&c->verb->cmd, "--destroy needs --wait");
	if (all == (n > 0))
		return opt_wrong(&c->verb->cmd, all ? "--all takes no guest" : "which guest?");
	if (all) {
		n = collect_all(c, &ids);
		rc = n < 0 ? n : 0;
	} else {
		ids = calloc((size_t)n, sizeof(*ids));
		rc = ids ? 0 : diag_set(&c->d, -ENOMEM, "out of memory");
		for (i = 0; i < n && !rc; i++)
			rc = name_resolve(&c->h, args[i], &ids[i], &c->d);
	}
	if (!rc)
		rc = each(c, ids, n);
	free(ids);
	return rc;
}

const struct verb verb_shutdown = {
	.name = "shutdown",
	.cmd = {"pav shutdown", "[GUEST...]", "ask guests to power off", opts},
	.need = NEED_HOST,
	.max_args = -1,
	.run = run,
};
