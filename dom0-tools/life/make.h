/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest from its configuration and a source of what is in its memory: all checks first, then the
 * domain, then the store and the devices, then it runs. What fails leaves nothing behind; what is
 * killed half way is found by its creation mark (names.h).
 */
#ifndef TOOLS_LIFE_MAKE_H
#define TOOLS_LIFE_MAKE_H

#include <stdbool.h>

#include "conf/domconf.h"
#include "lib/frame.h"
#include "lib/host.h"

struct make_domain {
	const struct domconf *conf;
	uint16_t domid;
	uint32_t console_port, store_port; /* of the new domain, unbound */
};

struct make_rings {
	mfn_t console, store;
};

/* Functions return 0 or -errno with d. */
struct make_source {
	/* Look whether filling can succeed; nothing exists yet. May be NULL. */
	int (*check)(void *arg, const struct domconf *conf, struct diag *d);
	/* Fill the empty domain: memory, vCPUs. */
	int (*fill)(void *arg, struct host *h, const struct make_domain *m,
		    struct make_rings *rings, struct diag *d);
	/* All is made but does not run; an error undoes it. May be NULL. */
	int (*ready)(void *arg, struct diag *d);
	void *arg;
};

/*
 * Make the guest. UUID and card addresses that conf lacks are drawn and put into it.
 * paused: leave it unstarted. 0 with *domid, or -errno with d.
 */
int make_guest(struct host *h, struct domconf *conf, const struct make_source *source, bool paused,
	       uint16_t *domid, struct diag *d);

/* All that make_guest looks at, and no more: nothing is claimed. 0 or -errno with d. */
int make_look(struct host *h, const struct domconf *conf, const struct make_source *source,
	      struct diag *d);

/* Parts of it: the daemon that guests need, the CPUs named, an image given as two disks. */
int make_look_daemon(struct diag *d);
int make_look_cpus(const struct domconf *conf, struct diag *d);
int make_look_disks(const struct domconf *conf, struct diag *d);

#endif
