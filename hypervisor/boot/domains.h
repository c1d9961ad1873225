/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The domains that start with the machine: the control domain and those of the device tree. */
#ifndef BOOT_DOMAINS_H
#define BOOT_DOMAINS_H

/*
 * Make all of them from the boot modules, release the modules, and let the domains run as soon as
 * schedule() is called. A domain of the tree that cannot be made is left out, with a message;
 * panics if there is none at all. Boot CPU, all subsystems up, before any guest.
 */
void domains_build(void);

#endif
