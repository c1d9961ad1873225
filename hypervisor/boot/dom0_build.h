/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The control domain: made from the boot modules, with all hardware that is not ours. */
#ifndef BOOT_DOM0_BUILD_H
#define BOOT_DOM0_BUILD_H

#include <hv/domain.h>

/*
 * Build domain 0 from module 0 (kernel) and, if @modules is above 1, module 1 (initrd), still
 * paused. Panics with the reason: without a control domain that shall
 * be there, there is nothing to go on with. Boot CPU, all subsystems up.
 */
void dom0_build(unsigned modules);

/* Rights of the control domain: ports, machine memory and lines but those we use. */
void dom0_hw_grant(struct domain *d);

#endif
