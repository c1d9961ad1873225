// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * domctl: what every operation does, and that one that is refused says so by the documented error
 * and changes nothing, neither the domain nor the caller's structure. (Who is not in control never
 * gets here: test_hypercall.)
 */
#include <abi/base.h>
#include <abi/sched.h>
#include <check.h>
#include <hv/dirty.h>
#include <hv/errno.h>
#include <hv/heap.h>
#include <hv/hypercall.h>
#include <stdlib.h>
#include <string.h>
#include "control_sim.h"
#include "host.h"
#include "suite.h"

#define ABSENT 77 /* no domain has this id */

static struct domain *d0, *d1;
static struct xen_domctl op;

static void setup(void)
{
	sim_start(2);
	d0 = sim_domain(0, 1);
	d1 = sim_domain(1, 2);
	sim_enter(d0->vcpu[0]);
	memset(&op, 0, sizeof(op));
	op.domain = 1;
}

static int64_t run(uint32_t cmd)
{
	op.cmd = cmd;
	return sim_domctl(&op);
}

/* Run it and return its error, having seen that nothing else came of it. */
static int64_t refused(uint32_t cmd)
{
	static struct domain domain_before;
	static struct vcpu vcpu_before;
	uint64_t free_before = heap_free_pages();
	struct xen_domctl op_before;
	int64_t rc;

	op.cmd = cmd;
	op.interface_version = XEN_DOMCTL_INTERFACE_VERSION;
	op_before = op;
	memcpy(&domain_before, d1, sizeof(*d1));
	memcpy(&vcpu_before, d1->vcpu[0], sizeof(vcpu_before));
	rc = run(cmd);
	ck_assert_mem_eq(&op, &op_before, sizeof(op));
	ck_assert_mem_eq(d1, &domain_before, sizeof(*d1));
	ck_assert_mem_eq(d1->vcpu[0], &vcpu_before, sizeof(vcpu_before));
	ck_assert_uint_eq(heap_free_pages(), free_before);
	return rc;
}

START_TEST(common_errors)
{
	/* Every number there can be, for a domain that is not there. */
	for (uint32_t cmd = 0; cmd < 100; cmd++) {
		int64_t rc;

		memset(&op, 0, sizeof(op));
		op.domain = ABSENT;
		if (cmd == XEN_DOMCTL_createdomain)
			continue;
		rc = refused(cmd);
		ck_assert(rc == -ESRCH || rc == -ENOSYS);
		op.domain = 1;
		if (rc == -ENOSYS)
			ck_assert_int_eq(refused(cmd), -ENOSYS);
	}
	ck_assert_int_eq(refused(XEN_DOMCTL_setdebugging), -ENOSYS);
	ck_assert_int_eq(refused(UINT32_MAX), -ENOSYS);
	ck_assert_int_eq(hc_domctl(8, 0, 0, 0, 0), -EFAULT);
	ck_assert_int_eq(hc_domctl(HV_VA_START, 0, 0, 0, 0), -EFAULT);
	op.cmd = XEN_DOMCTL_pausedomain;
	for (unsigned i = 0; i < 3; i++) {
		op.interface_version = XEN_DOMCTL_INTERFACE_VERSION - 1 + 2 * i;
		if (i == 2)
			op.interface_version = 0;
		ck_assert_int_eq(hc_domctl((uint64_t)(uintptr_t)&op, 0, 0, 0, 0), -EACCES);
	}
	ck_assert_int_eq(d1->controller_pause, 0);
}
END_TEST

static void good_createdomain(void)
{
	memset(&op, 0, sizeof(op));
	op.u.createdomain.max_vcpus = 2;
	op.u.createdomain.max_evtchn_port = 1023;
	op.u.createdomain.max_grant_frames = -1;
	op.u.createdomain.max_maptrack_frames = -1;
	op.u.createdomain.grant_opts = 1;
	op.u.createdomain.flags = XEN_DOMCTL_CDF_xs_domain;
	memset(op.u.createdomain.handle, 0xab, 16);
}

START_TEST(createdomain)
{
	struct domctl_createdomain *in = &op.u.createdomain;
	struct domain *d;

#define BAD(change, error)                                                                         \
	do {                                                                                       \
		good_createdomain();                                                               \
		change;                                                                            \
		ck_assert_int_eq(refused(XEN_DOMCTL_createdomain), error);                         \
	} while (0)
	BAD(in->flags |= XEN_DOMCTL_CDF_hvm, -EINVAL);
	BAD(in->flags |= XEN_DOMCTL_CDF_iommu, -EINVAL);
	BAD(in->iommu_opts = 1, -EINVAL);
	BAD(in->cpupool_id = 1, -ESRCH);
	BAD(in->vmtrace_size = 4096, -EINVAL);
	BAD(in->arch.emulation_flags = 1, -EINVAL);
	BAD(in->arch.misc_flags = 2, -EINVAL);
	BAD(in->max_vcpus = 0, -EINVAL);
	BAD(in->max_vcpus = 100000, -EINVAL);
	BAD(in->grant_opts = 2, -EOPNOTSUPP);
	BAD(op.domain = 1, -EEXIST);

	good_createdomain();
	in->arch.misc_flags = XEN_X86_MSR_RELAXED;
	ck_assert_int_eq(run(XEN_DOMCTL_createdomain), 0);
	ck_assert_uint_ne(op.domain, 0);
	d = domain_get(op.domain);
	ck_assert_ptr_nonnull(d);
	ck_assert_uint_eq(d->config.max_grant_frames, 64);
	ck_assert_uint_eq(d->config.handle[15], 0xab);
	ck_assert(!d->privileged);
	domain_put(d);
	good_createdomain();
	op.domain = 9;
	ck_assert_int_eq(run(XEN_DOMCTL_createdomain), 0);
	ck_assert_uint_eq(op.domain, 9);
}
END_TEST

