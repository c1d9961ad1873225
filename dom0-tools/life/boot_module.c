// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "build/unpack.h"
#include "conf/bootconf.h"
#include "guest-abi/bootproto/bzimage.h"
#include "life/boot_module.h"
#include "life/outfile.h"

/* A file as it is, and what of it the hypervisor shall get. */
struct module {
	void *file;
	size_t len;
	const uint8_t *image;
	size_t image_len;
	int owned; /* the image is malloc'ed */
	struct stat st;
};

static int module_open(struct module *m, const char *path, struct diag *d)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc = 0;

	*m = (struct module){.file = MAP_FAILED};
	if (fd < 0 || fstat(fd, &m->st))
		rc = -errno;
	else if (!S_ISREG(m->st.st_mode) || !m->st.st_size)
		rc = -ENOEXEC;
	if (!rc) {
		m->len = (size_t)m->st.st_size;
		m->file = mmap(NULL, m->len, PROT_READ, MAP_PRIVATE, fd, 0);
		rc = m->file == MAP_FAILED ? -errno : 0;
	}
	if (fd >= 0)
		close(fd);
	m->image = m->file;
	m->image_len = m->len;
	if (!rc)
		return 0;
	diag_set(d, rc, "file %s: %s", path, strerror(-rc));
	return diag_hint(d, rc, "check the path in the configuration");
}

static void module_close(struct module *m)
{
	if (m->owned)
		free((void *)m->image);
	if (m->file != MAP_FAILED)
		munmap(m->file, m->len);
}

/* The name of its packing, if it is a kernel that has to be unpacked. */
static const char *packing(const struct module *m)
{
	struct bzimage bz;
	const char *why;

	if (bzimage_open(m->file, m->len, &bz, &why))
		return NULL;
	return bz.kind == BZIMAGE_ELF || bz.kind == BZIMAGE_XZ || bz.kind == BZIMAGE_ZSTD
		       ? NULL
		       : bzimage_kind_name(bz.kind);
}

const char *boot_module_packed(const char *kernel)
{
	struct diag ignored = DIAG_INIT;
	const char *how = NULL;
	struct module m;

	if (!module_open(&m, kernel, &ignored))
		how = packing(&m);
	module_close(&m);
	return how;
}

static int write_all(struct outfile *o, const uint8_t *from, size_t len, struct diag *d)
{
	ssize_t n = 0;

	for (; len && n >= 0; from += n, len -= (size_t)n)
		n = write(o->fd, from, len);
	return len ? diag_set(d, -errno, "cannot write %s: %s", o->file, strerror(errno)) : 0;
}

static bool is_in(const struct module *m, const char *path)
{
	struct stat there;

	return !stat(path, &there) && there.st_dev == m->st.st_dev && there.st_ino == m->st.st_ino;
}

static int put(struct module *m, const char *path, struct diag *d)
{
	struct outfile o;
	int rc = outfile_open(&o, path, m->image_len, d);

	if (rc)
		return rc;
	rc = write_all(&o, m->image, m->image_len, d);
	if (!rc)
		rc = outfile_complete(&o, d);
	outfile_close(&o);
	return rc;
}

int boot_module_put(const char *dir, const char *file, bool kernel, struct diag *d)
{
	char path[4096];
	struct module m;
	int rc = module_open(&m, file, d);

	if (rc)
		return rc;
	snprintf(path, sizeof(path), "%s/%s", dir, bootconf_module(file));
	if (kernel && packing(&m)) {
		rc = unpack_kernel(m.file, m.len, &m.image, &m.image_len, &m.owned, d);
		if (rc)
			diag_at(d, rc, "kernel %s", file);
	}
	if (!rc && is_in(&m, path)) {
		/* Whose it is wants to keep it as it is. */
		rc = m.owned ? -EEXIST : 0;
		if (rc)
			diag_hint(
				d,
				diag_set(d, rc, "kernel %s is in %s itself, and packed", file, dir),
				"keep it in another folder");
	} else if (!rc) {
		rc = put(&m, path, d);
	}
	module_close(&m);
	return rc;
}
