// SPDX-License-Identifier: GPL-2.0-or-later
#include "life/assignable.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dev/pci.h"
#include "dev/pcihost.h"

static int look(const char *text, char bdf[PCI_BDF], struct pcihost *p, struct diag *d)
{
	int rc = pcihost_check_driver(d);

	if (rc)
		return rc;
	if (pci_bdf_parse(text, bdf))
		return diag_hint(
			d, diag_set(d, -EINVAL, "'%s' is not the address of a PCI device", text),
			PCI_ADDRESS_HINT);
	return pcihost_look(bdf, p, d);
}

int assignable_add(struct host *h, const char *text, struct diag *d)
{
	char bdf[PCI_BDF];
	struct pcihost p;
	int rc = look(text, bdf, &p, d);

	return rc || pcihost_kept(&p) ? rc : pci_keep(h, bdf, &p, d);
}

int assignable_remove(struct host *h, const char *text, bool rebind, struct diag *d)
{
	char bdf[PCI_BDF], dir[PCI_NOTE_DIR], path[128] = "";
	const char *driver = NULL;
	struct pci_conf c = {.vslot = -1};
	struct pcihost p;
	int rc = look(text, bdf, &p, d);

	if (rc)
		return rc;
	if (!pcihost_kept(&p)) {
		diag_set(d, -EINVAL, "PCI device %s is not kept for guests", bdf);
		return diag_hint(d, -EINVAL, "pav pci-assignable-list shows those that are");
	}
	strcpy(c.bdf, bdf);
	rc = pci_look(h, 0, &c, 1, d);
	if (rc)
		return rc;
	pci_note_dir(bdf, dir);
	if (store_get(h->store, 0, path, sizeof(path), "%s/driver_path", dir) > 0 &&
	    !strncmp(path, PCIHOST_DRIVERS, sizeof(PCIHOST_DRIVERS) - 1))
		driver = path + sizeof(PCIHOST_DRIVERS) - 1;
	if (rebind && !driver) {
		diag_set(d, -ENOENT, "PCI device %s: no driver had it before", bdf);
		return diag_hint(d, -ENOENT, "leave out --rebind");
	}
	rc = pcihost_free(bdf, rebind ? driver : NULL, d);
	if (!rc && driver)
		store_rm(h->store, 0, dir);
	return rc;
}
