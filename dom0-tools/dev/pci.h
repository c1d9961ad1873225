/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PCI devices given to a guest: its rights to memory, ports and line of each, and the one back-end
 * of the kernel (xen-pciback) that has them all.
 */
#ifndef TOOLS_DEV_PCI_H
#define TOOLS_DEV_PCI_H

#include <stdbool.h>
#include <stddef.h>

#include "conf/pci.h"
#include "dev/device.h"
#include "dev/pcihost.h"

/*
 * Look only: is it a device that a guest can have, kept for guests or to be seized? 0 or -errno
 * with d.
 */
int pci_check(const struct pci_conf *c, struct diag *d);

/* The guest that has the device. 0 with *domid; -ENOENT: nobody. */
int pci_owner(struct host *h, uint32_t tx, const char *bdf, uint16_t *domid);

/* Has no guest these devices? 0, -EBUSY with d. */
int pci_look(struct host *h, uint32_t tx, const struct pci_conf *list, size_t n, struct diag *d);

/* Where the driver that a kept device had before is noted, as by xl. */
enum { PCI_NOTE_DIR = 64 };
void pci_note_dir(const char *bdf, char dir[PCI_NOTE_DIR]);

/* Take a device from its driver, which is noted, and keep it for guests. 0 or -errno with d. */
int pci_keep(struct host *h, const char *bdf, const struct pcihost *p, struct diag *d);

/* Seize the device if that was asked for, and give the guest its rights. 0 or -errno with d. */
int pci_open(struct host *h, uint16_t domid, const struct pci_conf *c, struct diag *d);

/* Write the nodes of a guest's back-end with these devices: in the caller's batch. */
void pci_write(struct host *h, uint32_t tx, uint16_t domid, const struct pci_conf *list, size_t n);

/* Wait until the back-end has taken them. 0 or -errno with d. */
int pci_finish(struct host *h, uint16_t domid, struct diag *d);

/* Give a running guest one more, which it was given the rights to. 0 or -errno with d. */
int pci_add(struct host *h, uint16_t domid, const struct pci_conf *c, struct diag *d);

/*
 * Take one from a guest, with its rights; force: even if the guest does not let it go. 0, -ENOENT,
 * -errno with d.
 */
int pci_remove(struct host *h, uint16_t domid, const char *bdf, bool force, struct diag *d);

/* Take the rights that pci_open() gave. */
void pci_close(struct host *h, uint16_t domid, const char *bdf);

/* One device of a guest, as the back-end's nodes tell. */
struct pci_slot {
	char dev[PCI_BDF], opts[64];
	char vdev[PCI_BDF]; /* where the guest has it; empty: not yet */
	char vdevfn[12], state[12];
};

/* Those of a guest, at most PCI_DEVS_MAX; how many. */
size_t pci_slots(struct host *h, uint32_t tx, uint16_t domid, struct pci_slot *slots);

#endif
