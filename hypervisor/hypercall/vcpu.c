/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vcpu_op. All commands act on vCPUs of the caller's domain. */
#include <hv/vcpu.h>

#include <abi/base.h>
#include <arch/smp.h>
#include <hv/cpu.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/guest_copy.h>
#include <hv/heap.h>
#include <hv/hypercall.h>
#include <hv/pv.h>

static int op_initialise(struct vcpu *v, uint64_t arg)
{
	struct vcpu_guest_context *c;
	int rc;

	if (v->initialised)
		return -EEXIST;
	c = mem_alloc(sizeof(*c));
	if (!c)
		return -ENOMEM;
	rc = copy_from_guest(c, arg, sizeof(*c)) ? -EFAULT : pv_context_set(v, c);
	mem_free(c);
	return rc;
}

static int op_up(struct vcpu *v, UNUSED uint64_t arg)
{
	return vcpu_up(v);
}

static int op_down(struct vcpu *v, UNUSED uint64_t arg)
{
	vcpu_down(v);
	return 0;
}

static int op_is_up(struct vcpu *v, UNUSED uint64_t arg)
{
	return !v->down;
}

static int op_get_runstate_info(struct vcpu *v, uint64_t arg)
{
	struct vcpu_runstate_info info;

	vcpu_runstate_get(v, &info);
	return copy_to_guest(arg, &info, sizeof(info)) ? -EFAULT : 0;
}

static int op_register_runstate_memory_area(struct vcpu *v, uint64_t arg)
{
	struct vcpu_register_runstate_memory_area area;
	struct vcpu_runstate_info info;

	if (copy_from_guest(&area, arg, sizeof(area)))
		return -EFAULT;
	vcpu_runstate_get(v, &info);
	if (copy_to_guest(area.addr.v, &info, sizeof(info)))
		return -EFAULT;
	v->runstate_gva = area.addr.v;
	return 0;
}

static int op_set_periodic_timer(struct vcpu *v, uint64_t arg)
{
	struct vcpu_set_periodic_timer op;

	if (copy_from_guest(&op, arg, sizeof(op)))
		return -EFAULT;
	if (op.period_ns < 1000000 || op.period_ns > INT64_MAX / 2)
		return -EINVAL;
	vcpu_timer_periodic(v, (int64_t)op.period_ns);
	return 0;
}

static int op_stop_periodic_timer(struct vcpu *v, UNUSED uint64_t arg)
{
	vcpu_timer_periodic(v, 0);
	return 0;
}

static int op_set_singleshot_timer(struct vcpu *v, uint64_t arg)
{
	struct vcpu_set_singleshot_timer op;
	int64_t deadline;

	if (v != current_vcpu())
		return -EINVAL;
	if (copy_from_guest(&op, arg, sizeof(op)))
		return -EFAULT;
	deadline = (int64_t)MIN(op.timeout_abs_ns, (uint64_t)INT64_MAX - 1);
	if (op.flags & VCPU_SSHOTTMR_future && deadline < time_now())
		return -ETIME;
	vcpu_timer_set(v, deadline);
	return 0;
}

static int op_stop_singleshot_timer(struct vcpu *v, UNUSED uint64_t arg)
{
	if (v != current_vcpu())
		return -EINVAL;
	vcpu_timer_set(v, TIME_FOREVER);
	return 0;
}

static int op_register_vcpu_info(struct vcpu *v, uint64_t arg)
{
	struct vcpu_register_vcpu_info op;
	int rc;

	if (copy_from_guest(&op, arg, sizeof(op)))
		return -EFAULT;
	spin_lock(&v->domain->lock);
	rc = vcpu_info_register(v, mfn_make(op.mfn), op.offset);
	spin_unlock(&v->domain->lock);
	return rc;
}

static int op_send_nmi(struct vcpu *v, UNUSED uint64_t arg)
{
	vcpu_send_nmi(v);
	return 0;
}

/* Only who is kept on one CPU may know which that is. */
static int op_get_physid(struct vcpu *v, uint64_t arg)
{
	struct vcpu_get_physid id;

	if (!v->domain->privileged || !v->sched.pinned)
		return -EINVAL;
	id.phys_id = arch_cpu_apic_id(v->sched.cpu) | (uint64_t)arch_cpu_acpi_id(v->sched.cpu)
							      << 32;
	return copy_to_guest(arg, &id, sizeof(id)) ? -EFAULT : 0;
}

static int op_register_vcpu_time_memory_area(struct vcpu *v, uint64_t arg)
{
	struct vcpu_register_time_memory_area area;

	if (copy_from_guest(&area, arg, sizeof(area)))
		return -EFAULT;
	if (area.addr.v && clear_guest(area.addr.v, sizeof(struct vcpu_time_info)))
		return -EFAULT;
	v->time_gva = area.addr.v;
	v->time_gva_written = 0; /* just cleared, even if it is the one of before */
	if (v == current_vcpu())
		pv_time_update(v);
	return 0;
}

#define ROW(nr, name, privilege) [nr] = op_##name,
static int (*const ops[])(struct vcpu *v, uint64_t arg) = {ABI_OPS_vcpu_op(ROW)};
HYPERCALL_DENSE(ops, ABI_OPS_vcpu_op);

HYPERCALL_HANDLER(vcpu_op)
{
	uint32_t cmd = (uint32_t)a1, id = (uint32_t)a2;
	struct vcpu *v = domain_vcpu(current_domain(), id);
	int rc;

	if (!v)
		return -ENOENT;
	if (cmd >= ARRAY_SIZE(ops))
		return -ENOSYS;
	rc = ops[cmd](v, a3);
	return rc == -ERESTART ? hypercall_restart(HC_VCPU_OP, a1, a2, a3, a4, a5) : rc;
}
