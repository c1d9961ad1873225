/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asking a guest's kernel for something through its control directory. */
#ifndef TOOLS_LIFE_ASK_H
#define TOOLS_LIFE_ASK_H

#include <stdbool.h>

#include "lib/host.h"

/* Ask for "poweroff", "reboot", "halt". 0 or -errno with d. */
int ask_shutdown(struct host *h, uint16_t domid, const char *what, struct diag *d);

/*
 * What the guest's configuration says of its end no longer counts: when it has ended it is
 * destroyed. Without effect on guests that other tools made. 0 or -errno with d.
 */
int ask_final(struct host *h, uint16_t domid, struct diag *d);

/*
 * Wait until the guest has ended (or, gone, until its domain does not exist), at most until the
 * time end of host_now(); 0: for ever. 0 or -ETIMEDOUT with d.
 */
int ask_wait(struct host *h, uint16_t domid, bool gone, uint64_t end, struct diag *d);

#endif
