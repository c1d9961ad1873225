// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Numbering (public Xen document "vbd interface"): xvd with 16 disks of 16 partitions on major 202,
 * beyond that bit 28 with disk<<8; sd the same on major 8; hd with 64 partitions on majors 3
 * and 22.
 */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/vdev.h"

enum { XVD_MAJOR = 202, SD_MAJOR = 8, IDE0_MAJOR = 3, IDE1_MAJOR = 22 };

#define EXTENDED (1u << 28)

static int digits(const char **p, uint32_t max, uint32_t *out)
{
	uint32_t n = 0;

	if (!isdigit((unsigned char)**p) || (**p == '0' && isdigit((unsigned char)(*p)[1])))
		return -EINVAL;
	for (; isdigit((unsigned char)**p); (*p)++) {
		n = n * 10 + (uint32_t)(**p - '0');
		if (n > max)
			return -EINVAL;
	}
	*out = n;
	return 0;
}

/* a..z, aa..zz, ... as 0, 1, ... */
static int letters(const char **p, uint32_t max, uint32_t *out)
{
	uint32_t n = 0;

	if (!islower((unsigned char)**p))
		return -EINVAL;
	for (; islower((unsigned char)**p); (*p)++) {
		n = n * 26 + (uint32_t)(**p - 'a') + 1;
		if (n - 1 > max)
			return -EINVAL;
	}
	*out = n - 1;
	return 0;
}

static int number(const char *scheme, uint32_t disk, uint32_t part, uint32_t *num)
{
	if (!strcmp(scheme, "xvd") || !strcmp(scheme, "d")) {
		if (disk < 16 && part < 16)
			*num = XVD_MAJOR << 8 | disk << 4 | part;
		else
			*num = EXTENDED | disk << 8 | part;
		return 0;
	}
	if (!strcmp(scheme, "sd") && disk < 16 && part < 16) {
		*num = SD_MAJOR << 8 | disk << 4 | part;
		return 0;
	}
	if (!strcmp(scheme, "hd") && disk < 4 && part < 64) {
		*num = (disk < 2 ? IDE0_MAJOR : IDE1_MAJOR) << 8 | (disk & 1) << 6 | part;
		return 0;
	}
	return -EINVAL;
}

static int disk_and_part(const char *name, uint32_t *num)
{
	static const char *const schemes[] = {"xvd", "sd", "hd"};
	uint32_t disk, part = 0;
	size_t i;

	for (i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		const char *p = name + strlen(schemes[i]);

		if (strncmp(name, schemes[i], strlen(schemes[i])))
			continue;
		if (letters(&p, (1u << 20) - 1, &disk))
			return -EINVAL;
		if (*p && (digits(&p, 255, &part) || !part))
			return -EINVAL;
		return *p ? -EINVAL : number(schemes[i], disk, part, num);
	}
	return -EINVAL;
}

int vdev_parse(const char *name, uint32_t *num)
{
	const char *p = name + 1;
	uint32_t disk, part = 0;
	char *end;

	if (isdigit((unsigned char)name[0])) {
		unsigned long n;

		errno = 0;
		n = strtoul(name, &end, 0);
		if (*end || errno || n > 0x1fffffff)
			return -EINVAL;
		*num = (uint32_t)n;
		return 0;
	}
	if (name[0] != 'd' || !isdigit((unsigned char)name[1]))
		return disk_and_part(name, num);
	if (digits(&p, (1u << 20) - 1, &disk))
		return -EINVAL;
	if (*p == 'p' && (p++, digits(&p, 255, &part)))
		return -EINVAL;
	return *p ? -EINVAL : number("d", disk, part, num);
}

static void disk_letters(uint32_t disk, char *buf)
{
	char rev[8];
	int n = 0;

	for (disk++; disk; disk = (disk - 1) / 26)
		rev[n++] = (char)('a' + (disk - 1) % 26);
	while (n)
		*buf++ = rev[--n];
	*buf = '\0';
}

void vdev_name(uint32_t num, char *buf, size_t size)
{
	uint32_t major = num >> 8, disk, part;
	const char *scheme = "xvd";
	char name[8];

	if (num & EXTENDED) {
		disk = (num & ~EXTENDED) >> 8;
		part = num & 0xff;
	} else if (major == XVD_MAJOR || major == SD_MAJOR) {
		scheme = major == SD_MAJOR ? "sd" : "xvd";
		disk = num >> 4 & 15;
		part = num & 15;
	} else if ((major == IDE0_MAJOR || major == IDE1_MAJOR) && (num & 0xff) < 128) {
		scheme = "hd";
		disk = (major == IDE1_MAJOR) * 2u + (num >> 6 & 1 ? 1u : 0u);
		part = num & 63;
	} else {
		snprintf(buf, size, "dev-%u", num);
		return;
	}
	disk_letters(disk, name);
	if (part)
		snprintf(buf, size, "%s%s%u", scheme, name, part);
	else
		snprintf(buf, size, "%s%s", scheme, name);
}
