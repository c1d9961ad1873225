/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What several verbs do with their operands. */
#ifndef TOOLS_CLI_GUESTS_H
#define TOOLS_CLI_GUESTS_H

#include "cli/cli.h"
#include "lib/domctl.h"

/* What to do where the control domain was named. */
#define GUESTS_NAME_ONE "name a guest; pav list shows those there are"

/* Find the guest and ask the hypervisor about it. 0 or -errno, said in c->d. */
int guest_info(struct cli *c, const char *what, struct domctl_getdomaininfo *info);

/*
 * Find a guest that something is to be done to; the control domain, which cannot be "done", is
 * refused. 0 or -errno, said in c->d.
 */
int guest_find(struct cli *c, const char *what, const char *done, uint16_t *domid);

/*
 * Do one() to each guest that is named, and stop at the first error; the control domain is
 * refused as by guest_find(). 0 or -errno, said in c->d.
 */
int guests_each(struct cli *c, int n, char **args, const char *done,
		int (*one)(struct cli *c, uint16_t domid, const char *what));

/*
 * Give the guest args[0] a device: the other words make one specification, as the shell may have
 * split it. 0 or -errno, said in c->d.
 */
int guest_attach(struct cli *c, int n, char **args,
		 int (*add)(struct host *h, uint16_t domid, const char *spec, struct diag *d));

/* Find a card of a guest by its number or its address. 0 or -ENOENT, said in c->d. */
int guest_card(struct cli *c, uint16_t domid, const char *what, uint32_t *devid);

/*
 * Parse "512", "512M", "1G", "2048K", "1T" (MiB without a letter) to KiB. 0 or the exit status of
 * wrong use, already reported.
 */
int guest_size(struct cli *c, const char *text, uint64_t *kib);

#endif
