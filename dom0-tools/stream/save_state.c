// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "stream/save_state.h"
#include "stream/vcpu.h"

int save_policy(struct vm *vm, struct wire *w, struct diag *d)
{
	struct vm_policy p;
	int rc = vm_get_policy(vm, &p);

	if (rc)
		return diag_set(d, rc, "cannot read what the guest sees of the processor: %s",
				strerror(-rc));
	if (p.nr_leaves)
		rc = wire_put1(w, REC_CPUID_POLICY, p.leaves, p.nr_leaves * sizeof(*p.leaves), d);
	if (!rc && p.nr_msrs)
		rc = wire_put1(w, REC_MSR_POLICY, p.msrs, p.nr_msrs * sizeof(*p.msrs), d);
	free(p.leaves);
	free(p.msrs);
	return rc;
}

static int cannot_read(struct diag *d, int rc, unsigned id, const char *what)
{
	return diag_set(d, rc, "cannot read %s of vCPU %u: %s", what, id, strerror(-rc));
}

/* A record of one vCPU; without contents there is none. */
static int put_vcpu(struct wire *w, uint32_t type, unsigned id, const void *blob, size_t size,
		    struct diag *d)
{
	struct vcpu_head head = {.id = id};
	struct iovec parts[] = {{&head, sizeof(head)}, {(void *)blob, size}};

	return size ? wire_put(w, type, parts, 2, d) : 0;
}

static int save_basic(struct vm *vm, struct wire *w, unsigned id, table_map to_pfn, void *arg,
		      struct diag *d)
{
	struct vcpu_guest_context c;
	int rc = vm_get_context(vm, id, &c);

	if (rc)
		return cannot_read(d, rc, id, "the registers");
	rc = vcpu_to_pfns(&c, id, to_pfn, arg, d);
	return rc ? rc : put_vcpu(w, REC_VCPU_BASIC, id, &c, sizeof(c), d);
}

static int save_extended(struct vm *vm, struct wire *w, unsigned id, struct diag *d)
{
	struct domctl_ext_vcpucontext e;
	int rc = vm_get_extended(vm, id, &e);

	if (rc)
		return cannot_read(d, rc, id, "the entry points");
	return put_vcpu(w, REC_VCPU_EXTENDED, id, &e, e.size < sizeof(e) ? e.size : sizeof(e), d);
}

static int save_xsave(struct vm *vm, struct wire *w, unsigned id, struct diag *d)
{
	size_t size;
	void *blob;
	int rc = vm_get_xsave(vm, id, &blob, &size);

	if (rc)
		return cannot_read(d, rc, id, "the FPU state");
	rc = put_vcpu(w, REC_VCPU_XSAVE, id, blob, size, d);
	free(blob);
	return rc;
}

static int save_msrs(struct vm *vm, struct wire *w, unsigned id, struct diag *d)
{
	struct domctl_vcpu_msr *list;
	size_t n;
	int rc = vm_get_msrs(vm, id, &list, &n);

	if (rc)
		return cannot_read(d, rc, id, "the MSRs");
	rc = put_vcpu(w, REC_VCPU_MSRS, id, list, n * sizeof(*list), d);
	free(list);
	return rc;
}

static int save_vcpus(struct vm *vm, struct wire *w, table_map to_pfn, void *arg, struct diag *d)
{
	unsigned id;
	int rc = 0;

	for (id = 0; id < vm_vcpus(vm) && !rc; id++) {
		int online = vm_online(vm, id);

		if (online < 0)
			return cannot_read(d, online, id, "the state");
		if (!online)
			continue;
		rc = save_basic(vm, w, id, to_pfn, arg, d);
		if (!rc)
			rc = save_extended(vm, w, id, d);
		if (!rc)
			rc = save_xsave(vm, w, id, d);
		if (!rc)
			rc = save_msrs(vm, w, id, d);
	}
	return rc;
}

int save_state(struct vm *vm, struct wire *w, const struct shared_info *shared, table_map to_pfn,
	       void *arg, struct diag *d)
{
	struct domctl_tsc_info t;
	struct tsc_record rec = {.mode = 0};
	int rc = vm_get_tsc(vm, &t);

	if (rc)
		return diag_set(d, rc, "cannot read the guest's clock: %s", strerror(-rc));
	rec.mode = t.tsc_mode;
	rec.khz = t.gtsc_khz;
	rec.nsec = t.elapsed_nsec;
	rec.incarnation = t.incarnation;
	rc = wire_put1(w, REC_TSC_INFO, &rec, sizeof(rec), d);
	if (!rc)
		rc = wire_put1(w, REC_SHARED_INFO, shared, FRAME_SIZE, d);
	return rc ? rc : save_vcpus(vm, w, to_pfn, arg, d);
}
