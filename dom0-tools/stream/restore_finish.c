// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "abi/base.h"
#include "abi/shared_info.h"
#include "abi/start_info.h"
#include "stream/check.h"
#include "stream/restore_inner.h"
#include "stream/vcpu.h"

int restore_policy(struct restore *s)
{
	struct vm_policy p = {
		.leaves = s->leaves_of_cpu.data,
		.nr_leaves = s->leaves_of_cpu.size / sizeof(struct domctl_cpuid_leaf),
		.msrs = s->msrs_of_cpu.data,
		.nr_msrs = s->msrs_of_cpu.size / sizeof(struct domctl_msr_entry),
	};
	int rc;

	if (!p.nr_leaves && !p.nr_msrs)
		return 0;
	rc = vm_set_policy(s->vm, &p);
	if (!rc)
		return 0;
	diag_set(s->d, -EOPNOTSUPP,
		 "this machine's processor lacks what the guest has seen: %s: %s", p.refused,
		 strerror(-rc));
	return diag_hint(s->d, -EOPNOTSUPP, "restore it on a machine with the same features");
}

/* The frame of a page that may be used as plain memory, or as a root of page tables. */
static uint64_t usable(void *arg, uint64_t pfn, enum vcpu_use use)
{
	const struct restore *s = arg;
	unsigned kind;

	if (pfn >= s->nr)
		return NO_FRAME;
	kind = s->kinds[pfn];
	if (use == VCPU_ROOT ? kind_level(kind) != KIND_L4 : kind != KIND_PLAIN)
		return NO_FRAME;
	return s->p2m[pfn];
}

static int map_failed(struct restore *s, const char *what)
{
	return diag_set(s->d, -errno, "cannot map the new guest's %s: %s", what, strerror(errno));
}

static int write_leaf(struct restore *s, size_t i)
{
	uint64_t first = i * TABLE_ENTRIES, left = s->nr - first;
	mfn_t frame = {usable(s, s->leaves[i], VCPU_PLAIN)};
	uint64_t *p;

	if (frame.n == NO_FRAME)
		return diag_set(s->d, -EINVAL, "page %#llx, of the list of its frames, is missing",
				(unsigned long long)s->leaves[i]);
	p = vm_map(s->vm, true, &frame, 1);
	if (!p)
		return map_failed(s, "list of frames");
	if (left > TABLE_ENTRIES)
		left = TABLE_ENTRIES;
	memset(p, 0xff, FRAME_SIZE);
	memcpy(p, s->p2m + first, left * sizeof(*p));
	vm_unmap(p, 1);
	return 0;
}

static int write_p2m(struct restore *s)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < s->nr_leaves && !rc; i++)
		rc = write_leaf(s, i);
	return rc;
}

/* Events and clocks are the new domain's; interrupt flags and whereabouts the guest's. */
static int write_shared(struct restore *s)
{
	const struct shared_info *old = s->shared.data;
	mfn_t frame = vm_shared_info(s->vm);
	struct shared_info *p = vm_map(s->vm, true, &frame, 1);
	unsigned i;

	if (!p)
		return map_failed(s, "shared page");
	memcpy(p->vcpu_info, old->vcpu_info, sizeof(p->vcpu_info));
	p->arch = old->arch;
	p->arch.pfn_to_mfn_frame_list_list = 0;
	memset(p->evtchn_pending, 0, sizeof(p->evtchn_pending));
	memset(p->evtchn_mask, 0xff, sizeof(p->evtchn_mask));
	for (i = 0; i < XEN_LEGACY_MAX_VCPUS; i++)
		p->vcpu_info[i].evtchn_pending_sel = 0;
	vm_unmap(p, 1);
	return 0;
}

/* The page that a suspended guest looks at when it wakes up. Its rings are told by pfn. */
static int write_start_info(struct restore *s, mfn_t frame, struct restore_result *res)
{
	struct start_info *si = vm_map(s->vm, true, &frame, 1);
	int rc = 0;

	if (!si)
		return map_failed(s, "start page");
	res->store.n = usable(s, si->store_mfn, VCPU_PLAIN);
	res->console.n = usable(s, si->console.domU.mfn, VCPU_PLAIN);
	if (res->store.n == NO_FRAME || res->console.n == NO_FRAME) {
		rc = diag_set(s->d, -EINVAL, "its rings, pages %#llx and %#llx, are missing",
			      (unsigned long long)si->store_mfn,
			      (unsigned long long)si->console.domU.mfn);
	} else {
		si->store_mfn = res->store.n;
		si->store_evtchn = s->plan->store_port;
		si->console.domU.mfn = res->console.n;
		si->console.domU.evtchn = s->plan->console_port;
		si->nr_pages = s->nr;
		si->shared_info = vm_shared_info(s->vm).n << FRAME_SHIFT;
		si->flags = 0;
	}
	vm_unmap(si, 1);
	return rc;
}

