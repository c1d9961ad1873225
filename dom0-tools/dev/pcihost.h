/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PCI devices of the machine as the kernel shows them: who drives one, and what it consists of. The
 * driver that keeps devices for guests is the kernel's xen-pciback ("pciback" in sysfs).
 */
#ifndef TOOLS_DEV_PCIHOST_H
#define TOOLS_DEV_PCIHOST_H

#include <stdbool.h>
#include <stdint.h>

#include "conf/pci.h"

#define PCIHOST_DRIVERS "/sys/bus/pci/drivers/"

enum { PCIHOST_DRIVER = 256, PCIHOST_AREAS = 7 };

struct pcihost_area {
	uint64_t first, last;
	bool ports; /* else memory */
};

struct pcihost {
	char driver[PCIHOST_DRIVER]; /* who drives it; empty: nobody */
	unsigned irq;                /* its line; 0: none */
	unsigned nareas;
	struct pcihost_area areas[PCIHOST_AREAS];
};

/* Is the driver that keeps devices there? 0 or -ENODEV with d. */
int pcihost_check_driver(struct diag *d);

/*
 * Look at a device. 0; -ENODEV: there is none; -EOPNOTSUPP: a bridge, which nobody can have. Both
 * with d.
 */
int pcihost_look(const char *bdf, struct pcihost *out, struct diag *d);

/* Is it kept for guests? */
bool pcihost_kept(const struct pcihost *p);

/*
 * Take a device from its driver, whose name stays in p->driver, and keep it for guests. 0 or -errno
 * with d.
 */
int pcihost_keep(const char *bdf, const struct pcihost *p, struct diag *d);

/* Keep it no longer; driver, unless NULL, gets it. 0 or -errno with d. */
int pcihost_free(const char *bdf, const char *driver, struct diag *d);

/* Let guests write all of its configuration space. 0 or -errno with d. */
int pcihost_permit(const char *bdf, struct diag *d);

/* Call each() with every device that is kept, in order of addresses. 0 or -errno with d. */
int pcihost_each_kept(void (*each)(void *arg, const char *bdf), void *arg, struct diag *d);

#endif