START_TEST(pauses_are_counted)
{
	ck_assert_int_eq(run(XEN_DOMCTL_pausedomain), 0);
	ck_assert_int_eq(run(XEN_DOMCTL_pausedomain), 0);
	ck_assert_int_eq(d1->controller_pause, 2);
	ck_assert(!vcpu_runnable(d1->vcpu[0]));
	ck_assert_int_eq(run(XEN_DOMCTL_unpausedomain), 0);
	ck_assert(!vcpu_runnable(d1->vcpu[0]));
	ck_assert_int_eq(run(XEN_DOMCTL_unpausedomain), 0);
	ck_assert(vcpu_runnable(d1->vcpu[0]));
	ck_assert_int_eq(refused(XEN_DOMCTL_unpausedomain), -EINVAL);
	op.domain = 0;
	ck_assert_int_eq(refused(XEN_DOMCTL_pausedomain), -EINVAL);
	ck_assert_int_eq(refused(XEN_DOMCTL_resumedomain), -EINVAL);
	ck_assert_int_eq(refused(XEN_DOMCTL_destroydomain), -EINVAL);
}
END_TEST

START_TEST(information)
{
	const struct domctl_getdomaininfo *info = &op.u.getdomaininfo;
	mfn_t mfn = sim_frame(d1);

	op.domain = 1;
	memset(&op.u, 0xff, sizeof(op.u));
	ck_assert_int_eq(run(XEN_DOMCTL_getdomaininfo), 0);
	ck_assert_uint_eq(info->domain, 1);
	ck_assert_uint_eq(info->max_vcpu_id, 1);
	ck_assert_uint_eq(info->nr_online_vcpus, 2);
	ck_assert_uint_eq(info->tot_pages, 1);
	ck_assert_uint_eq(info->max_pages, SIM_FRAMES);
	ck_assert_uint_eq(info->flags & ~(XEN_DOMINF_shutdownmask << XEN_DOMINF_shutdownshift), 0);
	ck_assert_uint_eq(info->shared_info_frame, virt_frame(d1->shared_info).n);
	/* The first domain at or above the id. */
	good_createdomain();
	op.domain = 20;
	ck_assert_int_eq(run(XEN_DOMCTL_createdomain), 0);
	op.domain = 2;
	ck_assert_int_eq(run(XEN_DOMCTL_getdomaininfo), 0);
	ck_assert_uint_eq(op.domain, 20);
	ck_assert_uint_eq(info->max_vcpu_id, XEN_INVALID_MAX_VCPU_ID);
	ck_assert(info->flags & XEN_DOMINF_paused && info->flags & XEN_DOMINF_xs_domain);
	op.domain = 21;
	ck_assert_int_eq(refused(XEN_DOMCTL_getdomaininfo), -ESRCH);
	domain_shutdown(d1, SHUTDOWN_suspend);
	op.domain = 1;
	ck_assert_int_eq(run(XEN_DOMCTL_getdomaininfo), 0);
	ck_assert(info->flags & XEN_DOMINF_shutdown);
	ck_assert_uint_eq(info->flags >> XEN_DOMINF_shutdownshift, SHUTDOWN_suspend);
	ck_assert_int_eq(run(XEN_DOMCTL_resumedomain), 0);
	ck_assert(!d1->is_shut_down);
	ck_assert_int_eq(run(XEN_DOMCTL_destroydomain), 0);
	op.domain = 1;
	(void)mfn;
}
END_TEST

START_TEST(vcpus)
{
	const struct domctl_getvcpuinfo *info = &op.u.getvcpuinfo;

	good_createdomain();
	ck_assert_int_eq(run(XEN_DOMCTL_createdomain), 0);
	op.u.max_vcpus.max = 3;
	ck_assert_int_eq(refused(XEN_DOMCTL_max_vcpus), -EINVAL);
	op.u.max_vcpus.max = 2;
	ck_assert_int_eq(run(XEN_DOMCTL_max_vcpus), 0);
	op.u.getvcpuinfo.vcpu = 1;
	ck_assert_int_eq(run(XEN_DOMCTL_getvcpuinfo), 0);
	ck_assert_uint_eq(info->online, 0);
	op.u.getvcpuinfo.vcpu = 2;
	ck_assert_int_eq(refused(XEN_DOMCTL_getvcpuinfo), -ESRCH);
	op.domain = 1;
	op.u.getvcpuinfo.vcpu = 0;
	ck_assert_int_eq(run(XEN_DOMCTL_getvcpuinfo), 0);
	ck_assert_uint_eq(info->online, 1);
	op.domain = 0;
	op.u.max_vcpus.max = 1;
	ck_assert_int_eq(refused(XEN_DOMCTL_max_vcpus), -EINVAL);
	op.domain = 1;
	op.u.max_vcpus.max = 2;
	ck_assert_int_eq(run(XEN_DOMCTL_max_vcpus), 0);
	d1->state = DOMAIN_DYING;
	ck_assert_int_eq(refused(XEN_DOMCTL_max_vcpus), -EINVAL);
	op.u.vcpucontext = (struct domctl_vcpucontext){.vcpu = 0};
	ck_assert_int_eq(refused(XEN_DOMCTL_setvcpucontext), -EINVAL);
	d1->state = DOMAIN_ALIVE;
}
END_TEST

