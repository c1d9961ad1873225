// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/ring.h"
#include "dev/pci.h"
#include "lib/domctl.h"
#include "lib/physdev.h"

enum { CONNECT_MS = 60000, CHANGE_MS = 30000, DEVID = 0 };

static const char *const slot_keys[] = {"key", "dev", "vdev", "vdevfn", "opts", "state"};

#define NR_SLOT_KEYS (sizeof(slot_keys) / sizeof(slot_keys[0]))

static void backend(struct device *dev, uint16_t domid)
{
	device_init(dev, "pci", domid, DEVID);
}

static unsigned number(struct host *h, uint32_t tx, const struct device *dev, const char *key)
{
	char text[16];

	if (store_get(h->store, tx, text, sizeof(text), "%s/%s", dev->back, key) <= 0)
		return 0;
	return (unsigned)strtoul(text, NULL, 10);
}

static void slot_get(struct host *h, uint32_t tx, const struct device *dev, const char *key,
		     size_t i, char *buf, size_t size)
{
	if (store_get(h->store, tx, buf, size, "%s/%s-%zu", dev->back, key, i) < 0)
		buf[0] = '\0';
}

size_t pci_slots(struct host *h, uint32_t tx, uint16_t domid, struct pci_slot *slots)
{
	struct device dev;
	size_t n, i;

	backend(&dev, domid);
	n = number(h, tx, &dev, "num_devs");
	if (n > PCI_DEVS_MAX)
		n = PCI_DEVS_MAX;
	for (i = 0; i < n; i++) {
		struct pci_slot *s = &slots[i];

		slot_get(h, tx, &dev, "dev", i, s->dev, sizeof(s->dev));
		slot_get(h, tx, &dev, "opts", i, s->opts, sizeof(s->opts));
		slot_get(h, tx, &dev, "vdev", i, s->vdev, sizeof(s->vdev));
		slot_get(h, tx, &dev, "vdevfn", i, s->vdevfn, sizeof(s->vdevfn));
		slot_get(h, tx, &dev, "state", i, s->state, sizeof(s->state));
	}
	return n;
}

int pci_owner(struct host *h, uint32_t tx, const char *bdf, uint16_t *domid)
{
	struct pci_slot *slots = calloc(PCI_DEVS_MAX, sizeof(*slots));
	char **ids = NULL;
	int n = slots ? store_list(h->store, tx, "/local/domain/0/backend/pci", &ids) : -ENOMEM;
	int i, rc = n == -ENOMEM ? n : -ENOENT;

	for (i = 0; i < n && rc; i++) {
		size_t k;

		*domid = (uint16_t)strtoul(ids[i], NULL, 10);
		for (k = pci_slots(h, tx, *domid, slots); k && rc; k--)
			if (!strcmp(slots[k - 1].dev, bdf))
				rc = 0;
	}
	if (n >= 0)
		free(ids);
	free(slots);
	return rc;
}

int pci_look(struct host *h, uint32_t tx, const struct pci_conf *list, size_t n, struct diag *d)
{
	uint16_t domid;
	size_t i;
	int rc;

	for (i = 0; i < n; i++) {
		rc = pci_owner(h, tx, list[i].bdf, &domid);
		if (rc == -ENOENT)
			continue;
		if (rc)
			return diag_set(d, rc, "out of memory");
		diag_set(d, -EBUSY, "PCI device %s: domain %u has it", list[i].bdf, domid);
		return diag_hint(d, -EBUSY, "take it away there first: pav pci-detach %u %s", domid,
				 list[i].bdf);
	}
	return 0;
}

int pci_check(const struct pci_conf *c, struct diag *d)
{
	struct pcihost p;
	int rc = pcihost_check_driver(d);

	if (!rc)
		rc = pcihost_look(c->bdf, &p, d);
	if (rc || pcihost_kept(&p) || c->seize == 1)
		return rc;
	if (p.driver[0])
		diag_set(d, -EBUSY, "PCI device %s: the control domain uses it, by its driver %s",
			 c->bdf, p.driver);
	else
		diag_set(d, -EBUSY, "PCI device %s: it is not kept for guests", c->bdf);
	return diag_hint(d, -EBUSY, "keep it for guests: pav pci-assignable-add %s (or seize=1)",
			 c->bdf);
}

