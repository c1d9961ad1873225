// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dev/pcihost.h"

#define KEEPER PCIHOST_DRIVERS "pciback"

/* Kinds of areas in sysfs, the kernel's resource flags; class code of bridges. */
enum { AREA_PORTS = 0x100, AREA_MEMORY = 0x200, CLASS_BRIDGE = 0x06 };

/* 0 or -errno. */
static int put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int rc = fd < 0 || write(fd, text, strlen(text)) < 0 ? -errno : 0;

	if (fd >= 0)
		close(fd);
	return rc;
}

static FILE *open_of(const char *bdf, const char *file)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/%s", bdf, file);
	return fopen(path, "re");
}

/* A number of a file of the device; 0 if it has none. */
static unsigned number_of(const char *bdf, const char *file, const char *format)
{
	FILE *f = open_of(bdf, file);
	unsigned n = 0;

	if (!f || fscanf(f, format, &n) != 1)
		n = 0;
	if (f)
		fclose(f);
	return n;
}

int pcihost_check_driver(struct diag *d)
{
	if (!access(KEEPER, F_OK))
		return 0;
	diag_set(d, -ENODEV, "the kernel has no back-end driver for PCI devices");
	return diag_hint(d, -ENODEV, "load it: modprobe xen-pciback");
}

static void look_at_areas(const char *bdf, struct pcihost *out)
{
	FILE *f = open_of(bdf, "resource");
	uint64_t first, last, flags;
	int i;

	for (i = 0; f && i < PCIHOST_AREAS; i++) {
		if (fscanf(f, "%" SCNx64 " %" SCNx64 " %" SCNx64, &first, &last, &flags) != 3)
			break;
		if (first && last >= first && flags & (AREA_PORTS | AREA_MEMORY))
			out->areas[out->nareas++] =
				(struct pcihost_area){first, last, flags & AREA_PORTS};
	}
	if (f)
		fclose(f);
}

static void look_at_driver(const char *bdf, struct pcihost *out)
{
	char path[128], target[256];
	const char *name;
	ssize_t n;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/driver", bdf);
	n = readlink(path, target, sizeof(target) - 1);
	if (n <= 0)
		return;
	target[n] = '\0';
	name = strrchr(target, '/');
	snprintf(out->driver, sizeof(out->driver), "%s", name ? name + 1 : target);
}

int pcihost_look(const char *bdf, struct pcihost *out, struct diag *d)
{
	char path[128];

	memset(out, 0, sizeof(*out));
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s", bdf);
	if (access(path, F_OK)) {
		diag_set(d, -ENODEV, "PCI device %s: this machine has no such device", bdf);
		return diag_hint(d, -ENODEV, "lspci -D shows those it has");
	}
	if (number_of(bdf, "class", "%x") >> 16 == CLASS_BRIDGE) {
		diag_set(d, -EOPNOTSUPP, "PCI device %s is a bridge, which no guest can have", bdf);
		return diag_hint(d, -EOPNOTSUPP, "give the guest the devices behind it");
	}
	look_at_driver(bdf, out);
	look_at_areas(bdf, out);
	out->irq = number_of(bdf, "irq", "%u");
	return 0;
}

bool pcihost_kept(const struct pcihost *p)
{
	return !strcmp(p->driver, "pciback");
}

int pcihost_keep(const char *bdf, const struct pcihost *p, struct diag *d)
{
	char path[320];
	int rc;

	if (p->driver[0]) {
		snprintf(path, sizeof(path), PCIHOST_DRIVERS "%s/unbind", p->driver);
		rc = put(path, bdf);
		if (rc)
			return diag_set(d, rc,
					"PCI device %s: its driver %s does not let it go: %s", bdf,
					p->driver, strerror(-rc));
	}
	/* Known from before, which is no error. */
	rc = put(KEEPER "/new_slot", bdf);
	if (!rc || rc == -EEXIST)
		rc = put(KEEPER "/bind", bdf);
	if (!rc)
		return 0;
	diag_set(d, rc, "PCI device %s: the back-end driver does not take it: %s", bdf,
		 strerror(-rc));
	return diag_hint(d, rc, "see the control domain's kernel log (dmesg)");
}

int pcihost_free(const char *bdf, const char *driver, struct diag *d)
{
	char path[320];
	int rc = put(KEEPER "/unbind", bdf);

	if (rc)
		return diag_set(d, rc, "PCI device %s: the back-end driver does not let it go: %s",
				bdf, strerror(-rc));
	put(KEEPER "/remove_slot", bdf);
	if (!driver)
		return 0;
	snprintf(path, sizeof(path), PCIHOST_DRIVERS "%s/bind", driver);
	rc = put(path, bdf);
	if (!rc)
		return 0;
	diag_set(d, rc, "PCI device %s: the driver %s does not take it: %s", bdf, driver,
		 strerror(-rc));
	return diag_hint(d, rc, "is its module loaded? modprobe %s", driver);
}

int pcihost_permit(const char *bdf, struct diag *d)
{
	int rc = put(KEEPER "/permissive", bdf);

	return rc ? diag_set(d, rc, "PCI device %s: permissive: %s", bdf, strerror(-rc)) : 0;
}

static int is_device(const struct dirent *e)
{
	char bdf[PCI_BDF];

	return !pci_bdf_parse(e->d_name, bdf);
}

int pcihost_each_kept(void (*each)(void *arg, const char *bdf), void *arg, struct diag *d)
{
	struct dirent **list;
	int rc = pcihost_check_driver(d), n, i;

	if (rc)
		return rc;
	n = scandir(KEEPER, &list, is_device, alphasort);
	if (n < 0)
		return diag_set(d, -errno, "cannot read %s: %s", KEEPER, strerror(errno));
	for (i = 0; i < n; i++) {
		each(arg, list[i]->d_name);
		free(list[i]);
	}
	free(list);
	return 0;
}
