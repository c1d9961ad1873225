// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "life/outfile.h"

static int failed(const char *what, const char *file, struct diag *d)
{
	int rc = diag_set(d, -errno, "cannot %s %s: %s", what, file, strerror(errno));

	if (rc == -ENOSPC)
		return diag_remedy(d, rc);
	return diag_hint(d, rc,
			 "give the path of a file in a folder that is there, and not read-only");
}

static int check_room(const struct outfile *o, uint64_t bytes, struct diag *d)
{
	struct statvfs v;

	if (fstatvfs(o->fd, &v) || (uint64_t)v.f_bavail * v.f_frsize >= bytes)
		return 0;
	diag_set(d, -ENOSPC, "%s needs %llu MiB, its file system has %llu MiB", o->file,
		 (unsigned long long)bytes >> 20,
		 (unsigned long long)v.f_bavail * v.f_frsize >> 20);
	return diag_hint(d, -ENOSPC, "make room, or choose another file system");
}

static int open_part(struct outfile *o, struct diag *d)
{
	int rc;

	if (snprintf(o->part, sizeof(o->part), "%s.part", o->file) >= (int)sizeof(o->part)) {
		errno = ENAMETOOLONG;
		o->part[0] = '\0';
		return failed("create", o->file, d);
	}
	o->fd = open(o->part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (o->fd >= 0)
		return 0;
	rc = failed("create", o->part, d);
	o->part[0] = '\0';
	if (rc == -EEXIST)
		diag_hint(d, rc, "another process is writing it, or left it: remove it then");
	return rc;
}

int outfile_open(struct outfile *o, const char *file, uint64_t bytes, struct diag *d)
{
	struct stat st;
	int rc;

	*o = (struct outfile){.file = file, .name = file, .fd = -1};
	if (!strcmp(file, "-")) {
		o->name = "standard output";
		o->fd = STDOUT_FILENO;
		return 0;
	}
	if (!stat(file, &st) && !S_ISREG(st.st_mode)) {
		o->fd = open(file, O_WRONLY | O_CLOEXEC);
		return o->fd < 0 ? failed("open", file, d) : 0;
	}
	rc = open_part(o, d);
	if (!rc)
		rc = check_room(o, bytes, d);
	if (rc)
		outfile_close(o);
	return rc;
}

int outfile_complete(struct outfile *o, struct diag *d)
{
	int fd = o->fd;

	if (!o->part[0])
		return 0;
	if (fsync(fd))
		return failed("write", o->file, d);
	o->fd = -1;
	if (close(fd))
		return failed("write", o->file, d);
	if (rename(o->part, o->file))
		return failed("name", o->file, d);
	o->part[0] = '\0';
	return 0;
}

void outfile_close(struct outfile *o)
{
	if (o->part[0])
		unlink(o->part);
	o->part[0] = '\0';
	if (o->fd > STDERR_FILENO)
		close(o->fd);
	o->fd = -1;
}
