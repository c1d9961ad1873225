// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dev/flush.h"
#include "lib/host.h"

enum { IDLE_MS = 20000 };

/* The kernel's name of the device; "" if it has gone. */
static void device_name(unsigned maj, unsigned min, char *name, size_t size)
{
	char path[64], line[128];
	FILE *f;

	name[0] = '\0';
	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/uevent", maj, min);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, "DEVNAME=", 8))
			snprintf(name, size, "/dev/%.*s", (int)strcspn(line + 8, "\n"), line + 8);
	if (f)
		fclose(f);
}

static int wait_idle(unsigned maj, unsigned min)
{
	uint64_t end = host_now() + IDLE_MS * 1000000ull;
	unsigned long reads = 0, writes = 0;
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/inflight", maj, min);
	for (;;) {
		f = fopen(path, "re");
		if (!f)
			return -errno;
		if (fscanf(f, "%lu %lu", &reads, &writes) != 2)
			reads = 1;
		fclose(f);
		if (!reads && !writes)
			return 0;
		if (host_now() > end)
			return -ETIMEDOUT;
		host_sleep(1);
	}
}

static int flush(const char *attribute, struct diag *d)
{
	FILE *f = fopen(attribute, "re");
	unsigned maj, min;
	char name[128];
	int fd, rc;

	/* An empty drive has no device. */
	rc = f && fscanf(f, "%x:%x", &maj, &min) == 2 ? 0 : -ENOENT;
	if (f)
		fclose(f);
	if (rc)
		return 0;
	device_name(maj, min, name, sizeof(name));
	rc = wait_idle(maj, min);
	if (rc)
		return diag_set(d, rc, "disk %s: what the guest has written does not end: %s", name,
				strerror(-rc));
	fd = open(name, O_RDONLY | O_CLOEXEC);
	rc = fd < 0 || fsync(fd) ? -errno : 0;
	if (fd >= 0)
		close(fd);
	return rc ? diag_set(d, rc, "disk %s: cannot flush what the guest has written: %s", name,
			     strerror(-rc))
		  : 0;
}

int flush_disks(uint16_t domid, struct diag *d)
{
	char pattern[96];
	glob_t found;
	size_t i;
	int rc = 0;

	snprintf(pattern, sizeof(pattern), "/sys/bus/xen-backend/devices/vbd-%u-*/physical_device",
		 domid);
	if (glob(pattern, GLOB_NOSORT, NULL, &found))
		return 0;
	for (i = 0; i < found.gl_pathc && !rc; i++)
		rc = flush(found.gl_pathv[i], d);
	globfree(&found);
	return rc;
}