/* Has the guest another device on this line? */
static bool line_shared(struct host *h, uint16_t domid, const char *bdf, unsigned irq)
{
	struct pci_slot *slots = calloc(PCI_DEVS_MAX, sizeof(*slots));
	struct diag ignored = DIAG_INIT;
	struct pcihost p;
	bool found = false;
	size_t i = slots ? pci_slots(h, 0, domid, slots) : 0;

	while (i--)
		if (strcmp(slots[i].dev, bdf) && !pcihost_look(slots[i].dev, &p, &ignored))
			found |= p.irq == irq;
	free(slots);
	return found;
}

static int set_areas(struct hv *hv, uint16_t domid, const struct pcihost *p, bool allow)
{
	unsigned i;
	int rc = 0;

	for (i = 0; i < p->nareas && (!rc || !allow); i++) {
		const struct pcihost_area *a = &p->areas[i];

		if (a->ports)
			rc = domctl_ioport_permission(hv, domid, (unsigned)a->first,
						      (unsigned)(a->last - a->first + 1), allow);
		else
			rc = domctl_iomem_permission(hv, domid, a->first >> 12,
						     (a->last >> 12) - (a->first >> 12) + 1, allow);
	}
	return rc;
}

void pci_close(struct host *h, uint16_t domid, const char *bdf)
{
	struct diag ignored = DIAG_INIT;
	struct pcihost p;

	if (pcihost_look(bdf, &p, &ignored))
		return;
	set_areas(&h->hv, domid, &p, false);
	if (!p.irq || line_shared(h, domid, bdf, p.irq))
		return;
	domctl_irq_permission(&h->hv, domid, p.irq, false);
	physdev_unmap_line(&h->hv, domid, p.irq);
}

static int set_rights(struct host *h, uint16_t domid, const char *bdf, struct diag *d)
{
	const char *step = "memory and ports";
	struct pcihost p;
	int rc = pcihost_look(bdf, &p, d);

	if (rc)
		return rc;
	rc = set_areas(&h->hv, domid, &p, true);
	if (!rc && p.irq) {
		step = "interrupt line";
		rc = physdev_map_line(&h->hv, domid, p.irq);
		if (!rc)
			rc = domctl_irq_permission(&h->hv, domid, p.irq, true);
	}
	return rc ? diag_set(d, rc,
			     "PCI device %s: the hypervisor would not give its %s to domain %u: %s",
			     bdf, step, domid, strerror(-rc))
		  : 0;
}

void pci_note_dir(const char *bdf, char dir[PCI_NOTE_DIR])
{
	char *p;

	snprintf(dir, PCI_NOTE_DIR, "/libxl/pciback/%s", bdf);
	for (p = dir; *p; p++)
		if (*p == ':' || *p == '.')
			*p = '-';
}

int pci_keep(struct host *h, const char *bdf, const struct pcihost *p, struct diag *d)
{
	char dir[PCI_NOTE_DIR];
	int rc = 0;

	pci_note_dir(bdf, dir);
	if (p->driver[0])
		rc = store_writef(h->store, 0, dir, "driver_path", PCIHOST_DRIVERS "%s", p->driver);
	return rc ? diag_set(d, rc, "store: %s: %s", dir, strerror(-rc)) : pcihost_keep(bdf, p, d);
}

int pci_open(struct host *h, uint16_t domid, const struct pci_conf *c, struct diag *d)
{
	struct pcihost p;
	int rc = pcihost_look(c->bdf, &p, d);

	if (!rc && !pcihost_kept(&p))
		rc = pci_keep(h, c->bdf, &p, d);
	if (!rc && c->permissive == 1)
		rc = pcihost_permit(c->bdf, d);
	if (!rc)
		rc = set_rights(h, domid, c->bdf, d);
	return rc;
}

static void to_slot(const struct pci_conf *c, struct pci_slot *s)
{
	memset(s, 0, sizeof(*s));
	snprintf(s->dev, sizeof(s->dev), "%s", c->bdf);
	snprintf(s->opts, sizeof(s->opts), "msitranslate=%d,power_mgmt=%d,permissive=%d",
		 c->msitranslate, c->power_mgmt, c->permissive == 1);
	if (c->vslot >= 0)
		snprintf(s->vdevfn, sizeof(s->vdevfn), "%x", (unsigned)c->vslot);
	snprintf(s->state, sizeof(s->state), "%d", XENBUS_STATE_INITIALISING);
}

static void put(struct host *h, uint32_t tx, const struct device *dev, const char *key, size_t i,
		const char *value)
{
	char name[32];

	snprintf(name, sizeof(name), "%s-%zu", key, i);
	if (value[0])
		store_put(h->store, tx, dev->back, name, value);
}

