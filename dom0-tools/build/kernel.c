// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "build/kernel.h"
#include "build/unpack.h"
#include "build/unpacked.h"

static int open_file(const char *path, const char *what, uint64_t *len, struct diag *d)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	int rc = fd < 0 || fstat(fd, &st) ? -errno : 0;

	if (!rc && S_ISREG(st.st_mode) && st.st_size > 0) {
		*len = (uint64_t)st.st_size;
		return fd;
	}
	if (fd >= 0)
		close(fd);
	if (!rc)
		return diag_set(d, -ENOEXEC, "%s %s: %s", what, path,
				S_ISREG(st.st_mode) ? "the file is empty" : "not a regular file");
	diag_set(d, rc, "%s %s: %s", what, path, strerror(-rc));
	return diag_hint(d, rc, "check the path in the configuration");
}

static int read_all(int fd, uint8_t *to, uint64_t len)
{
	while (len) {
		ssize_t n = read(fd, to, len);

		if (n <= 0)
			return n ? -errno : -EIO;
		to += n;
		len -= (uint64_t)n;
	}
	return 0;
}

/* Read and unpack; what had to be unpacked is kept for the next guest, if that can be. */
static int unpack(struct kernel *k, int fd, const struct stat *st, const char *path,
		  const uint8_t **image, size_t *n, struct diag *d)
{
	uint64_t len = (uint64_t)st->st_size;
	int owned = 0, rc;

	k->file = len <= UNPACK_MAX ? malloc(len) : NULL;
	rc = k->file ? read_all(fd, k->file, len) : -EFBIG;
	if (rc)
		return diag_set(d, rc, "kernel %s: %s", path, strerror(-rc));
	rc = unpack_kernel(k->file, len, image, n, &owned, d);
	if (rc)
		return diag_at(d, rc, "kernel %s", path);
	if (!owned)
		return 0;
	k->unpacked = (uint8_t *)*image;
	unpacked_keep(UNPACKED_DIR, st, *image, *n);
	return 0;
}

static int read_kernel(struct kernel *k, const char *path, const uint8_t **image, size_t *n,
		       struct diag *d)
{
	uint64_t len = 0;
	int fd = open_file(path, "kernel", &len, d), rc = 0;
	struct stat st;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st))
		rc = diag_set(d, -errno, "kernel %s: %s", path, strerror(errno));
	else if (!unpacked_find(UNPACKED_DIR, &st, image, n))
		k->mapped = *n;
	else
		rc = unpack(k, fd, &st, path, image, n, d);
	if (k->mapped)
		k->unpacked = (uint8_t *)*image;
	close(fd);
	return rc;
}

static int understand(struct kernel *k, const char *path, const uint8_t *image, size_t n,
		      struct diag *d)
{
	const char *why = "";
	int rc = elf_open(image, n, &k->elf, &why);

	if (!rc) {
		rc = notes_read(&k->elf, &k->notes, &why);
		if (rc) {
			diag_set(d, rc, "kernel %s: %s", path, why);
			return diag_hint(d, rc,
					 "use a kernel built with CONFIG_XEN_PV, as Debian's are");
		}
	}
	return rc ? diag_set(d, rc, "kernel %s: %s", path, why) : 0;
}

static int lay_out(struct kernel *k, const char *path, uint64_t nr_pages, struct diag *d)
{
	struct layout_request req = {.nr_pages = nr_pages, .initrd_len = k->initrd_len};
	const char *why = "";
	int rc = layout_plan(&k->elf, &k->notes, &req, &k->layout, &why);

	if (!rc)
		return 0;
	diag_set(d, rc, "kernel %s: %s", path, why);
	if (rc == -ENOMEM)
		diag_hint(d, rc,
			  "the guest has %llu MiB, the kernel alone spans %llu MiB: raise memory "
			  "in the "
			  "configuration",
			  (unsigned long long)nr_pages >> 8, (unsigned long long)k->elf.pend >> 20);
	return rc;
}

int kernel_open(struct kernel *k, const char *path, const char *initrd, uint64_t nr_pages,
		struct diag *d)
{
	const uint8_t *image = NULL;
	size_t n = 0;
	int rc;

	*k = (struct kernel){.initrd = -1};
	rc = read_kernel(k, path, &image, &n, d);
	if (!rc)
		rc = understand(k, path, image, n, d);
	if (!rc && initrd) {
		k->initrd = open_file(initrd, "ramdisk", &k->initrd_len, d);
		rc = k->initrd < 0 ? k->initrd : 0;
	}
	if (!rc)
		rc = lay_out(k, path, nr_pages, d);
	if (rc)
		kernel_close(k);
	if (rc == -ENOENT)
		return diag_else(d, rc, "check the path in the configuration");
	return diag_else(d, rc,
			 "name a whole kernel that was built with CONFIG_XEN_PV, as Debian's "
			 "are, and its ramdisk");
}

void kernel_close(struct kernel *k)
{
	if (k->initrd >= 0)
		close(k->initrd);
	if (k->mapped)
		munmap(k->unpacked, k->mapped);
	else
		free(k->unpacked);
	free(k->file);
	*k = (struct kernel){.initrd = -1};
}
