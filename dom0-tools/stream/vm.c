// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "abi/base.h"
#include "abi/memory.h"
#include "abi/mmu.h"
#include "abi/version.h"
#include "lib/domctl.h"
#include "lib/foreign.h"
#include "lib/memory.h"
#include "lib/sysctl.h"
#include "stream/vm_inner.h"
#include "stream/vm_real.h"

/* The machine-to-physical table is mapped by such pieces, as they are asked for. */
enum { PIECE_FRAMES = 512, PIECE_ENTRIES = PIECE_FRAMES * FRAME_SIZE / 8 };

static int list_pieces(struct vm *vm)
{
	struct memory_machphys_mfn_list l = {.max_extents = 0};
	size_t mark = hv_mark(vm->hv);
	long top = hv_call(vm->hv, HC_MEMORY_OP, XENMEM_maximum_ram_page, 0, 0, 0), rc;
	uint64_t *frames;

	if (top < 0)
		return (int)top;
	l.max_extents = (uint32_t)((uint64_t)top / PIECE_ENTRIES + 1);
	frames = hv_buf(vm->hv, l.max_extents * sizeof(*frames));
	vm->piece_frame = calloc(l.max_extents, sizeof(*vm->piece_frame));
	vm->piece = calloc(l.max_extents, sizeof(*vm->piece));
	if (!frames || !vm->piece_frame || !vm->piece)
		return -ENOMEM;
	l.extent_start = hv_ptr(frames);
	rc = hv_op(vm->hv, HC_MEMORY_OP, XENMEM_machphys_mfn_list, &l, sizeof(l));
	if (!rc) {
		memcpy(vm->piece_frame, frames, l.nr_extents * sizeof(*frames));
		vm->pieces = l.nr_extents;
	}
	hv_release(vm->hv, mark);
	return (int)rc;
}

struct vm *vm_open(struct hv *hv, uint16_t domid, struct diag *d)
{
	struct vm *vm = calloc(1, sizeof(*vm));
	struct domctl_getdomaininfo info;
	int rc = vm ? domctl_info(hv, domid, &info) : -ENOMEM;

	if (!rc) {
		*vm = (struct vm){.hv = hv, .domid = domid, .vcpus = info.max_vcpu_id + 1};
		vm->shared_info.n = info.shared_info_frame;
		rc = list_pieces(vm);
	}
	if (!rc)
		return vm;
	diag_set(d, rc, "cannot get at domain %u: %s", domid, strerror(-rc));
	vm_close(vm);
	return NULL;
}

void vm_close(struct vm *vm)
{
	size_t i;

	if (!vm)
		return;
	for (i = 0; i < vm->pieces; i++)
		foreign_unmap((void *)vm->piece[i], PIECE_FRAMES);
	free(vm->piece);
	free(vm->piece_frame);
	free(vm);
}

unsigned vm_vcpus(struct vm *vm)
{
	return vm->vcpus;
}

mfn_t vm_shared_info(struct vm *vm)
{
	return vm->shared_info;
}

void vm_version(struct vm *vm, uint32_t *major, uint32_t *minor)
{
	long v = hv_call(vm->hv, HC_XEN_VERSION, XENVER_version, 0, 0, 0);

	*major = v < 0 ? 0 : (uint32_t)v >> 16;
	*minor = v < 0 ? 0 : (uint32_t)v & 0xffff;
}

void vm_describe(struct vm *vm, unsigned what, void *out, size_t size)
{
	if (version_get(vm->hv, what, out, size) < 0)
		memset(out, 0, size);
}

uint64_t vm_pfn(struct vm *vm, mfn_t frame)
{
	size_t p = frame.n / PIECE_ENTRIES, i;
	mfn_t list[PIECE_FRAMES];

	if (p >= vm->pieces)
		return ~0ULL;
	if (!vm->piece[p]) {
		for (i = 0; i < PIECE_FRAMES; i++)
			list[i].n = vm->piece_frame[p] + i;
		vm->piece[p] = foreign_map(vm->hv, DOMID_XEN, 0, list, PIECE_FRAMES);
		if (!vm->piece[p])
			return ~0ULL;
	}
	return vm->piece[p][frame.n % PIECE_ENTRIES];
}

