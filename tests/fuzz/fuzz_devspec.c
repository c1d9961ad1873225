// SPDX-License-Identifier: GPL-2.0-or-later
/* Any text as a disk or card specification or a disk name; what is accepted is complete. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "conf/disk.h"
#include "conf/pci.h"
#include "conf/vdev.h"
#include "conf/vif.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), name[32];
	struct diag d = DIAG_INIT;
	struct disk_conf disk;
	struct vif_conf vif;
	struct pci_conf pci;
	uint32_t num;

	memcpy(text, data, size);
	text[size] = '\0';
	if (!disk_parse(text, &disk, &d)) {
		if (!disk.target || disk.target[0] != '/' || !disk.vdev[0])
			abort();
		disk_conf_free(&disk);
	} else if (!d.text[0]) {
		abort();
	}
	if (!vif_parse(text, &vif, &d)) {
		if (vif.has_mac && vif.mac[0] & 1)
			abort();
		vif_conf_free(&vif);
	}
	if (!pci_parse(text, &pci, &d) && (!pci.bdf[0] || pci.vslot > 255))
		abort();
	if (!vdev_parse(text, &num)) {
		uint32_t again;

		vdev_name(num, name, sizeof(name));
		if (!vdev_parse(name, &again) && again != num && num < 1u << 28)
			abort();
	}
	free(text);
	return 0;
}