START_TEST(contexts)
{
	static struct vcpu_guest_context c;
	struct domctl_vcpucontext *in = &op.u.vcpucontext;

	in->ctxt = (uint64_t)(uintptr_t)&c;
	ck_assert_int_eq(run(XEN_DOMCTL_getvcpucontext), 0);
	ck_assert_uint_eq(c.user_regs.rip, SIM_RIP);
	in->vcpu = 5;
	ck_assert_int_eq(refused(XEN_DOMCTL_getvcpucontext), -ESRCH);
	ck_assert_int_eq(refused(XEN_DOMCTL_setvcpucontext), -ENOENT);
	in->vcpu = 0;
	in->ctxt = 8;
	ck_assert_int_eq(refused(XEN_DOMCTL_getvcpucontext), -EFAULT);
	ck_assert_int_eq(refused(XEN_DOMCTL_setvcpucontext), -EFAULT);
	op.domain = 0;
	ck_assert_int_eq(refused(XEN_DOMCTL_getvcpucontext), -EINVAL);
	ck_assert_int_eq(refused(XEN_DOMCTL_setvcpucontext), -EINVAL);

	good_createdomain();
	ck_assert_int_eq(run(XEN_DOMCTL_createdomain), 0);
	op.u.max_vcpus.max = 2;
	ck_assert_int_eq(run(XEN_DOMCTL_max_vcpus), 0);
	*in = (struct domctl_vcpucontext){.ctxt = (uint64_t)(uintptr_t)&c};
	d1 = domain_get(op.domain);
	d1->vcpu[0]->initialised = false;
	ck_assert_int_eq(refused(XEN_DOMCTL_getvcpucontext), -ENODATA);
	c.flags = 0; /* the simulator's invalid one */
	ck_assert_int_eq(refused(XEN_DOMCTL_setvcpucontext), -EINVAL);
	c.flags = VGCF_in_kernel;
	ck_assert_int_eq(run(XEN_DOMCTL_setvcpucontext), 0);
	ck_assert(!d1->vcpu[0]->down);
	/* Others wait for VCPUOP_up unless the context says online. */
	in->vcpu = 1;
	ck_assert_int_eq(run(XEN_DOMCTL_setvcpucontext), 0);
	ck_assert(d1->vcpu[1]->down);
	c.flags |= VGCF_online;
	ck_assert_int_eq(run(XEN_DOMCTL_setvcpucontext), 0);
	ck_assert(!d1->vcpu[1]->down);
	in->ctxt = 0;
	ck_assert_int_eq(run(XEN_DOMCTL_setvcpucontext), 0);
	domain_put(d1);
}
END_TEST

START_TEST(callbacks_of_32_bit_programs)
{
	struct domctl_ext_vcpucontext *c = &op.u.ext_vcpucontext;

	*c = (struct domctl_ext_vcpucontext){
		.size = sizeof(*c),
		.syscall32_callback_eip = 0xffffffff81000000,
		.syscall32_callback_cs = 0xe030,
		.sysenter_callback_eip = 0x1000,
		.sysenter_disables_events = 7,
	};
	ck_assert_int_eq(run(XEN_DOMCTL_set_ext_vcpucontext), 0);
	ck_assert_uint_eq(d1->vcpu[0]->syscall32_eip, 0xffffffff81000000);
	memset(c, 0, sizeof(*c));
	ck_assert_int_eq(run(XEN_DOMCTL_get_ext_vcpucontext), 0);
	ck_assert_uint_eq(c->sysenter_callback_eip, 0x1000);
	ck_assert_uint_eq(c->syscall32_callback_cs, 0xe033); /* ring 3, whatever was said */
	ck_assert_uint_eq(c->sysenter_disables_events, 1);
	ck_assert_uint_eq(c->size, sizeof(*c));
	c->sysenter_callback_eip = 1ull << 47;
	ck_assert_int_eq(refused(XEN_DOMCTL_set_ext_vcpucontext), -EINVAL);
	c->sysenter_callback_eip = 0;
	c->size = 16;
	ck_assert_int_eq(refused(XEN_DOMCTL_set_ext_vcpucontext), -EINVAL);
	c->vcpu = 9;
	ck_assert_int_eq(refused(XEN_DOMCTL_set_ext_vcpucontext), -ESRCH);
	ck_assert_int_eq(refused(XEN_DOMCTL_get_ext_vcpucontext), -ESRCH);
}
END_TEST

