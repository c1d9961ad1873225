/* SPDX-License-Identifier: GPL-2.0-or-later */
/* domctl: what of a vCPU's state is not in its context: FPU state beyond FXSAVE's, MSRs. */
#include "domctl.h"

#include <arch/vcpu.h>
#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/guest_copy.h>
#include <hv/heap.h>
#include <hv/pv.h>
#include <hv/string.h>

#define MSR_TSC_AUX     0xc0000103u
#define MSRS_MAX        1u
#define XSAVE_HEADER_AT 512
#define XSAVE_MIN_SIZE  576u
#define XCR0_MAX_BIT    62u

/* How tools carry it: both masks, then XSAVE's standard form of all components ever on. */
struct xstate {
	uint64_t xcr0, xcr0_accum;
	uint8_t area[];
};

struct xsave_header {
	uint64_t xstate_bv, xcomp_bv, reserved[6];
};

/* Bytes of struct xstate with the components of @xcr0; none without XSAVE. */
static uint32_t xstate_size(uint64_t xcr0)
{
	uint32_t size = xcr0 ? XSAVE_MIN_SIZE : 0;
	struct cpuid_regs r;

	for (uint32_t i = 2; i <= XCR0_MAX_BIT; i++) {
		if (!(xcr0 >> i & 1))
			continue;
		arch_cpuid(0xd, i, &r);
		size = MAX(size, r.a + r.b);
	}
	return (uint32_t)sizeof(struct xstate) + size;
}

int domctl_getvcpuextstate(struct xen_domctl *op, struct domain *d)
{
	struct domctl_vcpuextstate *es = &op->u.vcpuextstate;
	struct vcpu *v = domain_vcpu(d, es->vcpu);
	uint64_t mask = arch_fpu_mask();
	uint32_t size = xstate_size(mask);
	struct xstate head;
	int rc = 0;

	if (!v)
		return -ESRCH;
	if (v == current_vcpu())
		return -EINVAL;
	if (es->buffer && (es->size || es->xfeature_mask)) {
		if (es->size < size || es->xfeature_mask != mask)
			return -EINVAL;
		vcpu_pause(v);
		head = (struct xstate){.xcr0 = v->xcr0, .xcr0_accum = mask};
		if (copy_to_guest(es->buffer, &head, sizeof(head)) ||
		    copy_to_guest(es->buffer + sizeof(head), v->fpu, size - sizeof(head)))
			rc = -EFAULT;
		vcpu_unpause(v);
	}
	es->xfeature_mask = mask;
	es->size = size;
	return rc;
}

/* 0: may be loaded (at worst XRSTOR refuses it and the state is as after power-on). */
static int xstate_check(const struct xstate *x, uint64_t size)
{
	const struct xsave_header *h = (const void *)(x->area + XSAVE_HEADER_AT);

	if (!x->xcr0 && !x->xcr0_accum)
		return size == sizeof(*x) ? 0 : -EINVAL;
	if (!pv_xcr0_valid(x->xcr0) || !pv_xcr0_valid(x->xcr0_accum) || x->xcr0 & ~x->xcr0_accum ||
	    size != xstate_size(x->xcr0_accum))
		return -EINVAL;
	if (h->xcomp_bv >> 63)
		return -EOPNOTSUPP; /* the compact form */
	if (h->xstate_bv & ~x->xcr0_accum || h->xcomp_bv)
		return -EINVAL;
	for (unsigned i = 0; i < ARRAY_SIZE(h->reserved); i++)
		if (h->reserved[i])
			return -EINVAL;
	return 0;
}

int domctl_setvcpuextstate(struct xen_domctl *op, struct domain *d)
{
	const struct domctl_vcpuextstate *es = &op->u.vcpuextstate;
	struct vcpu *v = domain_vcpu(d, es->vcpu);
	struct xstate *x;
	int rc;

	if (!v)
		return -ESRCH;
	if (v == current_vcpu() || es->size < sizeof(*x) || es->size > xstate_size(arch_fpu_mask()))
		return -EINVAL;
	x = mem_alloc(es->size);
	if (!x)
		return -ENOMEM;
	rc = copy_from_guest(x, es->buffer, es->size) ? -EFAULT : xstate_check(x, es->size);
	if (!rc && es->size > sizeof(*x)) {
		vcpu_pause(v);
		v->xcr0 = x->xcr0;
		memcpy(v->fpu, x->area, es->size - sizeof(*x));
		vcpu_unpause(v);
	}
	mem_free(x);
	return rc;
}

/* Those that a guest can write and that keep what it wrote. Zeros are left out. */
int domctl_get_vcpu_msrs(struct xen_domctl *op, struct domain *d)
{
	struct domctl_vcpu_msrs *m = &op->u.vcpu_msrs;
	struct vcpu *v = domain_vcpu(d, m->vcpu);
	struct domctl_vcpu_msr msr = {.index = MSR_TSC_AUX};
	uint32_t room = m->msr_count;

	if (!v)
		return -ESRCH;
	if (v == current_vcpu())
		return -EINVAL;
	m->msr_count = MSRS_MAX;
	if (!m->msrs)
		return 0;
	vcpu_pause(v);
	msr.value = v->tsc_aux;
	vcpu_unpause(v);
	m->msr_count = msr.value ? 1 : 0;
	if (m->msr_count > room)
		return -ENOBUFS;
	return m->msr_count && copy_to_guest(m->msrs, &msr, sizeof(msr)) ? -EFAULT : 0;
}

int domctl_set_vcpu_msrs(struct xen_domctl *op, struct domain *d)
{
	const struct domctl_vcpu_msrs *m = &op->u.vcpu_msrs;
	struct vcpu *v = domain_vcpu(d, m->vcpu);
	struct domctl_vcpu_msr msr;

	if (!v)
		return -ESRCH;
	if (v == current_vcpu() || m->msr_count > MSRS_MAX)
		return -EINVAL;
	if (!m->msr_count)
		return 0;
	if (copy_from_guest(&msr, m->msrs, sizeof(msr)))
		return -EFAULT;
	if (msr.index != MSR_TSC_AUX || msr.reserved || msr.value >> 32)
		return -EINVAL;
	vcpu_pause(v);
	v->tsc_aux = msr.value;
	vcpu_unpause(v);
	return 0;
}