static int pin_some(struct restore *s, const struct vm_pin *list, size_t n)
{
	int rc = n ? vm_pin(s->vm, list, n) : 0;

	return rc ? diag_set(s->d, rc, "the hypervisor refused the guest's page tables: %s",
			     strerror(-rc))
		  : 0;
}

static int pin_tables(struct restore *s)
{
	struct vm_pin list[VM_BATCH];
	size_t n = 0;
	uint64_t i;
	int rc = 0;

	for (i = 0; i < s->nr && !rc; i++) {
		unsigned kind = s->kinds[i];

		if (!kind_level(kind) || !(kind & KIND_PINNED))
			continue;
		list[n++] = (struct vm_pin){kind_level(kind), {s->p2m[i]}};
		if (n == VM_BATCH) {
			rc = pin_some(s, list, n);
			n = 0;
		}
	}
	return rc ? rc : pin_some(s, list, n);
}

static int refused(struct restore *s, int rc, unsigned id, const char *what)
{
	return diag_set(s->d, rc, "the hypervisor refused the %s of vCPU %u: %s", what, id,
			strerror(-rc));
}

static int set_vcpu(struct restore *s, unsigned id, struct restore_result *res)
{
	const struct vcpu_blobs *v = &s->vcpus[id];
	struct vcpu_guest_context *c = v->basic.data;
	struct domctl_ext_vcpucontext e = {.size = 0};
	int rc;

	rc = vcpu_to_frames(c, id, usable, s, s->d);
	if (!rc && !id)
		rc = write_start_info(s, (mfn_t){c->user_regs.rdx}, res);
	if (rc)
		return rc;
	c->flags |= VGCF_online;
	rc = vm_set_context(s->vm, id, c);
	if (rc)
		return refused(s, rc, id, "registers");
	if (v->extended.size) {
		memcpy(&e, v->extended.data,
		       v->extended.size < sizeof(e) ? v->extended.size : sizeof(e));
		e.vcpu = id;
		rc = vm_set_extended(s->vm, &e);
		if (rc)
			return refused(s, rc, id, "entry points");
	}
	rc = v->xsave.size ? vm_set_xsave(s->vm, id, v->xsave.data, v->xsave.size) : 0;
	if (rc)
		return refused(s, rc, id, "FPU state");
	rc = v->msrs.size ? vm_set_msrs(s->vm, id, v->msrs.data,
					v->msrs.size / sizeof(struct domctl_vcpu_msr))
			  : 0;
	return rc ? refused(s, rc, id, "MSRs") : 0;
}

static int set_vcpus(struct restore *s, struct restore_result *res)
{
	unsigned id;
	int rc = 0;

	for (id = 0; id < s->nr_vcpus && !rc; id++)
		if (s->vcpus[id].basic.size)
			rc = set_vcpu(s, id, res);
	return rc;
}

static int set_clock(struct restore *s)
{
	const struct tsc_record *r = s->tsc.data;
	struct domctl_tsc_info t = {.tsc_mode = 0};
	int rc;

	if (!r)
		return 0;
	t.tsc_mode = r->mode;
	t.gtsc_khz = r->khz;
	t.incarnation = r->incarnation;
	t.elapsed_nsec = r->nsec;
	rc = vm_set_tsc(s->vm, &t);
	return rc ? diag_set(s->d, rc, "the hypervisor refused a time stamp counter of mode %u: %s",
			     r->mode, strerror(-rc))
		  : 0;
}

int restore_finish(struct restore *s, struct restore_result *res)
{
	int rc;

	if (!s->p2m || !s->shared.size || !s->nr_vcpus || !s->vcpus[0].basic.size)
		return diag_set(s->d, -EINVAL, "%s is missing in it",
				!s->p2m           ? "memory"
				: !s->shared.size ? "the shared page"
						  : "the first vCPU");
	rc = write_p2m(s);
	if (!rc)
		rc = write_shared(s);
	if (!rc)
		rc = set_clock(s);
	if (!rc)
		rc = set_vcpus(s, res);
	return rc ? rc : pin_tables(s);
}