START_TEST(extended_state)
{
	static uint8_t fpu[4096], buf[4096];
	struct domctl_vcpuextstate *es = &op.u.vcpuextstate;
	uint64_t *word = (uint64_t *)(void *)buf;
	const uint64_t size = 16 + 576 + 256;

	d1->vcpu[1]->fpu = fpu;
	d1->vcpu[1]->xcr0 = 3;
	fpu[600] = 77;
	es->vcpu = 1;
	ck_assert_int_eq(run(XEN_DOMCTL_getvcpuextstate), 0);
	ck_assert_uint_eq(es->size, size);
	ck_assert_uint_eq(es->xfeature_mask, SIM_XCR0);
	es->buffer = (uint64_t)(uintptr_t)buf;
	ck_assert_int_eq(run(XEN_DOMCTL_getvcpuextstate), 0);
	ck_assert_uint_eq(word[0], 3);
	ck_assert_uint_eq(word[1], SIM_XCR0);
	ck_assert_uint_eq(buf[616], 77);
	es->size--;
	ck_assert_int_eq(refused(XEN_DOMCTL_getvcpuextstate), -EINVAL);
	es->size = size;
	es->xfeature_mask = 3;
	ck_assert_int_eq(refused(XEN_DOMCTL_getvcpuextstate), -EINVAL);
	es->xfeature_mask = SIM_XCR0;

	word[0] = 7;
	buf[617] = 78;
	ck_assert_int_eq(run(XEN_DOMCTL_setvcpuextstate), 0);
	ck_assert_uint_eq(d1->vcpu[1]->xcr0, 7);
	ck_assert_uint_eq(fpu[601], 78);
	for (unsigned i = 0; i < 6; i++) {
		const struct {
			unsigned at;
			uint64_t value;
			int error;
		} bad[] = {
			{0, 8, -EINVAL},           /* a component that is not there */
			{0, 6, -EINVAL},           /* no x87 */
			{1, 3, -EINVAL},           /* fewer than are on */
			{2 + 512 / 8, 8, -EINVAL}, /* a component that does not follow */
			{3 + 512 / 8, 1ull << 63, -EOPNOTSUPP}, /* compact */
			{5 + 512 / 8, 1, -EINVAL},              /* reserved */
		};
		uint64_t was = word[bad[i].at];

		word[bad[i].at] = bad[i].value;
		ck_assert_int_eq(refused(XEN_DOMCTL_setvcpuextstate), bad[i].error);
		word[bad[i].at] = was;
	}
	es->size = 15;
	ck_assert_int_eq(refused(XEN_DOMCTL_setvcpuextstate), -EINVAL);
	es->size = 16;
	ck_assert_int_eq(refused(XEN_DOMCTL_setvcpuextstate), -EINVAL);
	es->size = size + 1;
	ck_assert_int_eq(refused(XEN_DOMCTL_setvcpuextstate), -EINVAL);
	memset(buf, 0, 16);
	es->size = 16; /* from a machine without XSAVE */
	ck_assert_int_eq(run(XEN_DOMCTL_setvcpuextstate), 0);
	ck_assert_uint_eq(d1->vcpu[1]->xcr0, 7);
	es->size = size;
	es->buffer = 16;
	ck_assert_int_eq(refused(XEN_DOMCTL_getvcpuextstate), -EFAULT);
	ck_assert_int_eq(refused(XEN_DOMCTL_setvcpuextstate), -EFAULT);
	es->vcpu = 2;
	ck_assert_int_eq(refused(XEN_DOMCTL_getvcpuextstate), -ESRCH);
	ck_assert_int_eq(refused(XEN_DOMCTL_setvcpuextstate), -ESRCH);
	op.domain = es->vcpu = 0;
	ck_assert_int_eq(refused(XEN_DOMCTL_getvcpuextstate), -EINVAL);
	ck_assert_int_eq(refused(XEN_DOMCTL_setvcpuextstate), -EINVAL);
}
END_TEST

START_TEST(msrs)
{
	struct domctl_vcpu_msr msr = {0};
	struct domctl_vcpu_msrs *m = &op.u.vcpu_msrs;

	ck_assert_int_eq(run(XEN_DOMCTL_get_vcpu_msrs), 0);
	ck_assert_uint_eq(m->msr_count, 1);
	m->msrs = (uint64_t)(uintptr_t)&msr;
	ck_assert_int_eq(run(XEN_DOMCTL_get_vcpu_msrs), 0);
	ck_assert_uint_eq(m->msr_count, 0);
	d1->vcpu[0]->tsc_aux = 5;
	ck_assert_int_eq(run(XEN_DOMCTL_get_vcpu_msrs), -ENOBUFS);
	ck_assert_uint_eq(m->msr_count, 1);
	ck_assert_int_eq(run(XEN_DOMCTL_get_vcpu_msrs), 0);
	ck_assert_uint_eq(msr.index, 0xc0000103);
	ck_assert_uint_eq(msr.value, 5);
	msr.value = 6;
	ck_assert_int_eq(run(XEN_DOMCTL_set_vcpu_msrs), 0);
	ck_assert_uint_eq(d1->vcpu[0]->tsc_aux, 6);
	msr.value = 1ull << 32;
	ck_assert_int_eq(refused(XEN_DOMCTL_set_vcpu_msrs), -EINVAL);
	msr = (struct domctl_vcpu_msr){.index = 0x48};
	ck_assert_int_eq(refused(XEN_DOMCTL_set_vcpu_msrs), -EINVAL);
	m->msr_count = 2;
	ck_assert_int_eq(refused(XEN_DOMCTL_set_vcpu_msrs), -EINVAL);
	m->msr_count = 0;
	ck_assert_int_eq(run(XEN_DOMCTL_set_vcpu_msrs), 0);
	*m = (struct domctl_vcpu_msrs){.msr_count = 1, .msrs = 16};
	ck_assert_int_eq(refused(XEN_DOMCTL_get_vcpu_msrs), -EFAULT);
	ck_assert_int_eq(refused(XEN_DOMCTL_set_vcpu_msrs), -EFAULT);
	m->vcpu = 9;
	ck_assert_int_eq(refused(XEN_DOMCTL_get_vcpu_msrs), -ESRCH);
	ck_assert_int_eq(refused(XEN_DOMCTL_set_vcpu_msrs), -ESRCH);
	op.domain = m->vcpu = 0;
	ck_assert_int_eq(refused(XEN_DOMCTL_get_vcpu_msrs), -EINVAL);
	ck_assert_int_eq(refused(XEN_DOMCTL_set_vcpu_msrs), -EINVAL);
}
END_TEST

