// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exporter/devstat.h"

#define DEVICES "/sys/bus/xen-backend/devices"

enum { PATH = 320, DEVICES_MIN = 64, LINE_VALUES = 12, PROC_MIN = 65536 };

bool devstat_parse_name(const char *name, struct devstat *out)
{
	unsigned domid, devid;
	int end = 0;

	out->card = !strncmp(name, "vif-", 4);
	if ((!out->card && strncmp(name, "vbd-", 4)) ||
	    sscanf(name + 4, "%5u-%10u%n", &domid, &devid, &end) != 2 || name[4 + end] ||
	    domid > 0xffff)
		return false;
	out->domid = (uint16_t)domid;
	out->devid = devid;
	return true;
}

/* The line that begins with the name, blanks before it and a colon behind it. */
static const char *line_of(const char *text, const char *ifname)
{
	size_t n = strlen(ifname);

	for (; text; text = strchr(text, '\n')) {
		text += strspn(text, " \n");
		if (!strncmp(text, ifname, n) && text[n] == ':')
			return text + n + 1;
	}
	return NULL;
}

bool devstat_parse_card(const char *text, const char *ifname, uint64_t value[CARD_VALUES])
{
	/* Columns of the interface's own view, in which the guest's directions are swapped. */
	static const int column[CARD_VALUES] = {8, 9, 11, 0, 1, 3};
	const char *at = line_of(text, ifname);
	unsigned long long v[LINE_VALUES];
	char *end;
	int i;

	if (!at)
		return false;
	for (i = 0; i < LINE_VALUES; i++, at = end) {
		v[i] = strtoull(at, &end, 10);
		if (end == at)
			return false;
	}
	for (i = 0; i < CARD_VALUES; i++)
		value[i] = v[column[i]];
	return true;
}

static bool read_number(int dir, const char *device, const char *name, uint64_t *out)
{
	char path[PATH], text[32];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/statistics/%s", device, name);
	fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return false;
	text[n] = '\0';
	*out = strtoull(text, NULL, 10);
	return true;
}

static bool read_disk(int dir, const char *device, struct devstat *s)
{
	static const char *const files[DISK_VALUES] = {"rd_req", "wr_req",  "f_req",
						       "ds_req", "rd_sect", "wr_sect"};
	int i;

	for (i = 0; i < DISK_VALUES; i++)
		if (!read_number(dir, device, files[i], &s->value[i]))
			return false;
	return true;
}

/* A card whose configuration names its interface has another one than the usual. */
static bool read_renamed(int dir, const char *device, const char *net, struct devstat *s)
{
	char path[PATH];
	struct dirent *e;
	bool found = false;
	DIR *d;
	int fd;

	snprintf(path, sizeof(path), "%s/net", device);
	fd = openat(dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	d = fd < 0 ? NULL : fdopendir(fd);
	if (!d)
		return false;
	while (!found && (e = readdir(d)) != NULL)
		found = e->d_name[0] != '.' && devstat_parse_card(net, e->d_name, s->value);
	closedir(d);
	return found;
}

static bool read_card(int dir, const char *device, const char *net, struct devstat *s)
{
	char usual[32];

	snprintf(usual, sizeof(usual), "vif%u.%u", s->domid, s->devid);
	return devstat_parse_card(net, usual, s->value) || read_renamed(dir, device, net, s);
}

/* The whole of /proc/net/dev, or an empty text; NULL: out of memory. */
static char *read_net(void)
{
	int fd = open("/proc/net/dev", O_RDONLY | O_CLOEXEC);
	size_t len = 0, room = PROC_MIN;
	char *text = malloc(room), *more;
	ssize_t n = 0;

	while (fd >= 0 && text && (n = read(fd, text + len, room - len - 1)) > 0) {
		len += (size_t)n;
		if (room - len > PROC_MIN / 2)
			continue;
		room *= 2;
		more = realloc(text, room);
		if (!more)
			free(text);
		text = more;
	}
	if (fd >= 0)
		close(fd);
	if (text)
		text[len] = '\0';
	return text;
}

static int read_all(DIR *d, const char *net, struct devstat **out)
{
	size_t n = 0, room = 0;
	struct devstat s, *more;
	struct dirent *e;
	int dir = dirfd(d);

	*out = NULL;
	while ((e = readdir(d)) != NULL) {
		if (!devstat_parse_name(e->d_name, &s))
			continue;
		if (s.card ? !read_card(dir, e->d_name, net, &s) : !read_disk(dir, e->d_name, &s))
			continue;
		if (n == room) {
			room = room ? 2 * room : DEVICES_MIN;
			more = realloc(*out, room * sizeof(s));
			if (!more) {
				free(*out);
				return -ENOMEM;
			}
			*out = more;
		}
		(*out)[n++] = s;
	}
	return (int)n;
}

int devstat_read(struct devstat **out)
{
	DIR *d = opendir(DEVICES);
	char *net = d ? read_net() : NULL;
	int n = 0;

	*out = NULL;
	if (d)
		n = net ? read_all(d, net, out) : -ENOMEM;
	free(net);
	if (d)
		closedir(d);
	return n;
}
