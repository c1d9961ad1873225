/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Configuration files that verbs are given. */
#ifndef TOOLS_CLI_CONFIG_H
#define TOOLS_CLI_CONFIG_H

#include "conf/cfg.h"
#include "lib/diag.h"

/* Read the file at path, at most 1 MiB, into cfg. 0 or -errno with d. */
int config_read(struct cfg *cfg, const char *path, struct diag *d);

#endif