START_TEST(affinity)
{
	struct domctl_vcpuaffinity *in = &op.u.vcpuaffinity;
	uint8_t hard[HV_MAX_CPUS / 8 + 8], soft = 0xff;

	memset(hard, 0xff, sizeof(hard));
	*in = (struct domctl_vcpuaffinity){
		.flags = XEN_VCPUAFFINITY_HARD,
		.cpumap_hard = {.bitmap = (uint64_t)(uintptr_t)hard, .nr_bits = 8 * sizeof(hard)}};
	ck_assert_int_eq(run(XEN_DOMCTL_getvcpuaffinity), 0);
	/* What lies beyond our CPUs is filled with zeros. */
	ck_assert_uint_eq(hard[HV_MAX_CPUS / 8], 0);
	ck_assert_uint_eq(hard[sizeof(hard) - 1], 0);
	in->cpumap_hard.nr_bits = 3;
	hard[0] = 0xfa; /* of these 0, 1, 2 only CPU 1 */
	ck_assert_int_eq(run(XEN_DOMCTL_setvcpuaffinity), 0);
	ck_assert(cpumask_test(&d1->vcpu[0]->sched.affinity_hard, 1));
	ck_assert(!cpumask_test(&d1->vcpu[0]->sched.affinity_hard, 0));
	ck_assert(!cpumask_test(&d1->vcpu[0]->sched.affinity_hard, 3));
	ck_assert_uint_eq(hard[0] & 7, 2); /* what came of it */
	in->flags |= XEN_VCPUAFFINITY_SOFT;
	in->cpumap_soft =
		(struct xenctl_bitmap){.bitmap = (uint64_t)(uintptr_t)&soft, .nr_bits = 8};
	ck_assert_int_eq(run(XEN_DOMCTL_setvcpuaffinity), 0);
	ck_assert_uint_eq(soft, 2); /* of those that are allowed */
	ck_assert_int_eq(run(XEN_DOMCTL_getvcpuaffinity), 0);

	in->flags = XEN_VCPUAFFINITY_HARD;
	hard[0] = 0; /* nowhere to run */
	ck_assert_int_eq(refused(XEN_DOMCTL_setvcpuaffinity), -EINVAL);
	in->cpumap_hard.bitmap = 8;
	ck_assert_int_eq(refused(XEN_DOMCTL_setvcpuaffinity), -EFAULT);
	ck_assert_int_eq(refused(XEN_DOMCTL_getvcpuaffinity), -EFAULT);
	in->flags = 0;
	ck_assert_int_eq(refused(XEN_DOMCTL_setvcpuaffinity), -EINVAL);
	in->vcpu = 2;
	ck_assert_int_eq(refused(XEN_DOMCTL_setvcpuaffinity), -ESRCH);
	ck_assert_int_eq(refused(XEN_DOMCTL_getvcpuaffinity), -ESRCH);
}
END_TEST

START_TEST(scheduling)
{
	struct domctl_scheduler_op *so = &op.u.scheduler_op;

	so->sched_id = XEN_SCHEDULER_CREDIT2;
	so->cmd = XEN_DOMCTL_SCHEDOP_putinfo;
	so->u.credit2.weight = 512;
	so->u.credit2.cap = 50;
	ck_assert_int_eq(run(XEN_DOMCTL_scheduler_op), 0);
	so->cmd = XEN_DOMCTL_SCHEDOP_getinfo;
	so->u.credit2.weight = so->u.credit2.cap = 0;
	ck_assert_int_eq(run(XEN_DOMCTL_scheduler_op), 0);
	ck_assert_uint_eq(so->u.credit2.weight, 512);
	ck_assert_uint_eq(so->u.credit2.cap, 50);
	so->cmd = XEN_DOMCTL_SCHEDOP_putinfo;
	so->u.credit2.weight = 0;
	ck_assert_int_eq(refused(XEN_DOMCTL_scheduler_op), -EINVAL);
	so->cmd = 99;
	ck_assert_int_eq(refused(XEN_DOMCTL_scheduler_op), -EINVAL);
	so->sched_id = XEN_SCHEDULER_CREDIT;
	ck_assert_int_eq(refused(XEN_DOMCTL_scheduler_op), -EINVAL);
}
END_TEST

