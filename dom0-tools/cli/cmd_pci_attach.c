// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "cli/guests.h"
#include "life/devices.h"

static const struct opt opts[] = {NO_MORE_OPTS};

static int add(struct host *h, uint16_t domid, const char *spec, struct diag *d)
{
	int rc = devices_add_pci(h, domid, spec, d);

	if (!rc)
		log_line("pav pci-attach: warning",
			 "no IOMMU is used: through its device the guest can write to all of the "
			 "machine's memory");
	return rc;
}

/* xl has the slot as a word of its own. */
static int run(struct cli *c, int n, char **args)
{
	char spec[512];
	char *words[] = {args[0], spec};

	if (n < 3)
		return guest_attach(c, n, args, add);
	snprintf(spec, sizeof(spec), "%s,vslot=%s", args[1], args[2]);
	return guest_attach(c, 2, words, add);
}

const struct verb verb_pci_attach = {
	.name = "pci-attach",
	.cmd = {"pav pci-attach", "GUEST DEVICE [SLOT]",
		"give a running guest a PCI device of the machine", opts},
	.need = NEED_HOST,
	.min_args = 2,
	.max_args = 3,
	.run = run,
};
