/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest to another machine while it runs. At each instant one machine owns it: the sender until
 * it has said that the receiver may start it, the receiver from then on. What fails before leaves
 * it running here; if the connection breaks after that word and before the answer, it stays
 * suspended here, for nobody can know from here whether it runs there.
 */
#ifndef TOOLS_LIFE_MIGRATE_H
#define TOOLS_LIFE_MIGRATE_H

#include "lib/host.h"
#include "life/restore.h"
#include "stream/wire.h"

struct migrate_request {
	const char *transport; /* such as "ssh": run by a shell with the machine and a command */
	const char *machine;
	unsigned rounds; /* while it runs, at most; 0: it is suspended first */
	/* Bytes a second, at most, in those rounds; 0: no limit. The last round knows none. */
	uint64_t rate;
	int (*tick)(struct wire *w);                               /* see struct wire */
	void (*round)(void *arg, unsigned number, uint64_t pages); /* see struct save_plan */
	void *arg;
};

struct migrate_result {
	uint64_t bytes;
	uint64_t still_ns; /* from the request to suspend until the receiver said that it runs */
};

/*
 * 0: it runs there and is gone here. -EINPROGRESS with d: broken off at the last step, see above.
 * Else -errno with d, and it runs here.
 */
int migrate_guest(struct host *h, uint16_t domid, const struct migrate_request *req,
		  struct migrate_result *res, struct diag *d);

/* The other end, on standard input and output. 0: it runs here. -errno with d: nothing is here. */
int migrate_receive(struct host *h, bool paused, uint16_t *domid, struct diag *d);

#endif