static void write_slot(struct host *h, uint32_t tx, const struct device *dev, size_t i,
		       const struct pci_slot *s)
{
	put(h, tx, dev, "key", i, s->dev);
	put(h, tx, dev, "dev", i, s->dev);
	put(h, tx, dev, "vdev", i, s->vdev);
	put(h, tx, dev, "vdevfn", i, s->vdevfn);
	put(h, tx, dev, "opts", i, s->opts);
	put(h, tx, dev, "state", i, s->state);
}

static void rm_slot(struct host *h, uint32_t tx, const struct device *dev, size_t i)
{
	char path[DEVICE_PATH + 16];
	size_t k;

	for (k = 0; k < NR_SLOT_KEYS; k++) {
		snprintf(path, sizeof(path), "%s/%s-%zu", dev->back, slot_keys[k], i);
		store_rm(h->store, tx, path);
	}
}

void pci_write(struct host *h, uint32_t tx, uint16_t domid, const struct pci_conf *list, size_t n)
{
	struct pci_slot slot;
	struct device dev;
	size_t i;

	backend(&dev, domid);
	device_write_common(h, tx, &dev);
	for (i = 0; i < n; i++) {
		to_slot(&list[i], &slot);
		write_slot(h, tx, &dev, i, &slot);
	}
	store_writef(h->store, tx, dev.back, "num_devs", "%zu", n);
}

/* Until the back-end is in one of two states. */
static int wait_state(struct host *h, const struct device *dev, unsigned one, unsigned other,
		      unsigned timeout_ms, struct diag *d)
{
	uint64_t end = host_now() + timeout_ms * 1000000ull;
	char why[256] = "";
	unsigned state;

	for (;;) {
		state = number(h, 0, dev, "state");
		if (state == one || state == other)
			return 0;
		device_error(h, dev, why, sizeof(why));
		if (why[0])
			return diag_set(d, -EIO, "domain %u: the PCI back-end says: %s", dev->domid,
					why);
		if (host_now() > end)
			return diag_set(d, -ETIMEDOUT,
					"domain %u: its PCI back-end stays in state %u", dev->domid,
					state);
		host_sleep(2);
	}
}

int pci_finish(struct host *h, uint16_t domid, struct diag *d)
{
	struct device dev;
	int rc;

	backend(&dev, domid);
	rc = wait_state(h, &dev, XENBUS_STATE_INITIALISED, XENBUS_STATE_CONNECTED, CONNECT_MS, d);
	return rc ? diag_hint(d, rc, "see the control domain's kernel log (dmesg)") : 0;
}

/* One transaction; slots beyond n go. */
static int commit(struct host *h, const struct device *dev, const struct pci_slot *slots, size_t n,
		  size_t before, unsigned state, struct diag *d)
{
	uint32_t tx;
	size_t i;
	int rc;

	do {
		rc = store_begin(h->store, &tx);
		if (rc)
			break;
		store_batch(h->store);
		if (!before)
			device_write_common(h, tx, dev);
		for (i = 0; i < n; i++)
			write_slot(h, tx, dev, i, &slots[i]);
		for (i = n; i < before; i++)
			rm_slot(h, tx, dev, i);
		store_writef(h->store, tx, dev->back, "num_devs", "%zu", n);
		if (state)
			store_writef(h->store, tx, dev->back, "state", "%u", state);
		rc = store_finish(h->store, tx, store_batch_end(h->store));
	} while (rc == -EAGAIN);
	return rc ? diag_set(d, rc, "cannot write the device into the store: %s", strerror(-rc))
		  : 0;
}

/* The guest has to follow each change of its list. */
static int change(struct host *h, const struct device *dev, const struct pci_slot *slots, size_t n,
		  size_t before, struct diag *d)
{
	int rc = wait_state(h, dev, XENBUS_STATE_CONNECTED, XENBUS_STATE_CONNECTED, CHANGE_MS, d);

	if (!rc)
		rc = commit(h, dev, slots, n, before, XENBUS_STATE_RECONFIGURING, d);
	if (!rc)
		rc = wait_state(h, dev, XENBUS_STATE_CONNECTED, XENBUS_STATE_CONNECTED, CHANGE_MS,
				d);
	return rc ? diag_hint(d, rc,
			      "the guest must run and have the driver xen-pcifront (modprobe "
			      "xen-pcifront there)")
		  : 0;
}

/* The guest did not follow: the list is as before. */
static void undo(struct host *h, const struct device *dev, const struct pci_slot *slots, size_t n,
		 size_t now)
{
	struct diag ignored = DIAG_INIT;
	bool asked = number(h, 0, dev, "state") == XENBUS_STATE_RECONFIGURING;

	commit(h, dev, slots, n, now, asked ? XENBUS_STATE_CONNECTED : 0, &ignored);
}

