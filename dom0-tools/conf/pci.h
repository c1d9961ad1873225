/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A PCI device that a guest gets, as xl-pci-configuration(5) defines it. Pure. */
#ifndef TOOLS_CONF_PCI_H
#define TOOLS_CONF_PCI_H

#include "lib/diag.h"

enum { PCI_BDF = 16, PCI_DEVS_MAX = 32 };

/* For who wrote an address that is none. */
#define PCI_ADDRESS_HINT "an address looks like 0000:00:05.0; lspci -D shows them"

struct pci_conf {
	char bdf[PCI_BDF]; /* "0000:00:05.0", as the kernel writes it */
	int vslot;         /* device and function asked for in the guest; -1: none */
	int permissive;    /* the guest may write all of its configuration space; -1: not said */
	int seize;         /* take it from the control domain's driver; -1: not said */
	int msitranslate, power_mgmt; /* 0 or 1: kept for the back-end's node alone */
};

/* Fill *out from spec, such as "00:05.0,permissive=1". 0, or -EINVAL / -EOPNOTSUPP with d. */
int pci_parse(const char *spec, struct pci_conf *out, struct diag *d);

/* "00:05.0" or "0000:00:05.0", hexadecimal, to the long form. 0 or -EINVAL. */
int pci_bdf_parse(const char *text, char bdf[PCI_BDF]);

#endif
