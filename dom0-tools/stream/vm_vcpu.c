// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/domctl.h"
#include "stream/vm_inner.h"

int vm_online(struct vm *vm, unsigned vcpu)
{
	struct domctl_getvcpuinfo info;
	int rc = domctl_vcpu_info(vm->hv, vm->domid, vcpu, &info);

	return rc ? rc : info.online != 0;
}

int vm_get_context(struct vm *vm, unsigned vcpu, struct vcpu_guest_context *c)
{
	return domctl_get_context(vm->hv, vm->domid, vcpu, c);
}

int vm_set_context(struct vm *vm, unsigned vcpu, const struct vcpu_guest_context *c)
{
	return domctl_set_context(vm->hv, vm->domid, vcpu, c);
}

int vm_get_extended(struct vm *vm, unsigned vcpu, struct domctl_ext_vcpucontext *e)
{
	struct xen_domctl op = {.cmd = XEN_DOMCTL_get_ext_vcpucontext, .domain = vm->domid};
	int rc;

	op.u.ext_vcpucontext.vcpu = vcpu;
	rc = domctl_call(vm->hv, &op);
	*e = op.u.ext_vcpucontext;
	return rc;
}

int vm_set_extended(struct vm *vm, const struct domctl_ext_vcpucontext *e)
{
	struct xen_domctl op = {.cmd = XEN_DOMCTL_set_ext_vcpucontext, .domain = vm->domid};

	op.u.ext_vcpucontext = *e;
	return domctl_call(vm->hv, &op);
}

/* What op fills through a buffer of size bytes in the arena, copied out of it. */
static int fetch(struct vm *vm, struct xen_domctl *op, uint64_t *where, void **blob, size_t size)
{
	size_t mark = hv_mark(vm->hv);
	void *buf = hv_buf(vm->hv, size);
	int rc;

	*blob = malloc(size);
	if (!buf || !*blob) {
		rc = -ENOMEM;
	} else {
		*where = hv_ptr(buf);
		rc = domctl_call(vm->hv, op);
		memcpy(*blob, buf, size);
	}
	hv_release(vm->hv, mark);
	if (rc) {
		free(*blob);
		*blob = NULL;
	}
	return rc;
}

/* Have op take size bytes at blob. */
static int hand_over(struct vm *vm, struct xen_domctl *op, uint64_t *where, const void *blob,
		     size_t size)
{
	size_t mark = hv_mark(vm->hv);
	void *buf = hv_buf(vm->hv, size);
	int rc = -ENOMEM;

	if (buf) {
		memcpy(buf, blob, size);
		*where = hv_ptr(buf);
		rc = domctl_call(vm->hv, op);
	}
	hv_release(vm->hv, mark);
	return rc;
}

int vm_get_xsave(struct vm *vm, unsigned vcpu, void **blob, size_t *size)
{
	struct xen_domctl op = {.cmd = XEN_DOMCTL_getvcpuextstate, .domain = vm->domid};
	struct domctl_vcpuextstate *x = &op.u.vcpuextstate;
	int rc;

	*blob = NULL;
	*size = 0;
	x->vcpu = vcpu;
	rc = domctl_call(vm->hv, &op);
	if (rc || !x->xfeature_mask || !x->size)
		return rc;
	*size = x->size;
	rc = fetch(vm, &op, &x->buffer, blob, *size);
	if (!rc)
		*size = x->size;
	return rc;
}

int vm_set_xsave(struct vm *vm, unsigned vcpu, const void *blob, size_t size)
{
	struct xen_domctl op = {.cmd = XEN_DOMCTL_setvcpuextstate, .domain = vm->domid};

	op.u.vcpuextstate.vcpu = vcpu;
	op.u.vcpuextstate.size = size;
	return hand_over(vm, &op, &op.u.vcpuextstate.buffer, blob, size);
}

int vm_get_msrs(struct vm *vm, unsigned vcpu, struct domctl_vcpu_msr **list, size_t *n)
{
	struct xen_domctl op = {.cmd = XEN_DOMCTL_get_vcpu_msrs, .domain = vm->domid};
	struct domctl_vcpu_msrs *m = &op.u.vcpu_msrs;
	void *blob;
	int rc;

	*list = NULL;
	*n = 0;
	m->vcpu = vcpu;
	rc = domctl_call(vm->hv, &op);
	if (rc || !m->msr_count)
		return rc;
	rc = fetch(vm, &op, &m->msrs, &blob, m->msr_count * sizeof(**list));
	if (!rc) {
		*list = blob;
		*n = m->msr_count;
	}
	return rc;
}

int vm_set_msrs(struct vm *vm, unsigned vcpu, const struct domctl_vcpu_msr *list, size_t n)
{
	struct xen_domctl op = {.cmd = XEN_DOMCTL_set_vcpu_msrs, .domain = vm->domid};

	op.u.vcpu_msrs.vcpu = vcpu;
	op.u.vcpu_msrs.msr_count = (uint32_t)n;
	return hand_over(vm, &op, &op.u.vcpu_msrs.msrs, list, n * sizeof(*list));
}
