// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "abi/privcmd.h"
#include "lib/foreign.h"

static void *range(struct hv *hv, int prot, size_t n)
{
	void *p = mmap(NULL, n << FRAME_SHIFT, prot, MAP_SHARED, hv->privcmd, 0);

	return p == MAP_FAILED ? NULL : p;
}

static int first_error(const int *err, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (err[i])
			return -err[i];
	return 0;
}

void *foreign_map(struct hv *hv, uint16_t dom, int writable, const mfn_t *frames, size_t n)
{
	int *err = malloc(n * sizeof(*err));
	void *p = err ? range(hv, writable ? PROT_READ | PROT_WRITE : PROT_READ, n) : NULL;
	struct privcmd_mmapbatch_v2 batch = {
		.num = (uint32_t)n,
		.dom = dom,
		.addr = hv_ptr(p),
		.arr = hv_ptr(frames),
		.err = hv_ptr(err),
	};
	int e = ENOMEM;

	if (p) {
		e = ioctl(hv->privcmd, IOCTL_PRIVCMD_MMAPBATCH_V2, &batch) < 0 ? errno : 0;
		if (e == ENOENT || !e)
			e = first_error(err, n);
		if (e) {
			munmap(p, n << FRAME_SHIFT);
			p = NULL;
		}
	}
	free(err);
	errno = e;
	return p;
}

void foreign_unmap(void *p, size_t n)
{
	if (p)
		munmap(p, n << FRAME_SHIFT);
}

void *foreign_map_resource(struct hv *hv, uint16_t dom, unsigned type, unsigned id, unsigned first,
			   size_t n)
{
	void *p = range(hv, PROT_READ | PROT_WRITE, n);
	struct privcmd_mmap_resource r = {
		.dom = dom,
		.type = type,
		.id = id,
		.idx = first,
		.num = n,
		.addr = hv_ptr(p),
	};
	int e;

	if (!p)
		return NULL;
	if (ioctl(hv->privcmd, IOCTL_PRIVCMD_MMAP_RESOURCE, &r) < 0) {
		e = errno;
		munmap(p, n << FRAME_SHIFT);
		errno = e;
		return NULL;
	}
	return p;
}
