// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi/ring.h"
#include "dev/device.h"
#include "dev/image.h"

enum { REMOVE_MS = 60000, DETACH_MS = 30000 };

void device_init(struct device *dev, const char *kind, uint16_t domid, uint32_t devid)
{
	dev->kind = kind;
	dev->domid = domid;
	dev->devid = devid;
	snprintf(dev->front, DEVICE_PATH, "/local/domain/%u/device/%s/%u", domid, kind, devid);
	snprintf(dev->back, DEVICE_PATH, "/local/domain/0/backend/%s/%u/%u", kind, domid, devid);
	snprintf(dev->record, DEVICE_PATH, "/libxl/%u/device/%s/%u", domid, kind, devid);
}

void device_put_back(struct host *h, uint32_t tx, const struct device *dev, const char *key,
		     const char *fmt, ...)
{
	char value[3072];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(value, sizeof(value), fmt, ap);
	va_end(ap);
	store_put(h->store, tx, dev->back, key, value);
	store_put(h->store, tx, dev->record, key, value);
}

void device_put_front(struct host *h, uint32_t tx, const struct device *dev, const char *key,
		      const char *fmt, ...)
{
	char value[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(value, sizeof(value), fmt, ap);
	va_end(ap);
	store_put(h->store, tx, dev->front, key, value);
}

void device_write_common(struct host *h, uint32_t tx, const struct device *dev)
{
	const struct store_perm front[] = {{'n', dev->domid}, {'r', 0}};
	const struct store_perm back[] = {{'n', 0}, {'r', dev->domid}};

	store_mkdir(h->store, tx, dev->front);
	store_set_perms(h->store, tx, dev->front, front, 2);
	store_mkdir(h->store, tx, dev->back);
	store_set_perms(h->store, tx, dev->back, back, 2);
	store_put(h->store, tx, dev->record, "frontend", dev->front);
	store_put(h->store, tx, dev->record, "backend", dev->back);
	device_put_front(h, tx, dev, "backend", "%s", dev->back);
	device_put_front(h, tx, dev, "backend-id", "0");
	device_put_front(h, tx, dev, "state", "%d", XENBUS_STATE_INITIALISING);
	store_put(h->store, tx, dev->back, "frontend", dev->front);
	device_put_back(h, tx, dev, "frontend-id", "%u", dev->domid);
	device_put_back(h, tx, dev, "online", "1");
	device_put_back(h, tx, dev, "state", "%d", XENBUS_STATE_INITIALISING);
}

int device_check_driver(const char *kind, struct diag *d)
{
	const char *module = kind[1] == 'b' ? "xen-blkback" : "xen-netback";
	char path[64];

	snprintf(path, sizeof(path), "/sys/bus/xen-backend/drivers/%s", kind);
	if (!access(path, F_OK))
		return 0;
	diag_set(d, -ENODEV, "the kernel has no back-end driver for %s devices", kind);
	return diag_hint(d, -ENODEV, "load it: modprobe %s", module);
}

void device_error(struct host *h, const struct device *dev, char *buf, size_t size)
{
	if (store_get(h->store, 0, buf, size, "/local/domain/0/error/backend/%s/%u/%u/error",
		      dev->kind, dev->domid, dev->devid) < 0)
		buf[0] = '\0';
}

void device_rm(struct host *h, const struct device *dev)
{
	char error[DEVICE_PATH];

	snprintf(error, sizeof(error), "/local/domain/0/error/backend/%s/%u/%u", dev->kind,
		 dev->domid, dev->devid);
	store_rm(h->store, 0, dev->front);
	store_rm(h->store, 0, dev->back);
	store_rm(h->store, 0, dev->record);
	store_rm(h->store, 0, error);
}

int device_wait_gone(const struct device *dev, unsigned timeout_ms)
{
	uint64_t end = host_now() + timeout_ms * 1000000ull;
	char path[96];

	/* The bus forgets a device before its driver does, which may have hardware at work. */
	snprintf(path, sizeof(path), "/sys/%s/%s-%u-%u",
		 strcmp(dev->kind, "pci") ? "bus/xen-backend/devices" : "devices", dev->kind,
		 dev->domid, dev->devid);
	while (!access(path, F_OK)) {
		if (host_now() > end)
			return -ETIMEDOUT;
		host_sleep(1);
	}
	return 0;
}

/* Every device of a kind that was begun, by the tools' own records; stops at the first error. */
static int each(struct host *h, uint16_t domid, const char *kind,
		int (*act)(struct host *h, const struct device *dev, void *arg), void *arg)
{
	char path[DEVICE_PATH];
	struct device dev;
	char **names;
	int n, i, rc = 0;

	snprintf(path, sizeof(path), "/libxl/%u/device/%s", domid, kind);
	n = store_list(h->store, 0, path, &names);
	if (n < 0)
		return n == -ENOENT ? 0 : n;
	for (i = 0; i < n && !rc; i++) {
		device_init(&dev, kind, domid, (uint32_t)strtoul(names[i], NULL, 10));
		rc = act(h, &dev, arg);
	}
	free(names);
	return rc;
}

static int rm_one(struct host *h, const struct device *dev, void *arg)
{
	(void)arg;
	if (!strcmp(dev->kind, "vbd"))
		image_release(h, dev);
	device_rm(h, dev);
	return 0;
}

static int wait_one(const struct device *dev, struct diag *d)
{
	if (!device_wait_gone(dev, REMOVE_MS))
		return 0;
	diag_set(d, -ETIMEDOUT, "the back-end of %s %u of domain %u does not go away", dev->kind,
		 dev->devid, dev->domid);
	return diag_hint(d, -ETIMEDOUT, "see the control domain's kernel log (dmesg)");
}

struct list {
	struct device dev[64];
	unsigned n;
};

static int note_one(struct host *h, const struct device *dev, void *arg)
{
	struct list *l = arg;

	(void)h;
	if (l->n < sizeof(l->dev) / sizeof(l->dev[0]))
		l->dev[l->n++] = *dev;
	return 0;
}

int device_remove_all(struct host *h, uint16_t domid, struct diag *d)
{
	struct list *l = calloc(1, sizeof(*l));
	char path[DEVICE_PATH], **kinds;
	int rc = 0, n, k;
	unsigned i;

	if (!l)
		return diag_set(d, -ENOMEM, "out of memory");
	snprintf(path, sizeof(path), "/libxl/%u/device", domid);
	n = store_list(h->store, 0, path, &kinds);
	for (k = 0; k < n; k++)
		each(h, domid, kinds[k], note_one, l);
	store_batch(h->store);
	for (i = 0; i < l->n; i++)
		rm_one(h, &l->dev[i], NULL);
	for (k = 0; k < n; k++) {
		snprintf(path, sizeof(path), "/local/domain/0/backend/%s/%u", kinds[k], domid);
		store_rm(h->store, 0, path);
	}
	store_batch_end(h->store);
	for (i = 0; i < l->n && !rc; i++)
		rc = wait_one(&l->dev[i], d);
	if (n >= 0)
		free(kinds);
	free(l);
	return rc;
}

static int wait_closed(struct host *h, const struct device *dev)
{
	uint64_t end = host_now() + DETACH_MS * 1000000ull;
	char state[16];

	do {
		if (store_get(h->store, 0, state, sizeof(state), "%s/state", dev->back) < 0 ||
		    atoi(state) == XENBUS_STATE_CLOSED)
			return 0;
		host_sleep(5);
	} while (host_now() < end);
	return -ETIMEDOUT;
}

int device_detach(struct host *h, const struct device *dev, int force, struct diag *d)
{
	char state[16];
	int rc;

	if (store_get(h->store, 0, state, sizeof(state), "%s/state", dev->back) < 0)
		return diag_hint(d,
				 diag_set(d, -ENOENT, "domain %u has no %s %u", dev->domid,
					  dev->kind, dev->devid),
				 "pav %s-list %u shows what it has",
				 dev->kind[1] == 'b' ? "block" : "network", dev->domid);
	store_batch(h->store);
	store_put(h->store, 0, dev->back, "online", "0");
	store_writef(h->store, 0, dev->back, "state", "%d", XENBUS_STATE_CLOSING);
	store_batch_end(h->store);
	rc = wait_closed(h, dev);
	if (rc && !force) {
		store_put(h->store, 0, dev->back, "online", "1");
		diag_set(d, rc, "the guest does not let %s %u go (in use there?)", dev->kind,
			 dev->devid);
		return diag_hint(d, rc, "unmount it in the guest, or take it away with --force");
	}
	store_batch(h->store);
	rm_one(h, dev, NULL);
	store_batch_end(h->store);
	return wait_one(dev, d);
}