START_TEST(rights_to_hardware)
{
	struct domctl_iomem_permission *mem = &op.u.iomem_permission;
	struct domctl_ioport_permission *port = &op.u.ioport_permission;
	struct domctl_irq_permission *irq = &op.u.irq_permission;

	ck_assert_int_eq(rangeset_add(&d0->io_mem, 0xfeb00, 0xfeb0f), 0);
	ck_assert_int_eq(rangeset_add(&d0->io_ports, 0x3f8, 0x3ff), 0);
	ck_assert_int_eq(rangeset_add(&d0->irq_caps, 4, 4), 0);
	*mem = (struct domctl_iomem_permission){0xfeb00, 16, 1, {0}};
	ck_assert_int_eq(run(XEN_DOMCTL_iomem_permission), 0);
	ck_assert(rangeset_contains(&d1->io_mem, 0xfeb00, 0xfeb0f));
	mem->allow_access = 0;
	mem->nr_mfns = 1;
	ck_assert_int_eq(run(XEN_DOMCTL_iomem_permission), 0);
	ck_assert(!rangeset_contains(&d1->io_mem, 0xfeb00, 0xfeb00));
	ck_assert(rangeset_contains(&d1->io_mem, 0xfeb01, 0xfeb0f));
	/* Nobody can give what the control domain itself does not have. */
	mem->allow_access = 1;
	mem->nr_mfns = 17;
	ck_assert_int_eq(refused(XEN_DOMCTL_iomem_permission), -EPERM);
	mem->nr_mfns = 0;
	ck_assert_int_eq(refused(XEN_DOMCTL_iomem_permission), -EINVAL);
	mem->nr_mfns = UINT64_MAX;
	ck_assert_int_eq(refused(XEN_DOMCTL_iomem_permission), -EINVAL);
	mem->first_mfn = 1ull << 40;
	mem->nr_mfns = 1;
	ck_assert_int_eq(refused(XEN_DOMCTL_iomem_permission), -EINVAL);

	*port = (struct domctl_ioport_permission){0x3f8, 8, 1, {0}};
	ck_assert_int_eq(run(XEN_DOMCTL_ioport_permission), 0);
	ck_assert(rangeset_contains(&d1->io_ports, 0x3f8, 0x3ff));
	port->first_port = 0xffff;
	ck_assert_int_eq(refused(XEN_DOMCTL_ioport_permission), -EINVAL);
	port->first_port = 0x60;
	ck_assert_int_eq(refused(XEN_DOMCTL_ioport_permission), -EPERM);

	*irq = (struct domctl_irq_permission){4, 1, {0}};
	ck_assert_int_eq(run(XEN_DOMCTL_irq_permission), 0);
	ck_assert(rangeset_contains(&d1->irq_caps, 4, 4));
	irq->pirq = 5;
	ck_assert_int_eq(refused(XEN_DOMCTL_irq_permission), -EPERM);
}
END_TEST

START_TEST(frames)
{
	uint64_t frame[3] = {sim_frame(d1).n, sim_frame(d0).n, SIM_FRAMES + 5};
	struct domctl_getpageframeinfo3 *in = &op.u.getpageframeinfo3;
	mfn_t page = sim_frame(d1);

	*in = (struct domctl_getpageframeinfo3){3, (uint64_t)(uintptr_t)frame};
	ck_assert_int_eq(run(XEN_DOMCTL_getpageframeinfo3), 0);
	ck_assert_uint_eq(frame[0], XEN_DOMCTL_PFINFO_NOTAB);
	ck_assert_uint_eq(frame[1], XEN_DOMCTL_PFINFO_XTAB);
	ck_assert_uint_eq(frame[2], XEN_DOMCTL_PFINFO_XTAB);
	in->num = 1025;
	ck_assert_int_eq(refused(XEN_DOMCTL_getpageframeinfo3), -E2BIG);
	in->num = 1;
	in->array = 8;
	ck_assert_int_eq(refused(XEN_DOMCTL_getpageframeinfo3), -EFAULT);

	op.u.hypercall_init.gmfn = page.n;
	ck_assert_int_eq(run(XEN_DOMCTL_hypercall_init), 0);
	ck_assert_uint_eq(*(uint8_t *)frame_virt(page), 0xcc);
	op.u.hypercall_init.gmfn = SIM_FRAMES + 5;
	ck_assert_int_lt(refused(XEN_DOMCTL_hypercall_init), 0);
	op.u.max_mem.max_memkb = 8192 + 3;
	ck_assert_int_eq(run(XEN_DOMCTL_max_mem), 0);
	ck_assert_uint_eq(d1->pages.max, 2048);
}
END_TEST

START_TEST(policy)
{
	struct domctl_cpuid_leaf leaf[4] = {{.leaf = 1}};
	struct domctl_msr_entry msr[2] = {{0}};
	struct domctl_cpu_policy *in = &op.u.cpu_policy;

	ck_assert_int_eq(run(XEN_DOMCTL_get_cpu_policy), 0);
	ck_assert_uint_eq(in->nr_leaves, 120);
	ck_assert_uint_eq(in->nr_msrs, 2);
	in->leaves = (uint64_t)(uintptr_t)leaf;
	in->msrs = (uint64_t)(uintptr_t)msr;
	ck_assert_int_eq(run(XEN_DOMCTL_get_cpu_policy), 0);
	ck_assert_uint_eq(leaf[1].leaf, 1);
	ck_assert_uint_eq(msr[0].idx, 0xce);
	ck_assert_int_eq(run(XEN_DOMCTL_set_cpu_policy), 0);
	in->nr_leaves = 1;
	ck_assert_int_eq(run(XEN_DOMCTL_get_cpu_policy), -ENOBUFS);
	ck_assert_uint_eq(in->nr_leaves, 2);
	leaf[1].leaf = SIM_BAD_LEAF;
	ck_assert_int_eq(run(XEN_DOMCTL_set_cpu_policy), -EINVAL);
	ck_assert_uint_eq(in->err_leaf, SIM_BAD_LEAF);
	leaf[1].leaf = 1;
	in->nr_leaves = 1000;
	ck_assert_int_eq(refused(XEN_DOMCTL_set_cpu_policy), -E2BIG);
	in->nr_leaves = 2;
	in->msrs = 8;
	ck_assert_int_eq(refused(XEN_DOMCTL_get_cpu_policy), -EFAULT);
	ck_assert_int_eq(refused(XEN_DOMCTL_set_cpu_policy), -EFAULT);
	in->leaves = 8;
	ck_assert_int_eq(refused(XEN_DOMCTL_get_cpu_policy), -EFAULT);
	op.domain = 0;
	ck_assert_int_eq(refused(XEN_DOMCTL_set_cpu_policy), -EINVAL);
}
END_TEST

