/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guests' configurations as a device tree of domains that start with the machine. Pure. */
#ifndef TOOLS_CONF_BOOTCONF_H
#define TOOLS_CONF_BOOTCONF_H

#include <stdio.h>

#include "conf/domconf.h"
#include "lib/diag.h"

/*
 * Write the text of a tree of n guests to f (docs/boot-domains.md). What a guest has that such a
 * domain cannot have is told through warn(arg, text). 0, or -EINVAL with d: a name that a node
 * cannot have, two kernels of one file name, CPUs that are no list.
 */
int bootconf_write(FILE *f, const struct domconf *confs, size_t n,
		   void (*warn)(void *arg, const char *text), void *arg, struct diag *d);

/* The name by which a file becomes a boot module: that of the file without its folders. */
const char *bootconf_module(const char *path);

#endif
