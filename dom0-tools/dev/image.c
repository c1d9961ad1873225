// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "dev/image.h"
#include "lib/domctl.h"

static void key_of(const struct stat *st, char *key, size_t size)
{
	if (S_ISBLK(st->st_mode))
		snprintf(key, size, "b%x-%x", major(st->st_rdev), minor(st->st_rdev));
	else
		snprintf(key, size, "f%llx-%llx", (unsigned long long)st->st_dev,
			 (unsigned long long)st->st_ino);
}

/* A claim outlives its guest only if something was killed: then nobody uses the image. */
static int alive(struct host *h, const char *user)
{
	struct domctl_getdomaininfo info;
	unsigned domid, devid;

	if (sscanf(user, "%u-%u", &domid, &devid) != 2)
		return 0;
	return domctl_info(&h->hv, (uint16_t)domid, &info) == 0 && !(info.flags & XEN_DOMINF_dying);
}

static int check_users(struct host *h, uint32_t tx, const char *dir, const struct disk_conf *c,
		       struct diag *d)
{
	char **users = NULL, mode[8], name[80];
	int n = store_list(h->store, tx, dir, &users), i, rc = 0;

	for (i = 0; i < n && !rc; i++) {
		if (store_get(h->store, tx, mode, sizeof(mode), "%s/%s", dir, users[i]) < 0)
			continue;
		if (c->readonly && mode[0] == 'r')
			continue;
		if (!alive(h, users[i])) {
			char path[DEVICE_PATH];

			snprintf(path, sizeof(path), "%s/%s", dir, users[i]);
			store_rm(h->store, tx, path);
			continue;
		}
		if (store_get(h->store, 0, name, sizeof(name), "/local/domain/%u/name",
			      (unsigned)strtoul(users[i], NULL, 10)) < 0)
			snprintf(name, sizeof(name), "domain %lu", strtoul(users[i], NULL, 10));
		diag_set(d, -EBUSY, "disk %s: image %s is in use by guest %s%s", c->vdev, c->target,
			 name, mode[0] == 'w' ? ", which may write to it" : "");
		rc = diag_hint(
			d, -EBUSY,
			"give each guest its own copy; access 'r' for all shares it safely, 'w!' "
			"shares it at your own risk");
	}
	if (n >= 0)
		free(users);
	return rc;
}

/* Check and claim in one transaction, or two tools could both find the image free. */
static int claim(struct host *h, const struct device *dev, const struct disk_conf *c,
		 const char *dir, struct diag *d)
{
	char user[24];
	uint32_t tx;
	int rc;

	snprintf(user, sizeof(user), "%u-%u", dev->domid, dev->devid);
	do {
		rc = store_begin(h->store, &tx);
		if (rc)
			return rc;
		rc = c->share ? 0 : check_users(h, tx, dir, c, d);
		if (!rc)
			rc = store_writef(h->store, tx, dir, user, "%c", c->readonly ? 'r' : 'w');
		if (!rc)
			rc = store_writef(h->store, tx, dev->record, "image", "%s", dir);
		rc = store_finish(h->store, tx, rc);
	} while (rc == -EAGAIN);
	return rc;
}

static void dir_of(const struct stat *st, char *dir, size_t size)
{
	char key[48];

	key_of(st, key, sizeof(key));
	snprintf(dir, size, "/pavise/image/%s", key);
}

int image_look(struct host *h, const struct disk_conf *c, const struct stat *st, struct diag *d)
{
	char dir[80];
	uint32_t tx;
	int rc = c->share ? 0 : store_begin(h->store, &tx);

	if (c->share)
		return 0;
	if (rc)
		return diag_set(d, rc,
				"disk %s: cannot look for the image's users in the store: %s",
				c->vdev, strerror(-rc));
	dir_of(st, dir, sizeof(dir));
	rc = check_users(h, tx, dir, c, d);
	store_end(h->store, tx, false);
	return rc;
}

int image_claim(struct host *h, const struct device *dev, const struct disk_conf *c,
		const struct stat *st, struct diag *d)
{
	char dir[80];
	int rc;

	dir_of(st, dir, sizeof(dir));
	rc = claim(h, dev, c, dir, d);
	if (rc && rc != -EBUSY)
		diag_set(d, rc, "disk %s: cannot note the image's use in the store: %s", c->vdev,
			 strerror(-rc));
	return rc;
}

void image_release(struct host *h, const struct device *dev)
{
	char dir[96], path[128], **users;
	uint32_t tx;
	int n;

	if (store_get(h->store, 0, dir, sizeof(dir), "%s/image", dev->record) < 0)
		return;
	snprintf(path, sizeof(path), "%s/%u-%u", dir, dev->domid, dev->devid);
	do {
		if (store_begin(h->store, &tx))
			return;
		n = store_list(h->store, tx, dir, &users);
		if (n >= 0)
			free(users);
		/* The last user takes the directory along, or images would pile up in the store. */
		store_rm(h->store, tx, n == 1 ? dir : path);
	} while (store_end(h->store, tx, true) == -EAGAIN);
}