START_TEST(small_operations)
{
	uint64_t map = 0;

	memset(op.u.setdomainhandle.handle, 7, 16);
	ck_assert_int_eq(run(XEN_DOMCTL_setdomainhandle), 0);
	ck_assert_uint_eq(d1->config.handle[0], 7);
	op.u.settimeoffset.time_offset_seconds = -3600;
	ck_assert_int_eq(run(XEN_DOMCTL_settimeoffset), 0);
	ck_assert_int_eq(d1->time_offset_s, -3600);
	op.u.address_size.size = 32;
	ck_assert_int_eq(refused(XEN_DOMCTL_set_address_size), -EINVAL);
	ck_assert_int_eq(run(XEN_DOMCTL_get_address_size), 0);
	ck_assert_uint_eq(op.u.address_size.size, 64);
	ck_assert_int_eq(run(XEN_DOMCTL_set_address_size), 0);
	op.u.tsc_info.tsc_mode = 2;
	ck_assert_int_eq(run(XEN_DOMCTL_settscinfo), 0);
	op.u.tsc_info.tsc_mode = 1;
	ck_assert_int_eq(refused(XEN_DOMCTL_settscinfo), -EOPNOTSUPP);
	ck_assert_int_eq(run(XEN_DOMCTL_gettscinfo), 0);
	ck_assert_uint_eq(op.u.tsc_info.gtsc_khz, 2000000);
	op.u.subscribe.port = 5;
	ck_assert_int_eq(run(XEN_DOMCTL_subscribe), 0);
	ck_assert_uint_eq(d1->suspend_port, 5);
	op.u.nodeaffinity.nodemap =
		(struct xenctl_bitmap){.bitmap = (uint64_t)(uintptr_t)&map, .nr_bits = 64};
	ck_assert_int_eq(run(XEN_DOMCTL_getnodeaffinity), 0);
	ck_assert_uint_eq(map, 1);
	ck_assert_int_eq(run(XEN_DOMCTL_setnodeaffinity), 0);
	op.u.sendtrigger.vcpu = 1;
	op.u.sendtrigger.trigger = XEN_DOMCTL_SENDTRIGGER_POWER;
	ck_assert_int_eq(refused(XEN_DOMCTL_sendtrigger), -ENOSYS);
	op.u.sendtrigger.trigger = XEN_DOMCTL_SENDTRIGGER_NMI;
	ck_assert_int_eq(run(XEN_DOMCTL_sendtrigger), 0);
	op.u.sendtrigger.vcpu = 2;
	ck_assert_int_eq(refused(XEN_DOMCTL_sendtrigger), -ESRCH);
	op.domain = 0;
	op.u.tsc_info.tsc_mode = 0;
	ck_assert_int_eq(refused(XEN_DOMCTL_settscinfo), -EINVAL);
}
END_TEST

/* Shadow operation @nr of domain 1. */
static int64_t shadow(uint32_t nr, uint32_t mode)
{
	op.u.shadow_op.op = nr;
	op.u.shadow_op.mode = mode;
	return run(XEN_DOMCTL_shadow_op);
}

START_TEST(no_shadows_and_no_log_unasked)
{
	struct domctl_shadow_op *s = &op.u.shadow_op;
	static const uint32_t ops[] = {
		XEN_DOMCTL_SHADOW_OP_ENABLE_TEST, XEN_DOMCTL_SHADOW_OP_ENABLE,
		XEN_DOMCTL_SHADOW_OP_CLEAN,       XEN_DOMCTL_SHADOW_OP_PEEK,
		XEN_DOMCTL_SHADOW_OP_ENABLE + 1,  UINT32_MAX};

	for (unsigned i = 0; i < ARRAY_SIZE(ops); i++) {
		s->op = ops[i];
		s->mode = 2;
		ck_assert_int_eq(refused(XEN_DOMCTL_shadow_op), -EINVAL);
	}
	ck_assert_int_eq(shadow(XEN_DOMCTL_SHADOW_OP_OFF, 0), 0);
	s->mb = 7;
	ck_assert_int_eq(shadow(XEN_DOMCTL_SHADOW_OP_SET_ALLOCATION, 0), 0);
	ck_assert_int_eq(shadow(XEN_DOMCTL_SHADOW_OP_GET_ALLOCATION, 0), 0);
	ck_assert_uint_eq(s->mb, 0);
	op.domain = 0;
	ck_assert_int_eq(shadow(XEN_DOMCTL_SHADOW_OP_ENABLE_LOGDIRTY, 0), -EINVAL);
	op.domain = 1;
	ck_assert_int_eq(rangeset_add(&d1->io_ports, 0x60, 0x60), 0);
	s->op = XEN_DOMCTL_SHADOW_OP_ENABLE_LOGDIRTY;
	ck_assert_int_eq(refused(XEN_DOMCTL_shadow_op), -EINVAL);
	ck_assert_int_eq(rangeset_remove(&d1->io_ports, 0x60, 0x60), 0);
	ck_assert_uint_eq(dirty_domains, 0);
}
END_TEST

