// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/sched.h"
#include "life/policy.h"

struct policy_verdict policy_decide(const struct domconf *c, const struct policy_end *e)
{
	struct policy_verdict v = {.act = true};

	switch (e->code) {
	case SHUTDOWN_poweroff:
		v.action = c->on_poweroff;
		break;
	case SHUTDOWN_reboot:
		v.action = c->on_reboot;
		break;
	case SHUTDOWN_suspend:
		v.act = false;
		return v;
	default: /* crash, watchdog, and whatever else no guest should do */
		v.action = c->on_crash;
		break;
	}
	if (e->final) {
		v.action = END_DESTROY;
		return v;
	}
	v.quick = e->lived_s < POLICY_QUICK_S ? e->quick + 1 : 0;
	if (v.quick >= POLICY_QUICK_MAX &&
	    (v.action == END_RESTART || v.action == END_RENAME_RESTART ||
	     v.action == END_COREDUMP_RESTART)) {
		v.given_up = true;
		v.action = v.action == END_COREDUMP_RESTART ? END_COREDUMP_DESTROY : END_DESTROY;
	}
	return v;
}
