/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What several verbs do with their operands. */
#ifndef TOOLS_CLI_GUESTS_H
#define TOOLS_CLI_GUESTS_H

#include "cli/cli.h"
#include "lib/domctl.h"

/* Find the guest and ask the hypervisor about it. 0 or -errno, said in c->d. */
int guest_info(struct cli *c, const char *what, struct domctl_getdomaininfo *info);

/*
 * Parse "512", "512M", "1G", "2048K", "1T" (MiB without a letter) to KiB. 0 or the exit status of
 * wrong use, already reported.
 */
int guest_size(struct cli *c, const char *text, uint64_t *kib);

#endif