void *vm_map(struct vm *vm, bool writable, const mfn_t *frames, size_t n)
{
	return foreign_map(vm->hv, vm->domid, writable, frames, n);
}

void vm_unmap(void *p, size_t n)
{
	foreign_unmap(p, n);
}

int vm_kinds(struct vm *vm, uint64_t *frames, size_t n)
{
	struct xen_domctl op = {.cmd = XEN_DOMCTL_getpageframeinfo3, .domain = vm->domid};
	size_t mark = hv_mark(vm->hv), i;
	uint64_t *list = hv_buf(vm->hv, n * sizeof(*list));
	int rc;

	if (!list)
		return -ENOMEM;
	memcpy(list, frames, n * sizeof(*list));
	op.u.getpageframeinfo3.num = n;
	op.u.getpageframeinfo3.array = hv_ptr(list);
	rc = domctl_call(vm->hv, &op);
	for (i = 0; i < n && !rc; i++)
		frames[i] = list[i] >> XEN_DOMCTL_PFINFO_LTAB_SHIFT & 0xf;
	hv_release(vm->hv, mark);
	return rc;
}

int vm_populate(struct vm *vm, uint64_t *pfns, size_t n)
{
	long rc = memory_populate(vm->hv, vm->domid, 0, pfns, n);

	return rc < 0 ? (int)rc : (size_t)rc < n ? -ENOMEM : 0;
}

int vm_pin(struct vm *vm, const struct vm_pin *list, size_t n)
{
	size_t mark = hv_mark(vm->hv), i;
	struct mmuext_op *op = hv_buf(vm->hv, n * sizeof(*op));
	long rc;

	if (!op)
		return -ENOMEM;
	for (i = 0; i < n; i++) {
		op[i].cmd = MMUEXT_PIN_L1_TABLE + list[i].level - 1;
		op[i].arg1.mfn = list[i].table.n;
	}
	rc = hv_call(vm->hv, HC_MMUEXT_OP, hv_ptr(op), n, 0, vm->domid);
	hv_release(vm->hv, mark);
	return (int)rc;
}

int vm_get_tsc(struct vm *vm, struct domctl_tsc_info *t)
{
	struct xen_domctl op = {.cmd = XEN_DOMCTL_gettscinfo, .domain = vm->domid};
	int rc = domctl_call(vm->hv, &op);

	*t = op.u.tsc_info;
	return rc;
}

int vm_set_tsc(struct vm *vm, const struct domctl_tsc_info *t)
{
	struct xen_domctl op = {.cmd = XEN_DOMCTL_settscinfo, .domain = vm->domid};

	op.u.tsc_info = *t;
	return domctl_call(vm->hv, &op);
}

/* Ask for the policy with room for as many as p says; what there is comes back. */
static int ask_policy(struct vm *vm, struct vm_policy *p)
{
	struct xen_domctl op = {.cmd = XEN_DOMCTL_get_cpu_policy, .domain = vm->domid};
	struct domctl_cpu_policy *c = &op.u.cpu_policy;
	size_t mark = hv_mark(vm->hv);
	void *leaves = p->nr_leaves ? hv_buf(vm->hv, p->nr_leaves * sizeof(*p->leaves)) : NULL;
	void *msrs = p->nr_msrs ? hv_buf(vm->hv, p->nr_msrs * sizeof(*p->msrs)) : NULL;
	int rc;

	c->nr_leaves = (uint32_t)p->nr_leaves;
	c->nr_msrs = (uint32_t)p->nr_msrs;
	c->leaves = hv_ptr(leaves);
	c->msrs = hv_ptr(msrs);
	rc = domctl_call(vm->hv, &op);
	p->nr_leaves = c->nr_leaves;
	p->nr_msrs = c->nr_msrs;
	if (!rc && p->leaves && p->msrs) {
		memcpy(p->leaves, leaves, p->nr_leaves * sizeof(*p->leaves));
		memcpy(p->msrs, msrs, p->nr_msrs * sizeof(*p->msrs));
	}
	hv_release(vm->hv, mark);
	return rc;
}

