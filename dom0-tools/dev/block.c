// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "dev/block.h"
#include "dev/image.h"
#include "dev/loop.h"
#include "dev/throttle.h"

enum { CONNECT_MS = 60000 };

static int open_target(const struct disk_conf *c, struct stat *st, struct diag *d)
{
	int fd = open(c->target, (c->readonly ? O_RDONLY : O_RDWR) | O_CLOEXEC);

	if (fd < 0) {
		diag_set(d, -errno, "disk %s: image %s: %s", c->vdev, c->target, strerror(errno));
		if (errno == ENOENT)
			diag_hint(d, 0, "check the path, or make the image: truncate -s 4G %s",
				  c->target);
		else if (errno == EROFS || errno == EACCES)
			diag_hint(d, 0, "offer it read-only: access r");
		return -errno;
	}
	if (fstat(fd, st) || (!S_ISREG(st->st_mode) && !S_ISBLK(st->st_mode))) {
		close(fd);
		return diag_set(d, -EINVAL, "disk %s: %s is neither a file nor a block device",
				c->vdev, c->target);
	}
	if (S_ISREG(st->st_mode) && st->st_size < 512) {
		close(fd);
		return diag_set(d, -EINVAL, "disk %s: image %s holds not even one sector", c->vdev,
				c->target);
	}
	return fd;
}

static int odd(struct diag *d, int rc)
{
	return diag_else(d, rc,
			 "name an image file (truncate -s 4G FILE makes one) or a block "
			 "device; see pav.cfg(5)");
}

int block_check(const struct disk_conf *c, struct diag *d)
{
	struct stat st;
	int fd;

	if (c->script && strcmp(c->script, "block") && strcmp(c->script, "/etc/xen/scripts/block"))
		return odd(d, diag_set(d, -EOPNOTSUPP,
				       "disk %s: script '%s' is known but not served yet", c->vdev,
				       c->script));
	fd = open_target(c, &st, d);
	if (fd < 0)
		return odd(d, fd);
	close(fd);
	if (c->rate && throttle_check(d))
		return diag_at(d, -ENODEV, "disk %s: rate", c->vdev);
	return device_check_driver("vbd", d);
}

int block_look(struct host *h, const struct disk_conf *c, struct diag *d)
{
	struct stat st;
	int fd = open_target(c, &st, d);

	if (fd < 0)
		return fd;
	close(fd);
	return image_look(h, c, &st, d);
}

bool block_clash(const struct disk_conf *a, const struct disk_conf *b)
{
	struct stat x, y;

	if (a->share || b->share || (a->readonly && b->readonly) || stat(a->target, &x) ||
	    stat(b->target, &y))
		return false;
	if (S_ISBLK(x.st_mode) && S_ISBLK(y.st_mode))
		return x.st_rdev == y.st_rdev;
	return x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

int block_open(struct host *h, struct block *b, uint16_t domid, const struct disk_conf *c,
	       struct diag *d)
{
	struct stat st;
	int fd, rc;

	b->conf = c;
	b->fd = -1;
	device_init(&b->dev, "vbd", domid, c->devid);
	fd = open_target(c, &st, d);
	if (fd < 0)
		return fd;
	rc = image_claim(h, &b->dev, c, &st, d);
	if (rc) {
		close(fd);
		return rc;
	}
	if (S_ISBLK(st.st_mode)) {
		b->rdev = st.st_rdev;
		b->fd = fd;
		return 0;
	}
	b->fd = loop_attach(fd, c->target, c->readonly, c->direct_io_safe, &b->rdev, d);
	close(fd);
	if (b->fd >= 0)
		return 0;
	image_release(h, &b->dev);
	return b->fd;
}

void block_write(struct host *h, uint32_t tx, const struct block *b)
{
	const struct disk_conf *c = b->conf;
	const struct device *dev = &b->dev;

	device_write_common(h, tx, dev);
	device_put_back(h, tx, dev, "params", "%s", c->target);
	device_put_back(h, tx, dev, "script", "/etc/xen/scripts/block");
	device_put_back(h, tx, dev, "type", "phy");
	device_put_back(h, tx, dev, "dev", "%s", c->vdev);
	device_put_back(h, tx, dev, "mode", "%c", c->readonly ? 'r' : 'w');
	device_put_back(h, tx, dev, "removable", "%d", c->cdrom);
	device_put_back(h, tx, dev, "bootable", "1");
	device_put_back(h, tx, dev, "device-type", "%s", c->cdrom ? "cdrom" : "disk");
	device_put_back(h, tx, dev, "discard-enable", "%d", c->discard);
	device_put_back(h, tx, dev, "direct-io-safe", "%d", c->direct_io_safe);
	device_put_back(h, tx, dev, "physical-device-path", "%s", c->target);
	device_put_back(h, tx, dev, "physical-device", "%x:%x", major(b->rdev), minor(b->rdev));
	device_put_back(h, tx, dev, "hotplug-status", "connected");
	device_put_front(h, tx, dev, "virtual-device", "%u", c->devid);
	device_put_front(h, tx, dev, "device-type", "%s", c->cdrom ? "cdrom" : "disk");
	device_put_front(h, tx, dev, "trusted", "1");
}

int block_finish(struct host *h, struct block *b, struct diag *d)
{
	uint64_t end = host_now() + CONNECT_MS * 1000000ull;
	char path[96], why[256] = "";
	int rc = 0;

	/* The driver shows this attribute once it has opened the device. */
	snprintf(path, sizeof(path), "/sys/bus/xen-backend/devices/vbd-%u-%u/physical_device",
		 b->dev.domid, b->dev.devid);
	while (access(path, F_OK)) {
		device_error(h, &b->dev, why, sizeof(why));
		if (why[0] || host_now() > end) {
			rc = why[0] ? -EIO : -ETIMEDOUT;
			diag_set(d, rc, "disk %s: the block back-end did not take %s: %s",
				 b->conf->vdev, b->conf->target,
				 why[0] ? why : "no answer within a minute");
			diag_hint(d, rc, "see the control domain's kernel log (dmesg)");
			break;
		}
		host_sleep(1);
	}
	block_abort(b);
	return rc;
}

void block_abort(struct block *b)
{
	if (b->fd >= 0)
		close(b->fd);
	b->fd = -1;
}
