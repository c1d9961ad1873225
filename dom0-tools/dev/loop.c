// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dev/loop.h"

/* Others may take the free device that was found: try again, but not for ever. */
enum { TRIES = 64 };

static int try_attach(int control, int image, const char *path, bool readonly, bool direct_io)
{
	struct loop_config c = {.fd = (__u32)image};
	char name[32];
	int n = ioctl(control, LOOP_CTL_GET_FREE), fd, rc;

	if (n < 0)
		return -errno;
	snprintf(name, sizeof(name), "/dev/loop%d", n);
	fd = open(name, (readonly ? O_RDONLY : O_RDWR) | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	c.info.lo_flags = LO_FLAGS_AUTOCLEAR | (readonly ? LO_FLAGS_READ_ONLY : 0) |
			  (direct_io ? LO_FLAGS_DIRECT_IO : 0);
	snprintf((char *)c.info.lo_file_name, sizeof(c.info.lo_file_name), "%s", path);
	if (!ioctl(fd, LOOP_CONFIGURE, &c))
		return fd;
	rc = -errno;
	close(fd);
	return rc;
}

int loop_attach(int image, const char *path, bool readonly, bool direct_io, dev_t *dev,
		struct diag *d)
{
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC), tries = 0, fd;
	struct stat st;

	if (control < 0) {
		diag_set(d, -errno, "cannot open /dev/loop-control: %s", strerror(errno));
		return diag_hint(d, -errno, "load the kernel's loop driver: modprobe loop");
	}
	do
		fd = try_attach(control, image, path, readonly, direct_io);
	while (fd == -EBUSY && ++tries < TRIES);
	close(control);
	if (fd < 0)
		return diag_hint(d,
				 diag_set(d, fd, "image %s: cannot make it a loop device: %s", path,
					  strerror(-fd)),
				 "losetup -a shows who uses loop devices");
	if (fstat(fd, &st)) {
		close(fd);
		return diag_set(d, -EIO, "image %s: its loop device vanished", path);
	}
	*dev = st.st_rdev;
	return fd;
}