START_TEST(log_of_dirty_pages)
{
	struct domctl_shadow_op *s = &op.u.shadow_op;
	static uint64_t bits[2 * 8 * PAGE_SIZE / 64];
	mfn_t mfn = sim_frame(d1);

	/* As much as the guest says that it has, in whole frames of bits. */
	m2p_set(mfn, 8 * PAGE_SIZE + 3);
	d1->shared_info->arch.max_pfn = 8 * PAGE_SIZE + 100;
	host_preempt_after = 1;
	ck_assert_int_eq(shadow(XEN_DOMCTL_SHADOW_OP_ENABLE_LOGDIRTY, 0), 0);
	host_preempt_after = -1;
	ck_assert_int_eq(refused(XEN_DOMCTL_shadow_op), -EINVAL);
	ck_assert_uint_eq(d1->dirty->chunks, 2);
	dirty_mark(page_of(mfn));
	s->pages = 1000000;
	ck_assert_int_eq(shadow(XEN_DOMCTL_SHADOW_OP_CLEAN, 2), -EINVAL);
	ck_assert_int_eq(shadow(XEN_DOMCTL_SHADOW_OP_PEEK, 0), 0);
	ck_assert_uint_eq(s->pages, 2 * 8 * PAGE_SIZE);
	ck_assert_uint_eq(s->stats.dirty_count, 1);
	s->dirty_bitmap = 8;
	ck_assert_int_eq(shadow(XEN_DOMCTL_SHADOW_OP_CLEAN, 0), -EFAULT);
	s->dirty_bitmap = (uint64_t)(uintptr_t)bits;

	/* Interrupted, it keeps the guest stopped, and everybody else away. */
	host_preempt_after = 0;
	op.cmd = XEN_DOMCTL_shadow_op;
	s->mode = XEN_DOMCTL_SHADOW_LOGDIRTY_FINAL;
	ck_assert_int_eq(hc_domctl((uint64_t)(uintptr_t)&op, 0, 0, 0, 0), HOST_RESTARTED);
	ck_assert_int_eq(d1->pause_count, 1);
	ck_assert_int_eq(hc_domctl((uint64_t)(uintptr_t)&op, 0, 0, 0, 0), -EBUSY);
	s->op = XEN_DOMCTL_SHADOW_OP_OFF;
	ck_assert_int_eq(hc_domctl((uint64_t)(uintptr_t)&op, 0, 0, 0, 0), -EBUSY);
	s->op = XEN_DOMCTL_SHADOW_OP_CLEAN;
	ck_assert_int_eq(sim_domctl_again(), 0);
	ck_assert_int_eq(d1->pause_count, 0);
	ck_assert_uint_eq(bits[PAGE_SIZE / 8], 1 << 3);
	ck_assert_uint_eq(s->stats.dirty_count, 1);
	ck_assert_int_eq(shadow(XEN_DOMCTL_SHADOW_OP_CLEAN, 0), 0);
	ck_assert_uint_eq(s->stats.dirty_count, 0);
	ck_assert_int_eq(shadow(XEN_DOMCTL_SHADOW_OP_OFF, 0), 0);
	ck_assert_int_eq(d1->pause_count, 0);
	ck_assert_uint_eq(dirty_domains, 0);
}
END_TEST

START_TEST(a_log_that_cannot_be_and_one_that_dies)
{
	uint64_t free_before;

	(void)sim_frame(d1);
	d1->shared_info->arch.max_pfn = 100;
	ck_assert_int_eq(shadow(XEN_DOMCTL_SHADOW_OP_ENABLE_LOGDIRTY, 0), 0);
	ck_assert_int_eq(shadow(XEN_DOMCTL_SHADOW_OP_OFF, 0), 0);
	free_before = heap_free_pages();
	/* The guest says that it has no end. */
	d1->shared_info->arch.max_pfn = UINT64_MAX - 1;
	ck_assert_int_eq(shadow(XEN_DOMCTL_SHADOW_OP_ENABLE_LOGDIRTY, 0), -ENOMEM);
	ck_assert_int_eq(d1->pause_count, 0);
	ck_assert_uint_eq(heap_free_pages(), free_before);
	d1->shared_info->arch.max_pfn = 100;
	ck_assert_int_eq(shadow(XEN_DOMCTL_SHADOW_OP_ENABLE, XEN_DOMCTL_SHADOW_ENABLE_LOG_DIRTY),
			 0);
	op.u.shadow_op.op = XEN_DOMCTL_SHADOW_OP_PEEK;
	op.u.shadow_op.mode = 0;
	host_preempt_after = 0;
	ck_assert_int_eq(hc_domctl((uint64_t)(uintptr_t)&op, 0, 0, 0, 0), HOST_RESTARTED);
	host_preempt_after = -1;
	sim_kill(d1);
	ck_assert_uint_eq(dirty_domains, 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("domctl");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, sim_stop);
	tcase_add_test(t, createdomain);
	tcase_add_test(t, common_errors);
	tcase_add_test(t, pauses_are_counted);
	tcase_add_test(t, information);
	tcase_add_test(t, vcpus);
	tcase_add_test(t, contexts);
	tcase_add_test(t, callbacks_of_32_bit_programs);
	tcase_add_test(t, extended_state);
	tcase_add_test(t, msrs);
	tcase_add_test(t, affinity);
	tcase_add_test(t, scheduling);
	tcase_add_test(t, rights_to_hardware);
	tcase_add_test(t, frames);
	tcase_add_test(t, policy);
	tcase_add_test(t, small_operations);
	tcase_add_test(t, no_shadows_and_no_log_unasked);
	tcase_add_test(t, log_of_dirty_pages);
	tcase_add_test(t, a_log_that_cannot_be_and_one_that_dies);
	suite_add_tcase(s, t);
	return suite_run(s);
}
