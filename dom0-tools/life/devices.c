// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/limit.h"
#include "dev/block.h"
#include "dev/net.h"
#include "dev/pci.h"
#include "life/devices.h"
#include "life/limits.h"
#include "life/record.h"

int devices_list(struct host *h, uint16_t domid, const char *kind, uint32_t **ids)
{
	char path[DEVICE_PATH], **names;
	int n, i;

	snprintf(path, sizeof(path), "/libxl/%u/device/%s", domid, kind);
	n = store_list(h->store, 0, path, &names);
	if (n < 0) {
		*ids = NULL;
		return n == -ENOENT ? 0 : n;
	}
	*ids = calloc((size_t)n + 1, sizeof(**ids));
	for (i = 0; *ids && i < n; i++)
		(*ids)[i] = (uint32_t)strtoul(names[i], NULL, 10);
	free(names);
	return *ids ? n : -ENOMEM;
}

static void add_disk(struct domconf *c, const void *spec)
{
	if (c->ndisks == DOMCONF_DEVS_MAX)
		return;
	c->disk_specs[c->ndisks] = strdup(spec);
	c->ndisks += c->disk_specs[c->ndisks] != NULL;
}

static void add_card(struct domconf *c, const void *spec)
{
	if (c->nvifs == DOMCONF_DEVS_MAX)
		return;
	c->vif_specs[c->nvifs] = strdup(spec);
	c->nvifs += c->vif_specs[c->nvifs] != NULL;
}

static void remove_disk(struct domconf *c, const void *arg)
{
	uint32_t devid = *(const uint32_t *)arg;
	size_t i;

	for (i = 0; i < c->ndisks && c->disks[i].devid != devid; i++)
		;
	if (i == c->ndisks)
		return;
	free(c->disk_specs[i]);
	disk_conf_free(&c->disks[i]);
	c->ndisks--;
	memmove(&c->disk_specs[i], &c->disk_specs[i + 1],
		(c->ndisks - i) * sizeof(c->disk_specs[0]));
	memmove(&c->disks[i], &c->disks[i + 1], (c->ndisks - i) * sizeof(c->disks[0]));
}

/* By address: numbers of cards have gaps when one was taken away, places in the list have not. */
static void remove_card(struct domconf *c, const void *mac)
{
	size_t i;

	for (i = 0; i < c->nvifs && memcmp(c->vifs[i].mac, mac, 6); i++)
		;
	if (i == c->nvifs)
		return;
	free(c->vif_specs[i]);
	vif_conf_free(&c->vifs[i]);
	c->nvifs--;
	memmove(&c->vif_specs[i], &c->vif_specs[i + 1], (c->nvifs - i) * sizeof(c->vif_specs[0]));
	memmove(&c->vifs[i], &c->vifs[i + 1], (c->nvifs - i) * sizeof(c->vifs[0]));
}

static bool has(struct host *h, uint16_t domid, const char *kind, uint32_t devid)
{
	uint32_t *ids;
	int n = devices_list(h, domid, kind, &ids), i;
	bool found = false;

	for (i = 0; i < n; i++)
		found |= ids[i] == devid;
	free(ids);
	return found;
}

/* One transaction for all nodes of one device. */
static int write_nodes(struct host *h, void (*write)(struct host *h, uint32_t tx, const void *arg),
		       const void *arg, struct diag *d)
{
	uint32_t tx;
	int rc;

	do {
		rc = store_begin(h->store, &tx);
		if (rc)
			break;
		store_batch(h->store);
		write(h, tx, arg);
		rc = store_finish(h->store, tx, store_batch_end(h->store));
	} while (rc == -EAGAIN);
	return rc ? diag_set(d, rc, "cannot write the device into the store: %s", strerror(-rc))
		  : 0;
}

static void write_disk(struct host *h, uint32_t tx, const void *arg)
{
	block_write(h, tx, arg);
	limits_write(h, tx, arg);
}

