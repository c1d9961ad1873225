/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sched_op and set_timer_op. */
#include <hv/sched.h>

#include <abi/base.h>
#include <abi/sched.h>
#include <hv/cpu.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/guest_copy.h>
#include <hv/hypercall.h>
#include <hv/priv.h>

static int op_yield(UNUSED uint64_t arg)
{
	sched_give_way();
	return 0;
}

static int op_block(UNUSED uint64_t arg)
{
	sched_block();
	return 0;
}

static int op_shutdown(uint64_t arg)
{
	struct sched_shutdown op;

	if (copy_from_guest(&op, arg, sizeof(op)))
		return -EFAULT;
	domain_shutdown(current_domain(), (uint8_t)op.reason);
	return 0;
}

static int op_poll(uint64_t arg)
{
	evtchn_port_t ports[SCHED_POLL_MAX_PORTS];
	struct sched_poll op;

	if (copy_from_guest(&op, arg, sizeof(op)))
		return -EFAULT;
	if (op.nr_ports > SCHED_POLL_MAX_PORTS)
		return -EINVAL;
	if (copy_from_guest(ports, op.ports, op.nr_ports * sizeof(ports[0])))
		return -EFAULT;
	return vcpu_poll(ports, op.nr_ports, (int64_t)MIN(op.timeout, (uint64_t)INT64_MAX));
}

static int op_remote_shutdown(uint64_t arg)
{
	struct sched_remote_shutdown op;
	struct domain *d;
	int rc;

	if (copy_from_guest(&op, arg, sizeof(op)))
		return -EFAULT;
	rc = priv_target(op.domain_id, &d);
	if (rc)
		return rc;
	domain_shutdown(d, (uint8_t)op.reason);
	domain_put(d);
	return 0;
}

/* The reason is noted, the domain goes on: it will be seen when the domain stops later. */
static int op_shutdown_code(uint64_t arg)
{
	struct domain *d = current_domain();
	struct sched_shutdown op;

	if (copy_from_guest(&op, arg, sizeof(op)))
		return -EFAULT;
	if (!d->shutting_down)
		d->shutdown_code = (uint8_t)op.reason;
	return 0;
}

static int op_watchdog(uint64_t arg)
{
	struct sched_watchdog op;

	if (copy_from_guest(&op, arg, sizeof(op)))
		return -EFAULT;
	return domain_watchdog(current_domain(), op.id, op.timeout);
}

static int op_pin_override(uint64_t arg)
{
	struct sched_pin_override op;

	if (!current_domain()->privileged)
		return -EPERM;
	if (copy_from_guest(&op, arg, sizeof(op)))
		return -EFAULT;
	return sched_pin(current_vcpu(), op.pcpu);
}

#define ROW(nr, name, privilege) [nr] = op_##name,
static int (*const ops[])(uint64_t arg) = {ABI_OPS_sched_op(ROW)};
HYPERCALL_DENSE(ops, ABI_OPS_sched_op);

HYPERCALL_HANDLER(sched_op)
{
	uint32_t cmd = (uint32_t)a1;

	return cmd < ARRAY_SIZE(ops) ? ops[cmd](a2) : -ENOSYS;
}

HYPERCALL_HANDLER(set_timer_op)
{
	vcpu_timer_set(current_vcpu(), a1 && a1 < INT64_MAX ? (int64_t)a1 : TIME_FOREVER);
	return 0;
}
