/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Domains that the hypervisor has made at boot become guests like others: name, console, store. */
#ifndef TOOLS_LIFE_ADOPT_H
#define TOOLS_LIFE_ADOPT_H

#include "guest-abi/bootproto/bootdt.h"
#include "lib/host.h"

/*
 * Write the domain into the store and introduce it, if it runs and nobody has. 1: done; 0: it does
 * not run, or is a guest already; -errno with d.
 */
int adopt_domain(struct host *h, const struct bootdt_domain *b, struct diag *d);

#endif
