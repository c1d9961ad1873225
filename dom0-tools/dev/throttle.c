// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "dev/throttle.h"

#define GROUPS "/sys/fs/cgroup"
#define PREFIX "pavise-"

enum { PATH = 320, COMM = 32 };

static int write_text(const char *dir, const char *file, const char *text)
{
	char path[PATH];
	int fd, rc;

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	rc = write(fd, text, strlen(text)) < 0 ? -errno : 0;
	close(fd);
	return rc;
}

/* A group with threads in it cannot be removed. */
void throttle_clean(void)
{
	DIR *d = opendir(GROUPS);
	char path[PATH];
	struct dirent *e;

	while (d && (e = readdir(d)) != NULL) {
		if (strncmp(e->d_name, PREFIX, strlen(PREFIX)))
			continue;
		snprintf(path, sizeof(path), GROUPS "/%s", e->d_name);
		rmdir(path);
	}
	if (d)
		closedir(d);
}

/* Is that process a thread of the disk's? It is called "3.xvda-0". */
static bool serves(const char *pid, const char *name)
{
	char path[PATH], comm[COMM];
	size_t n = strlen(name);
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	got = read(fd, comm, sizeof(comm) - 1);
	close(fd);
	comm[got > 0 ? got : 0] = '\0';
	return !strncmp(comm, name, n) && comm[n] == '-' && isdigit((unsigned char)comm[n + 1]);
}

/* Put all threads of the disk into the group. How many, or -errno. */
static int move_threads(const char *group, const char *name)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	int n = 0, rc = 0;

	if (!d)
		return -errno;
	while (!rc && (e = readdir(d)) != NULL) {
		if (!isdigit((unsigned char)e->d_name[0]) || !serves(e->d_name, name))
			continue;
		rc = write_text(group, "cgroup.procs", e->d_name);
		n++;
	}
	closedir(d);
	return rc ? rc : n;
}

static int no_groups(struct diag *d, int rc)
{
	diag_set(d, -ENODEV, "the kernel's io controller cannot be used in " GROUPS ": %s",
		 strerror(-rc));
	return diag_hint(
		d, -ENODEV,
		"control groups of version 2 must be there: mount -t cgroup2 none " GROUPS);
}

static int limit(const char *group, dev_t dev, uint64_t bytes)
{
	char text[96];

	if (bytes)
		snprintf(text, sizeof(text), "%u:%u rbps=%llu wbps=%llu", major(dev), minor(dev),
			 (unsigned long long)bytes, (unsigned long long)bytes);
	else
		snprintf(text, sizeof(text), "%u:%u rbps=max wbps=max", major(dev), minor(dev));
	return write_text(group, "io.max", text);
}

/* What the back-end's threads are called, up to a dash and a number; and the group. */
static void names(uint16_t domid, const char *vdev, char name[COMM], char group[PATH])
{
	snprintf(name, COMM, "%u.%.20s", domid, vdev);
	snprintf(group, PATH, GROUPS "/" PREFIX "%s", name);
}

bool throttle_holds(uint16_t domid, const char *vdev)
{
	char name[COMM], group[PATH], path[PATH + COMM], byte;
	bool any;
	int fd;

	names(domid, vdev, name, group);
	snprintf(path, sizeof(path), "%s/cgroup.procs", group);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	any = fd >= 0 && read(fd, &byte, 1) == 1;
	if (fd >= 0)
		close(fd);
	return any;
}

int throttle_check(struct diag *d)
{
	char words[256];
	int fd = open(GROUPS "/cgroup.controllers", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, words, sizeof(words) - 1);

	if (fd >= 0)
		close(fd);
	words[n > 0 ? n : 0] = '\0';
	return strstr(words, "io") ? 0 : no_groups(d, -ENOENT);
}

int throttle_set(uint16_t domid, const char *vdev, dev_t dev, uint64_t bytes, struct diag *d)
{
	char name[COMM], group[PATH];
	int rc;

	names(domid, vdev, name, group);
	rc = write_text(GROUPS, "cgroup.subtree_control", "+io");
	if (rc)
		return no_groups(d, rc);
	if (mkdir(group, 0755) && errno != EEXIST)
		return diag_set(d, -errno, "cannot make %s: %s", group, strerror(errno));
	rc = limit(group, dev, bytes);
	if (rc)
		return diag_set(d, rc, "cannot limit device %u:%u in %s: %s", major(dev),
				minor(dev), group, strerror(-rc));
	rc = move_threads(group, name);
	if (rc < 0)
		return diag_set(d, rc, "cannot put the back-end's threads of %s into %s: %s", name,
				group, strerror(-rc));
	return rc ? 0
		  : diag_set(d, -EAGAIN, "the guest has not connected to its disk %s yet", vdev);
}
