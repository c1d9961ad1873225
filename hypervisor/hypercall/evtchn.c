/* SPDX-License-Identifier: GPL-2.0-or-later */
/* event_channel_op: decoding, and who may do it to whom. */
#include <hv/evtchn.h>

#include <abi/base.h>
#include <abi/evtchn.h>
#include <hv/counter.h>
#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/guest_copy.h>
#include <hv/hypercall.h>
#include <hv/priv.h>

static int op_send(uint64_t arg)
{
	struct evtchn_send op;

	if (unlikely(guest_get(&op, arg)))
		return -EFAULT;
	COUNT_FOR(current_vcpu(), events_sent, 1);
	return evtchn_send(current_domain(), op.port);
}

/* The domain named by @id with a reference, if the current one may control it. */
static int target_get(domid_t id, struct domain **out)
{
	struct domain *d = domain_get(id);

	if (!d)
		return -ESRCH;
	if (priv_over(current_domain(), d)) {
		domain_put(d);
		return -EPERM;
	}
	*out = d;
	return 0;
}

static domid_t remote_id(domid_t id)
{
	return id == DOMID_SELF ? current_domain()->id : id;
}

/* Nobody would ever close a port that the guest was not told of. */
static int port_answer(struct domain *d, evtchn_port_t port, uint64_t arg, const void *op, size_t n)
{
	if (!copy_to_guest(arg, op, n))
		return 0;
	evtchn_close(d, port);
	return -EFAULT;
}

static int op_alloc_unbound(uint64_t arg)
{
	struct evtchn_alloc_unbound op;
	struct domain *d;
	int rc;

	if (copy_from_guest(&op, arg, sizeof(op)))
		return -EFAULT;
	rc = target_get(op.dom, &d);
	if (rc)
		return rc;
	rc = evtchn_alloc_unbound(d, remote_id(op.remote_dom), &op.port);
	if (!rc)
		rc = port_answer(d, op.port, arg, &op, sizeof(op));
	domain_put(d);
	return rc;
}

static int op_bind_interdomain(uint64_t arg)
{
	struct domain *d = current_domain(), *rd;
	struct evtchn_bind_interdomain op;
	int rc;

	if (copy_from_guest(&op, arg, sizeof(op)))
		return -EFAULT;
	rd = domain_get(op.remote_dom);
	if (!rd)
		return -ESRCH;
	rc = evtchn_bind_interdomain(d, rd, op.remote_port, &op.local_port);
	domain_put(rd);
	return rc ? rc : port_answer(d, op.local_port, arg, &op, sizeof(op));
}

static int op_bind_virq(uint64_t arg)
{
	struct domain *d = current_domain();
	struct evtchn_bind_virq op;
	int rc;

	if (copy_from_guest(&op, arg, sizeof(op)))
		return -EFAULT;
	rc = evtchn_bind_virq(d, op.virq, op.vcpu, &op.port);
	return rc ? rc : port_answer(d, op.port, arg, &op, sizeof(op));
}

static int op_bind_pirq(uint64_t arg)
{
	struct domain *d = current_domain();
	struct evtchn_bind_pirq op;
	int rc;

	if (copy_from_guest(&op, arg, sizeof(op)))
		return -EFAULT;
	rc = evtchn_bind_pirq(d, op.pirq, op.flags & BIND_PIRQ__WILL_SHARE, &op.port);
	return rc ? rc : port_answer(d, op.port, arg, &op, sizeof(op));
}

static int op_bind_ipi(uint64_t arg)
{
	struct domain *d = current_domain();
	struct evtchn_bind_ipi op;
	int rc;

	if (copy_from_guest(&op, arg, sizeof(op)))
		return -EFAULT;
	rc = evtchn_bind_ipi(d, op.vcpu, &op.port);
	return rc ? rc : port_answer(d, op.port, arg, &op, sizeof(op));
}

static int op_bind_vcpu(uint64_t arg)
{
	struct evtchn_bind_vcpu op;

	if (copy_from_guest(&op, arg, sizeof(op)))
		return -EFAULT;
	return evtchn_bind_vcpu(current_domain(), op.port, op.vcpu);
}

static int op_close(uint64_t arg)
{
	struct evtchn_close op;

	if (copy_from_guest(&op, arg, sizeof(op)))
		return -EFAULT;
	return evtchn_close(current_domain(), op.port);
}

static int op_unmask(uint64_t arg)
{
	struct evtchn_unmask op;

	if (copy_from_guest(&op, arg, sizeof(op)))
		return -EFAULT;
	return evtchn_unmask(current_domain(), op.port);
}

static int op_status(uint64_t arg)
{
	struct evtchn_status op;
	struct domain *d;
	int rc;

	if (copy_from_guest(&op, arg, sizeof(op)))
		return -EFAULT;
	rc = target_get(op.dom, &d);
	if (rc)
		return rc;
	rc = evtchn_status_get(d, op.port, &op);
	domain_put(d);
	if (!rc && copy_to_guest(arg, &op, sizeof(op)))
		rc = -EFAULT;
	return rc;
}

static int op_reset(uint64_t arg)
{
	struct evtchn_reset op;
	struct domain *d;
	int rc;

	if (copy_from_guest(&op, arg, sizeof(op)))
		return -EFAULT;
	rc = target_get(op.dom, &d);
	if (rc)
		return rc;
	/* Ports of a running domain would come back while they go. */
	rc = d == current_domain() || d->controller_pause > 0 ? evtchn_domain_reset(d) : -EINVAL;
	domain_put(d);
	return rc;
}

static int op_init_control(uint64_t arg)
{
	struct evtchn_init_control op;
	int rc;

	if (copy_from_guest(&op, arg, sizeof(op)))
		return -EFAULT;
	rc = evtchn_fifo_control(current_domain(), op.vcpu, mfn_make(op.control_gfn), op.offset);
	op.link_bits = EVTCHN_FIFO_LINK_BITS;
	return rc ?: copy_to_guest(arg, &op, sizeof(op));
}

static int op_expand_array(uint64_t arg)
{
	struct evtchn_expand_array op;

	if (copy_from_guest(&op, arg, sizeof(op)))
		return -EFAULT;
	return evtchn_fifo_expand(current_domain(), mfn_make(op.array_gfn));
}

static int op_set_priority(uint64_t arg)
{
	struct evtchn_set_priority op;

	if (copy_from_guest(&op, arg, sizeof(op)))
		return -EFAULT;
	return evtchn_set_priority(current_domain(), op.port, op.priority);
}

#define ROW(nr, name, privilege) [nr] = op_##name,
static int (*const ops[])(uint64_t arg) = {ABI_OPS_event_channel_op(ROW)};
HYPERCALL_DENSE(ops, ABI_OPS_event_channel_op);

/* Apart, so that it costs a send no registers. */
static NOINLINE int64_t op_any(uint32_t cmd, uint64_t arg)
{
	int rc;

	if (unlikely(cmd >= ARRAY_SIZE(ops)))
		return -ENOSYS;
	rc = ops[cmd](arg);
	return rc == -ERESTART ? hypercall_restart(HC_EVENT_CHANNEL_OP, cmd, arg, 0, 0, 0) : rc;
}

HYPERCALL_HANDLER(event_channel_op)
{
	return likely((uint32_t)a1 == EVTCHNOP_send) ? op_send(a2) : op_any((uint32_t)a1, a2);
}
