// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>

#include "conf/vdev.h"
#include "libpav/handle.h"
#include "life/devices.h"
#include "life/tune.h"

static int info_of(struct pav *p, uint32_t domid, struct domctl_getdomaininfo *info, char what[32])
{
	uint16_t id;
	int rc = handle_guest(p, domid, &id);

	snprintf(what, 32, "domain %u", domid);
	return rc ? rc : domctl_info(&p->h.hv, id, info);
}

int pav_set_memory(struct pav *p, uint32_t domid, uint64_t kib)
{
	struct domctl_getdomaininfo info;
	char what[32];
	int rc = info_of(p, domid, &info, what);

	return handle_done(p, rc ? rc : tune_memory(&p->h, &info, what, kib, &p->d));
}

int pav_set_vcpus(struct pav *p, uint32_t domid, unsigned vcpus)
{
	struct domctl_getdomaininfo info;
	char what[32];
	int rc = info_of(p, domid, &info, what);

	return handle_done(p, rc ? rc : tune_vcpus(&p->h, &info, what, vcpus, &p->d));
}

static int attach(struct pav *p, uint32_t domid, const char *spec,
		  int (*add)(struct host *h, uint16_t domid, const char *spec, struct diag *d))
{
	uint16_t id;
	int rc = handle_guest(p, domid, &id);

	return handle_done(p, rc ? rc : add(&p->h, id, spec, &p->d));
}

int pav_attach_disk(struct pav *p, uint32_t domid, const char *spec)
{
	return attach(p, domid, spec, devices_add_disk);
}

int pav_detach_disk(struct pav *p, uint32_t domid, const char *vdev, int force)
{
	uint32_t devid;
	uint16_t id;
	int rc = handle_guest(p, domid, &id);

	if (!rc && vdev_parse(vdev, &devid))
		rc = diag_hint(&p->d, diag_set(&p->d, -EINVAL, "'%s' is not a disk name", vdev),
			       "write it as in xvdb");
	return handle_done(p, rc ? rc : devices_remove_disk(&p->h, id, devid, force, &p->d));
}

int pav_attach_card(struct pav *p, uint32_t domid, const char *spec)
{
	return attach(p, domid, spec, devices_add_card);
}

int pav_detach_card(struct pav *p, uint32_t domid, unsigned number, int force)
{
	uint16_t id;
	int rc = handle_guest(p, domid, &id);

	return handle_done(p, rc ? rc : devices_remove_card(&p->h, id, number, force, &p->d));
}

int pav_attach_pci(struct pav *p, uint32_t domid, const char *spec)
{
	return attach(p, domid, spec, devices_add_pci);
}

int pav_detach_pci(struct pav *p, uint32_t domid, const char *device, int force)
{
	uint16_t id;
	int rc = handle_guest(p, domid, &id);

	return handle_done(p, rc ? rc : devices_remove_pci(&p->h, id, device, force, &p->d));
}
