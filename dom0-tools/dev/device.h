/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Devices of a guest as the store describes them: a front-end directory that the guest owns, a
 * back-end directory of the control domain, and the tool stack's own record of both.
 */
#ifndef TOOLS_DEV_DEVICE_H
#define TOOLS_DEV_DEVICE_H

#include <stdint.h>

#include "lib/diag.h"
#include "lib/host.h"

enum { DEVICE_PATH = 128 };

struct device {
	const char *kind; /* "vbd", "vif" */
	uint16_t domid;
	uint32_t devid;
	char front[DEVICE_PATH];
	char back[DEVICE_PATH];
	char record[DEVICE_PATH];
};

void device_init(struct device *dev, const char *kind, uint16_t domid, uint32_t devid);

/*
 * Write what every device has in both directories, and their permissions. Within a batch and a
 * transaction of the caller's: the kernel looks as soon as the directory shows.
 */
void device_write_common(struct host *h, uint32_t tx, const struct device *dev);

/* One more value in the back-end's or the front-end's directory. */
void device_put_back(struct host *h, uint32_t tx, const struct device *dev, const char *key,
		     const char *fmt, ...) __attribute__((format(printf, 5, 6)));
void device_put_front(struct host *h, uint32_t tx, const struct device *dev, const char *key,
		      const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* Is the kernel's driver for back-ends of this kind there? 0, or -ENODEV with d. */
int device_check_driver(const char *kind, struct diag *d);

/* What the back-end complained of, or an empty string. */
void device_error(struct host *h, const struct device *dev, char *buf, size_t size);

/* Remove the device's store nodes (a batch of the caller's may be open). */
void device_rm(struct host *h, const struct device *dev);

/* Wait until the kernel has let the back-end go. 0 or -ETIMEDOUT. */
int device_wait_gone(const struct device *dev, unsigned timeout_ms);

/*
 * Remove all devices of a guest that runs no more: nodes, back-ends, loop devices. 0, or
 * -ETIMEDOUT with d naming the device that did not go.
 */
int device_remove_all(struct host *h, uint16_t domid, struct diag *d);

/*
 * Ask the guest to let a device go, then remove it; with force, remove it even if it does not
 * answer. 0, -ENOENT, -ETIMEDOUT with d.
 */
int device_detach(struct host *h, const struct device *dev, int force, struct diag *d);

#endif
