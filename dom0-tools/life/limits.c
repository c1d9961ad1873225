// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "dev/device.h"
#include "dev/throttle.h"
#include "life/limits.h"

enum { VDEV = 32, ENTRY = 64 };

/* What the back-end calls the disk, and which device it is here. -ENOENT: there is none. */
static int look(struct host *h, uint16_t domid, uint32_t devid, char vdev[VDEV], dev_t *rdev)
{
	unsigned maj, min;
	struct device dev;
	char text[32];

	device_init(&dev, "vbd", domid, devid);
	if (store_get(h->store, 0, vdev, VDEV, "%s/dev", dev.back) <= 0 ||
	    store_get(h->store, 0, text, sizeof(text), "%s/physical-device", dev.back) <= 0 ||
	    sscanf(text, "%x:%x", &maj, &min) != 2)
		return -ENOENT;
	*rdev = makedev(maj, min);
	return 0;
}

void limits_write(struct host *h, uint32_t tx, const struct block *b)
{
	char name[ENTRY];

	if (!b->conf->rate)
		return;
	snprintf(name, sizeof(name), "%u-%u", b->dev.domid, b->dev.devid);
	store_writef(h->store, tx, LIMITS_DIR, name, "%llu", (unsigned long long)b->conf->rate);
}

int limits_set(struct host *h, uint16_t domid, uint32_t devid, uint64_t bytes, struct diag *d)
{
	char vdev[VDEV], name[ENTRY], path[2 * ENTRY];
	dev_t rdev;
	int rc = look(h, domid, devid, vdev, &rdev);

	if (rc)
		return diag_set(d, rc, "domain %u has no disk %u", domid, devid);
	snprintf(name, sizeof(name), "%u-%u", domid, devid);
	snprintf(path, sizeof(path), LIMITS_DIR "/%s", name);
	rc = throttle_set(domid, vdev, rdev, bytes, d);
	if (rc && rc != -EAGAIN)
		return rc;
	rc = bytes ? store_writef(h->store, 0, LIMITS_DIR, name, "%llu", (unsigned long long)bytes)
		   : store_rm(h->store, 0, path);
	return rc ? diag_set(d, rc, "store: %s: %s", path, strerror(-rc)) : 0;
}

/* 0: it holds, or there is nothing to limit; -EAGAIN; another error with d. */
static int hold(struct host *h, const char *name, struct diag *d)
{
	unsigned domid, devid;
	char vdev[VDEV], text[ENTRY], path[2 * ENTRY];
	dev_t rdev;

	snprintf(path, sizeof(path), LIMITS_DIR "/%s", name);
	if (store_get(h->store, 0, text, sizeof(text), "%s", path) <= 0)
		return 0;
	if (sscanf(name, "%u-%u", &domid, &devid) != 2 ||
	    look(h, (uint16_t)domid, devid, vdev, &rdev)) {
		store_rm(h->store, 0, path);
		throttle_clean();
		return 0;
	}
	return throttle_holds((uint16_t)domid, vdev)
		       ? 0
		       : throttle_set((uint16_t)domid, vdev, rdev, strtoull(text, NULL, 10), d);
}

unsigned limits_hold(struct host *h, struct diag *d)
{
	struct diag why = DIAG_INIT;
	unsigned waiting = 0;
	char **names;
	int n = store_list(h->store, 0, LIMITS_DIR, &names), i, rc;

	*d = (struct diag)DIAG_INIT;
	for (i = 0; i < n; i++) {
		rc = hold(h, names[i], &why);
		waiting += rc == -EAGAIN;
		if (rc && rc != -EAGAIN && !d->text[0])
			*d = why;
	}
	if (n >= 0)
		free(names);
	return waiting;
}
