// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/unpacked.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "build/unpack.h"

#define SUFFIX ".elf"

enum { NAME = 160 };

/*
 * The change time cannot be set back, so a file that was replaced or written to has another name.
 */
static void name_of(const struct stat *st, char name[NAME])
{
	snprintf(name, NAME, "%lx-%lx-%lx-%lx.%lx-%lx.%lx" SUFFIX, (unsigned long)st->st_dev,
		 (unsigned long)st->st_ino, (unsigned long)st->st_size,
		 (unsigned long)st->st_mtim.tv_sec, (unsigned long)st->st_mtim.tv_nsec,
		 (unsigned long)st->st_ctim.tv_sec, (unsigned long)st->st_ctim.tv_nsec);
}

/* What others could have put there is not looked at. */
static int open_dir(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	if (fd >= 0 && !fstat(fd, &st) && st.st_uid == geteuid() && !(st.st_mode & 022))
		return fd;
	if (fd < 0)
		return -errno;
	close(fd);
	return -EPERM;
}

int unpacked_find(const char *dir, const struct stat *st, const uint8_t **image, size_t *n)
{
	int at = open_dir(dir), fd, rc = 0;
	struct stat kept;
	char name[NAME];
	void *map;

	if (at < 0)
		return at;
	name_of(st, name);
	fd = openat(at, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	close(at);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &kept) || !S_ISREG(kept.st_mode) || !kept.st_size ||
	    kept.st_size > UNPACK_MAX)
		rc = -EINVAL;
	map = rc ? MAP_FAILED
		 : mmap(NULL, (size_t)kept.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (!rc && map == MAP_FAILED)
		rc = -errno;
	close(fd);
	if (rc)
		return rc;
	*image = map;
	*n = (size_t)kept.st_size;
	return 0;
}

/* Remove the oldest when there is no room for one more. */
static void make_room(int at)
{
	char oldest[NAME] = "";
	struct timespec since = {.tv_sec = 0};
	unsigned kept = 0;
	struct dirent *e;
	struct stat st;
	DIR *d = fdopendir(dup(at));

	if (!d)
		return;
	rewinddir(d);
	while ((e = readdir(d))) {
		size_t len = strlen(e->d_name);

		if (len < sizeof(SUFFIX) || len >= NAME ||
		    strcmp(e->d_name + len - strlen(SUFFIX), SUFFIX) ||
		    fstatat(at, e->d_name, &st, AT_SYMLINK_NOFOLLOW))
			continue;
		kept++;
		if (*oldest &&
		    (st.st_mtim.tv_sec > since.tv_sec ||
		     (st.st_mtim.tv_sec == since.tv_sec && st.st_mtim.tv_nsec >= since.tv_nsec)))
			continue;
		memcpy(oldest, e->d_name, len + 1);
		since = st.st_mtim;
	}
	closedir(d);
	if (kept >= UNPACKED_MAX)
		unlinkat(at, oldest, 0);
}

/* Where an image would take a good part of what is left, the place is wanted for other things. */
static bool has_room(int at, size_t n)
{
	struct statvfs fs;

	return !fstatvfs(at, &fs) && (uint64_t)fs.f_bavail * fs.f_frsize >= 4 * (uint64_t)n;
}

static int write_all(int fd, const uint8_t *from, size_t len)
{
	while (len) {
		ssize_t n = write(fd, from, len);

		if (n < 0)
			return -errno;
		from += n;
		len -= (size_t)n;
	}
	return fdatasync(fd) ? -errno : 0;
}

int unpacked_keep(const char *dir, const struct stat *st, const uint8_t *image, size_t n)
{
	char name[NAME], link[32];
	int at, fd, rc;

	if (mkdir(dir, 0700) && errno != EEXIST)
		return -errno;
	at = open_dir(dir);
	if (at < 0)
		return at;
	make_room(at);
	/* Without a name until it is whole: a killed process leaves nothing. */
	fd = openat(at, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	rc = fd < 0 ? -errno : has_room(at, n) ? write_all(fd, image, n) : -ENOSPC;
	if (!rc) {
		name_of(st, name);
		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		if (linkat(AT_FDCWD, link, at, name, AT_SYMLINK_FOLLOW))
			rc = -errno;
	}
	if (fd >= 0)
		close(fd);
	close(at);
	return rc;
}