static int attach_disk(struct host *h, uint16_t domid, const struct disk_conf *c, struct diag *d)
{
	struct diag ignored = DIAG_INIT;
	struct block b;
	int rc;

	if (has(h, domid, "vbd", c->devid))
		return diag_hint(
			d, diag_set(d, -EEXIST, "domain %u has a disk %s already", domid, c->vdev),
			"choose another name; pav block-list %u shows those in use", domid);
	rc = block_check(c, d);
	if (!rc)
		rc = block_open(h, &b, domid, c, d);
	if (rc)
		return rc;
	rc = write_nodes(h, write_disk, &b, d);
	if (!rc)
		rc = block_finish(h, &b, d);
	if (rc) {
		block_abort(&b);
		device_detach(h, &b.dev, 1, &ignored);
	}
	return rc;
}

int devices_add_disk(struct host *h, uint16_t domid, const char *spec, struct diag *d)
{
	struct disk_conf c;
	int rc = disk_parse(spec, &c, d);

	if (rc)
		return diag_else(d, rc, "pav.cfg(5) tells how disks are written");
	rc = attach_disk(h, domid, &c, d);
	if (!rc)
		record_edit(h, domid, add_disk, spec);
	disk_conf_free(&c);
	return rc;
}

struct card {
	struct device dev;
	const struct vif_conf *conf;
};

static void write_card(struct host *h, uint32_t tx, const void *arg)
{
	const struct card *card = arg;

	net_write(h, tx, &card->dev, card->conf);
}

static int attach_card(struct host *h, uint16_t domid, const struct vif_conf *c, struct diag *d)
{
	struct diag ignored = DIAG_INIT;
	struct card card = {.conf = c};
	uint32_t devid = 0;
	int rc = net_check(c, d);

	if (rc)
		return rc;
	while (has(h, domid, "vif", devid))
		devid++;
	device_init(&card.dev, "vif", domid, devid);
	rc = write_nodes(h, write_card, &card, d);
	if (!rc)
		rc = net_finish(h, &card.dev, c, d);
	if (rc)
		device_detach(h, &card.dev, 1, &ignored);
	return rc;
}

int devices_add_card(struct host *h, uint16_t domid, const char *spec, struct diag *d)
{
	char full[512];
	struct vif_conf c;
	int rc = vif_parse(spec, &c, d);

	if (rc)
		return diag_else(d, rc, "pav.cfg(5) tells how cards are written");
	snprintf(full, sizeof(full), "%s", spec);
	if (!c.has_mac) {
		net_draw_mac(c.mac);
		snprintf(full, sizeof(full), "mac=%02x:%02x:%02x:%02x:%02x:%02x,%s", c.mac[0],
			 c.mac[1], c.mac[2], c.mac[3], c.mac[4], c.mac[5], spec);
	}
	rc = attach_card(h, domid, &c, d);
	if (!rc)
		record_edit(h, domid, add_card, full);
	vif_conf_free(&c);
	return rc;
}

int devices_remove_disk(struct host *h, uint16_t domid, uint32_t devid, bool force, struct diag *d)
{
	struct device dev;
	int rc;

	device_init(&dev, "vbd", domid, devid);
	rc = device_detach(h, &dev, force, d);
	if (!rc)
		record_edit(h, domid, remove_disk, &devid);
	return rc;
}

int devices_remove_card(struct host *h, uint16_t domid, uint32_t devid, bool force, struct diag *d)
{
	struct device dev;
	char text[32];
	uint8_t mac[6];
	bool known;
	int rc;

	device_init(&dev, "vif", domid, devid);
	known = store_get(h->store, 0, text, sizeof(text), "%s/mac", dev.back) > 0 &&
		!vif_mac_parse(text, mac);
	rc = device_detach(h, &dev, force, d);
	if (!rc && known)
		record_edit(h, domid, remove_card, mac);
	return rc;
}

static void add_pci(struct domconf *c, const void *spec)
{
	if (c->npcis == PCI_DEVS_MAX)
		return;
	c->pci_specs[c->npcis] = strdup(spec);
	c->npcis += c->pci_specs[c->npcis] != NULL;
}

static void remove_pci(struct domconf *c, const void *bdf)
{
	size_t i;

	for (i = 0; i < c->npcis && strcmp(c->pcis[i].bdf, bdf); i++)
		;
	if (i == c->npcis)
		return;
	free(c->pci_specs[i]);
	c->npcis--;
	memmove(&c->pci_specs[i], &c->pci_specs[i + 1], (c->npcis - i) * sizeof(c->pci_specs[0]));
	memmove(&c->pcis[i], &c->pcis[i + 1], (c->npcis - i) * sizeof(c->pcis[0]));
}