int pci_add(struct host *h, uint16_t domid, const struct pci_conf *c, struct diag *d)
{
	struct pci_slot *slots = calloc(PCI_DEVS_MAX + 1, sizeof(*slots));
	struct device dev;
	size_t n;
	int rc;

	if (!slots)
		return diag_set(d, -ENOMEM, "out of memory");
	backend(&dev, domid);
	n = pci_slots(h, 0, domid, slots);
	to_slot(c, &slots[n]);
	if (n == PCI_DEVS_MAX) {
		rc = diag_set(d, -ENOSPC, "domain %u has %d PCI devices, which is all it can have",
			      domid, PCI_DEVS_MAX);
	} else if (!n) {
		rc = commit(h, &dev, slots, 1, 0, 0, d);
		if (!rc)
			rc = pci_finish(h, domid, d);
		if (rc)
			device_rm(h, &dev);
	} else {
		rc = change(h, &dev, slots, n + 1, n, d);
		if (rc)
			undo(h, &dev, slots, n, n + 1);
	}
	free(slots);
	return rc;
}

/* Without the guest: the back-end goes with all it has, and comes again with the rest. */
static int rebuild(struct host *h, const struct device *dev, struct pci_slot *slots, size_t n,
		   struct diag *d)
{
	size_t i;
	int rc;

	device_rm(h, dev);
	rc = device_wait_gone(dev, CONNECT_MS);
	if (rc)
		return diag_set(d, rc, "the PCI back-end of domain %u does not go away",
				dev->domid);
	for (i = 0; i < n; i++) {
		slots[i].vdev[0] = '\0';
		snprintf(slots[i].state, sizeof(slots[i].state), "%d", XENBUS_STATE_INITIALISING);
	}
	if (n)
		rc = commit(h, dev, slots, n, 0, 0, d);
	return rc || !n ? rc : pci_finish(h, dev->domid, d);
}

/* With the guest: it lets the device go, then it is struck off the list. */
static int let_go(struct host *h, const struct device *dev, struct pci_slot *slots, size_t i,
		  size_t n, struct diag *d)
{
	int rc;

	snprintf(slots[i].state, sizeof(slots[i].state), "%d", XENBUS_STATE_CLOSING);
	rc = change(h, dev, slots, n, n, d);
	if (rc) {
		snprintf(slots[i].state, sizeof(slots[i].state), "%d", XENBUS_STATE_INITIALISED);
		undo(h, dev, slots, n, n);
	}
	if (rc || n == 1)
		return rc;
	memmove(&slots[i], &slots[i + 1], (n - i - 1) * sizeof(*slots));
	return commit(h, dev, slots, n - 1, n, 0, d);
}

static int take(struct host *h, const struct device *dev, struct pci_slot *slots, size_t i,
		size_t n, bool force, struct diag *d)
{
	bool connected = number(h, 0, dev, "state") == XENBUS_STATE_CONNECTED;
	char bdf[PCI_BDF];
	int rc = 0;

	strcpy(bdf, slots[i].dev);
	if (connected)
		rc = let_go(h, dev, slots, i, n, d);
	if (rc && !force)
		return diag_hint(d, rc, "take it away all the same: --force");
	if (!connected || rc || n == 1) {
		n = pci_slots(h, 0, dev->domid, slots);
		if (i >= n)
			return 0; /* somebody else was faster */
		memmove(&slots[i], &slots[i + 1], (n - i - 1) * sizeof(*slots));
		rc = rebuild(h, dev, slots, n - 1, d);
	}
	if (!rc)
		pci_close(h, dev->domid, bdf);
	return rc;
}

int pci_remove(struct host *h, uint16_t domid, const char *bdf, bool force, struct diag *d)
{
	struct pci_slot *slots = calloc(PCI_DEVS_MAX + 1, sizeof(*slots));
	struct device dev;
	size_t n, i;
	int rc;

	if (!slots)
		return diag_set(d, -ENOMEM, "out of memory");
	backend(&dev, domid);
	n = pci_slots(h, 0, domid, slots);
	for (i = 0; i < n && strcmp(slots[i].dev, bdf); i++)
		;
	if (i < n)
		rc = take(h, &dev, slots, i, n, force, d);
	else
		rc = diag_hint(d,
			       diag_set(d, -ENOENT, "domain %u has no PCI device %s", domid, bdf),
			       "pav pci-list %u shows those it has", domid);
	free(slots);
	return rc;
}
