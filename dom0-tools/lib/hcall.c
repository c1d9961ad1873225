// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "abi/privcmd.h"
#include "lib/hcall.h"

int hv_open(struct hv *hv, struct diag *d)
{
	int rc;

	*hv = (struct hv){.privcmd = -1, .hypercall = -1};
	hv->privcmd = open("/dev/xen/privcmd", O_RDWR | O_CLOEXEC);
	if (hv->privcmd < 0) {
		rc = -errno;
		diag_set(d, rc, "cannot open /dev/xen/privcmd: %s", strerror(-rc));
		if (rc == -EACCES)
			return diag_hint(d, rc, "run as root");
		return diag_hint(d, rc,
				 "this must be the control domain, with module xen-privcmd loaded");
	}
	hv->hypercall = open("/dev/xen/hypercall", O_RDWR | O_CLOEXEC);
	if (hv->hypercall < 0) {
		rc = diag_set(d, -errno, "cannot open /dev/xen/hypercall: %s", strerror(errno));
		hv_close(hv);
		return rc;
	}
	hv->arena =
		mmap(NULL, HV_ARENA_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, hv->hypercall, 0);
	if (hv->arena == MAP_FAILED) {
		hv->arena = NULL;
		rc = diag_set(d, -errno, "no memory for hypercall buffers: %s", strerror(errno));
		hv_close(hv);
		return rc;
	}
	return 0;
}

void hv_close(struct hv *hv)
{
	if (hv->arena)
		munmap(hv->arena, HV_ARENA_BYTES);
	if (hv->hypercall >= 0)
		close(hv->hypercall);
	if (hv->privcmd >= 0)
		close(hv->privcmd);
	*hv = (struct hv){.privcmd = -1, .hypercall = -1};
}

long hv_call(struct hv *hv, unsigned op, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3)
{
	struct privcmd_hypercall c = {.op = op, .arg = {a0, a1, a2, a3, 0}};
	long rc = ioctl(hv->privcmd, IOCTL_PRIVCMD_HYPERCALL, &c);

	return rc < 0 ? -errno : rc;
}

void *hv_buf(struct hv *hv, size_t n)
{
	void *p = hv->arena + hv->used;

	n = (n + 15) & ~(size_t)15;
	if (n > HV_ARENA_BYTES - hv->used)
		return NULL;
	hv->used += n;
	return memset(p, 0, n);
}

long hv_op(struct hv *hv, unsigned op, uint64_t cmd, void *arg, size_t size)
{
	size_t mark = hv_mark(hv);
	void *buf = hv_buf(hv, size);
	long rc;

	if (!buf)
		return -ENOMEM;
	memcpy(buf, arg, size);
	rc = hv_call(hv, op, cmd, hv_ptr(buf), 0, 0);
	memcpy(arg, buf, size);
	hv_release(hv, mark);
	return rc;
}
