/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The domains that start with the machine: the control domain and those of the device tree. */
#ifndef BOOT_DOMAINS_H
#define BOOT_DOMAINS_H

#include <hv/domain.h>

/*
 * Make all of them from the boot modules, release the modules, and let the domains run as soon as
 * schedule() is called. A domain of the tree that cannot be made is left out, with a message;
 * panics if there is none at all. Boot CPU, all subsystems up, before any guest.
 */
void domains_build(void);

/*
 * Build domain 0 from module 0 (kernel) and, if @modules is above 1, module 1 (initrd), still
 * paused. Panics with the reason: without a control domain that shall be there, there is nothing to
 * go on with.
 */
void dom0_build(unsigned modules);

/* Rights of the control domain: ports, machine memory and lines but those we use. */
void dom0_hw_grant(struct domain *d);

#endif