int vm_get_policy(struct vm *vm, struct vm_policy *p)
{
	int rc;

	*p = (struct vm_policy){.nr_leaves = 0};
	rc = ask_policy(vm, p);
	if (rc && rc != -ENOBUFS)
		return rc;
	p->leaves = calloc(p->nr_leaves + 1, sizeof(*p->leaves));
	p->msrs = calloc(p->nr_msrs + 1, sizeof(*p->msrs));
	rc = p->leaves && p->msrs ? ask_policy(vm, p) : -ENOMEM;
	if (rc) {
		free(p->leaves);
		free(p->msrs);
	}
	return rc;
}

int vm_set_policy(struct vm *vm, struct vm_policy *p)
{
	struct xen_domctl op = {.cmd = XEN_DOMCTL_set_cpu_policy, .domain = vm->domid};
	struct domctl_cpu_policy *c = &op.u.cpu_policy;
	size_t mark = hv_mark(vm->hv);
	void *leaves = hv_buf(vm->hv, p->nr_leaves * sizeof(*p->leaves));
	void *msrs = hv_buf(vm->hv, p->nr_msrs * sizeof(*p->msrs));
	int rc = -ENOMEM;

	if (leaves && msrs) {
		if (p->nr_leaves)
			memcpy(leaves, p->leaves, p->nr_leaves * sizeof(*p->leaves));
		if (p->nr_msrs)
			memcpy(msrs, p->msrs, p->nr_msrs * sizeof(*p->msrs));
		c->nr_leaves = (uint32_t)p->nr_leaves;
		c->nr_msrs = (uint32_t)p->nr_msrs;
		c->leaves = hv_ptr(leaves);
		c->msrs = hv_ptr(msrs);
		c->err_leaf = c->err_subleaf = c->err_msr = ~0u;
		rc = domctl_call(vm->hv, &op);
	}
	hv_release(vm->hv, mark);
	if (c->err_msr != ~0u)
		snprintf(p->refused, sizeof(p->refused), "MSR %#x", c->err_msr);
	else
		snprintf(p->refused, sizeof(p->refused), "CPUID leaf %#x, %#x", c->err_leaf,
			 c->err_subleaf);
	return rc;
}

static int shadow(struct vm *vm, uint32_t what, void *bitmap, uint64_t n)
{
	struct xen_domctl op = {.cmd = XEN_DOMCTL_shadow_op, .domain = vm->domid};

	op.u.shadow_op.op = what;
	op.u.shadow_op.dirty_bitmap = hv_ptr(bitmap);
	op.u.shadow_op.pages = n;
	return domctl_call(vm->hv, &op);
}

int vm_dirty_end(struct vm *vm)
{
	return shadow(vm, XEN_DOMCTL_SHADOW_OP_OFF, NULL, 0);
}

/* A process that was killed may have left its log. */
int vm_dirty_begin(struct vm *vm)
{
	vm_dirty_end(vm);
	return shadow(vm, XEN_DOMCTL_SHADOW_OP_ENABLE_LOGDIRTY, NULL, 0);
}

int vm_dirty_read(struct vm *vm, uint64_t *bitmap, uint64_t n)
{
	size_t size = (n + 63) / 64 * sizeof(*bitmap);
	/* Too large for the arena, but as still. */
	void *still = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, vm->hv->hypercall, 0);
	int rc;

	if (still == MAP_FAILED)
		return -errno;
	memset(still, 0, size);
	rc = shadow(vm, XEN_DOMCTL_SHADOW_OP_CLEAN, still, n);
	if (!rc)
		memcpy(bitmap, still, size);
	munmap(still, size);
	return rc;
}
