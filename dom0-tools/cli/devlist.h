/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The listings of devices, which differ in their columns alone. */
#ifndef TOOLS_CLI_DEVLIST_H
#define TOOLS_CLI_DEVLIST_H

#include "cli/cli.h"
#include "lib/table.h"

/* One value of a row: node of the back-end's ('b') or the front-end's ('f') directory. */
struct devlist_node {
	char side;
	const char *node;
	const char *key; /* in the row */
	bool number;
};

/* Print devices of a kind of the guests named; nodes ends with a row without node. */
int devlist_print(struct cli *c, const char *kind, const struct devlist_node *nodes,
		  const struct column *cols, bool as_json, int n, char **args);

#endif