int devices_add_pci(struct host *h, uint16_t domid, const char *spec, struct diag *d)
{
	struct pci_conf c;
	int rc = pci_parse(spec, &c, d);

	if (rc)
		return diag_else(d, rc, "pav.cfg(5) tells how PCI devices are written");
	rc = pci_check(&c, d);
	if (!rc)
		rc = pci_look(h, 0, &c, 1, d);
	if (!rc)
		rc = pci_open(h, domid, &c, d);
	if (rc)
		return rc;
	rc = pci_add(h, domid, &c, d);
	if (rc)
		pci_close(h, domid, c.bdf);
	else
		record_edit(h, domid, add_pci, spec);
	return rc;
}

int devices_remove_pci(struct host *h, uint16_t domid, const char *bdf, bool force, struct diag *d)
{
	char full[PCI_BDF];
	int rc;

	if (pci_bdf_parse(bdf, full))
		return diag_hint(
			d, diag_set(d, -EINVAL, "'%s' is not the address of a PCI device", bdf),
			"an address looks like 0000:00:05.0; pav pci-list %u shows those it has",
			domid);
	rc = pci_remove(h, domid, full, force, d);
	if (!rc)
		record_edit(h, domid, remove_pci, full);
	return rc;
}

struct rated {
	uint8_t mac[6];
	const char *rate;
};

static void change_rate(struct domconf *c, const void *arg)
{
	const struct rated *r = arg;
	size_t i;

	for (i = 0; i < c->nvifs && memcmp(c->vifs[i].mac, r->mac, 6); i++)
		;
	if (i < c->nvifs)
		domconf_change_rate(c, i, r->rate);
}

int devices_rate_card(struct host *h, uint16_t domid, uint32_t devid, const char *rate,
		      struct diag *d)
{
	struct rated r = {.rate = rate};
	struct limit limit;
	char path[DEVICE_PATH + 8], text[32];
	struct device dev;
	int rc;

	if (rate && limit_parse(rate, &limit)) {
		diag_set(d, -EINVAL, "not a rate: '%s'", rate);
		return diag_hint(d, -EINVAL, "a rate looks like 10Mb/s or 1GB/s@20ms");
	}
	if (!has(h, domid, "vif", devid))
		return diag_set(d, -ENOENT, "domain %u has no card %u", domid, devid);
	device_init(&dev, "vif", domid, devid);
	snprintf(path, sizeof(path), "%s/rate", dev.back);
	rc = rate ? store_writef(h->store, 0, dev.back, "rate", "%llu,%u",
				 (unsigned long long)limit.bytes, limit.usecs)
		  : store_rm(h->store, 0, path);
	if (rc)
		return diag_set(d, rc, "store: %s: %s", path, strerror(-rc));
	if (store_get(h->store, 0, text, sizeof(text), "%s/mac", dev.back) > 0 &&
	    !vif_mac_parse(text, r.mac))
		record_edit(h, domid, change_rate, &r);
	return 0;
}

struct rated_disk {
	uint32_t devid;
	const char *rate;
};

static void change_disk_rate(struct domconf *c, const void *arg)
{
	const struct rated_disk *r = arg;
	size_t i;

	for (i = 0; i < c->ndisks && c->disks[i].devid != r->devid; i++)
		;
	if (i < c->ndisks)
		domconf_change_disk_rate(c, i, r->rate);
}

int devices_rate_disk(struct host *h, uint16_t domid, uint32_t devid, const char *rate,
		      struct diag *d)
{
	struct rated_disk r = {devid, rate};
	struct limit limit = {0, 1};
	int rc;

	if (rate && limit_parse(rate, &limit)) {
		diag_set(d, -EINVAL, "not a rate: '%s'", rate);
		return diag_hint(d, -EINVAL, "a rate looks like 10MB/s");
	}
	rc = limits_set(h, domid, devid,
			(uint64_t)((unsigned __int128)limit.bytes * 1000000 / limit.usecs), d);
	if (!rc)
		record_edit(h, domid, change_disk_rate, &r);
	return rc;
}
