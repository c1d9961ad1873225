// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dev/block.h"
#include "dev/net.h"
#include "life/devices.h"
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

/* Change the kept configuration, if there is one: a restart shall bring the same devices. */
static void edit_record(struct host *h, uint16_t domid,
			void (*edit)(struct domconf *c, const char *kind, uint32_t devid,
				     const char *spec),
			const char *kind, uint32_t devid, const char *spec)
{
	struct domconf *c = calloc(1, sizeof(*c));
	struct diag ignored = DIAG_INIT;
	char dir[RECORD_DIR];

	record_dir(domid, dir);
	if (c && !record_read(h, dir, c, &ignored)) {
		edit(c, kind, devid, spec);
		record_write(h, 0, dir, c);
	}
	if (c)
		domconf_free(c);
	free(c);
}

static void edit_add(struct domconf *c, const char *kind, uint32_t devid, const char *spec)
{
	bool disk = !strcmp(kind, "vbd");
	size_t *n = disk ? &c->ndisks : &c->nvifs;

	(void)devid;
	if (*n == DOMCONF_DEVS_MAX)
		return;
	(disk ? c->disk_specs : c->vif_specs)[*n] = strdup(spec);
	if ((disk ? c->disk_specs : c->vif_specs)[*n])
		(*n)++;
}

static void edit_remove(struct domconf *c, const char *kind, uint32_t devid, const char *spec)
{
	size_t i;

	(void)spec;
	if (!strcmp(kind, "vbd")) {
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
	} else if (devid < c->nvifs) {
		free(c->vif_specs[devid]);
		vif_conf_free(&c->vifs[devid]);
		c->nvifs--;
		memmove(&c->vif_specs[devid], &c->vif_specs[devid + 1],
			(c->nvifs - devid) * sizeof(c->vif_specs[0]));
		memmove(&c->vifs[devid], &c->vifs[devid + 1],
			(c->nvifs - devid) * sizeof(c->vifs[0]));
	}
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
	int rc, end;

	do {
		rc = store_begin(h->store, &tx);
		if (rc)
			break;
		store_batch(h->store);
		write(h, tx, arg);
		rc = store_batch_end(h->store);
		end = store_end(h->store, tx, !rc);
		if (!rc)
			rc = end;
	} while (rc == -EAGAIN);
	return rc ? diag_set(d, rc, "cannot write the device into the store: %s", strerror(-rc))
		  : 0;
}

static void write_disk(struct host *h, uint32_t tx, const void *arg)
{
	block_write(h, tx, arg);
}

static int attach_disk(struct host *h, uint16_t domid, const struct disk_conf *c, struct diag *d)
{
	struct diag ignored = DIAG_INIT;
	struct block b;
	int rc;

	if (has(h, domid, "vbd", c->devid))
		return diag_set(d, -EEXIST, "domain %u has a disk %s already", domid, c->vdev);
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
		return rc;
	rc = attach_disk(h, domid, &c, d);
	if (!rc)
		edit_record(h, domid, edit_add, "vbd", c.devid, spec);
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
		return rc;
	snprintf(full, sizeof(full), "%s", spec);
	if (!c.has_mac) {
		net_draw_mac(c.mac);
		snprintf(full, sizeof(full), "mac=%02x:%02x:%02x:%02x:%02x:%02x,%s", c.mac[0],
			 c.mac[1], c.mac[2], c.mac[3], c.mac[4], c.mac[5], spec);
	}
	rc = attach_card(h, domid, &c, d);
	if (!rc)
		edit_record(h, domid, edit_add, "vif", 0, full);
	vif_conf_free(&c);
	return rc;
}

int devices_remove(struct host *h, uint16_t domid, const char *kind, uint32_t devid, bool force,
		   struct diag *d)
{
	struct device dev;
	int rc;

	device_init(&dev, kind, domid, devid);
	rc = device_detach(h, &dev, force, d);
	if (!rc)
		edit_record(h, domid, edit_remove, kind, devid, NULL);
	return rc;
}
