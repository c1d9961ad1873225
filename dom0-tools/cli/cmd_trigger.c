// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "cli/guests.h"

static const struct opt opts[] = {NO_MORE_OPTS};

static const struct {
	const char *name;
	unsigned trigger;
} triggers[] = {
	{"nmi", XEN_DOMCTL_SENDTRIGGER_NMI},     {"reset", XEN_DOMCTL_SENDTRIGGER_RESET},
	{"init", XEN_DOMCTL_SENDTRIGGER_INIT},   {"power", XEN_DOMCTL_SENDTRIGGER_POWER},
	{"sleep", XEN_DOMCTL_SENDTRIGGER_SLEEP},
};

static int run(struct cli *c, int n, char **args)
{
	struct domctl_getdomaininfo info;
	unsigned long long vcpu = 0;
	size_t i;
	int rc;

	if (n > 2 && opt_uint(args[2], 0xffff, &vcpu))
		return opt_wrong(&c->verb->cmd, "'%s' is not a vCPU's number", args[2]);
	for (i = 0; i < sizeof(triggers) / sizeof(triggers[0]); i++)
		if (!strcmp(args[1], triggers[i].name))
			break;
	if (i == sizeof(triggers) / sizeof(triggers[0]))
		return opt_wrong(&c->verb->cmd, "'%s' is not one of nmi, reset, init, power, sleep",
				 args[1]);
	rc = guest_info(c, args[0], &info);
	if (rc)
		return rc;
	rc = domctl_trigger(&c->h.hv, info.domain, triggers[i].trigger, (unsigned)vcpu);
	return rc ? diag_set(&c->d, rc, "%s: the hypervisor will not send %s: %s", args[0], args[1],
			     strerror(-rc))
		  : 0;
}

const struct verb verb_trigger = {
	.name = "trigger",
	.cmd = {"pav trigger", "GUEST nmi|reset|init|power|sleep [VCPU]",
		"send a guest a hardware signal", opts},
	.need = NEED_HOST,
	.min_args = 2,
	.max_args = 3,
	.run = run,
};
