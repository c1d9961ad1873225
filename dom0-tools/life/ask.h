/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asking a guest's kernel for something through its control directory. */
#ifndef TOOLS_LIFE_ASK_H
#define TOOLS_LIFE_ASK_H

#include <stdbool.h>

#include "lib/host.h"

/* Ask for "poweroff", "reboot", "halt". 0 or -errno with d. */
int ask_shutdown(struct host *h, uint16_t domid, const char *what, struct diag *d);

/*
 * Wait until the guest has ended (or, gone, until its domain does not exist). timeout_s 0: for
 * ever. 0 or -ETIMEDOUT with d.
 */
int ask_wait(struct host *h, uint16_t domid, bool gone, unsigned timeout_s, struct diag *d);

#endif
