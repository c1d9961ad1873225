/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What becomes of a guest that has ended: its configuration decides, within reason. Pure. */
#ifndef TOOLS_LIFE_POLICY_H
#define TOOLS_LIFE_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "conf/domconf.h"

enum {
	POLICY_QUICK_S = 5,   /* a life shorter than this is a quick one */
	POLICY_QUICK_MAX = 5, /* so many quick lives in a row, then no restart */
};

struct policy_end {
	unsigned code;     /* the hypervisor's shutdown code */
	long long lived_s; /* seconds since it was made */
	unsigned quick;    /* quick lives in a row before this one */
	bool final;        /* the host is going down: nothing is restarted or kept */
};

struct policy_verdict {
	bool act; /* false: it only sleeps (suspended) */
	enum end_action action;
	unsigned quick; /* what a restarted guest inherits */
	bool given_up;  /* a restart was due, but it dies too fast */
};

struct policy_verdict policy_decide(const struct domconf *c, const struct policy_end *e);

#endif
