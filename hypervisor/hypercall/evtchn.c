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

/* A call at work: the guest's structure, of the type that its sub-operation has in the ABI. */
#define MEMBER(nr, name, privilege) struct evtchn_##name name;
struct call {
	uint64_t arg; /* where the guest has it */
	size_t size;
	union {
		ABI_OPS_event_channel_op(MEMBER)
	} op;
};

static domid_t remote_id(domid_t id)
{
	return id == DOMID_SELF ? current_domain()->id : id;
}

static int answer(const struct call *c)
{
	return copy_to_guest(c->arg, &c->op, c->size);
}

/* Nobody would ever close a port that the guest was not told of. */
static int port_answer(struct domain *d, evtchn_port_t port, const struct call *c)
{
	int rc = answer(c);

	if (rc)
		evtchn_close(d, port);
	return rc;
}

static int op_send(struct domain *d, struct call *c)
{
	COUNT_FOR(current_vcpu(), events_sent, 1);
	return evtchn_send(d, c->op.send.port);
}

static int op_alloc_unbound(UNUSED struct domain *self, struct call *c)
{
	struct evtchn_alloc_unbound *op = &c->op.alloc_unbound;
	struct domain *d;
	int rc = priv_target(op->dom, &d);

	if (rc)
		return rc;
	rc = evtchn_alloc_unbound(d, remote_id(op->remote_dom), &op->port);
	if (!rc)
		rc = port_answer(d, op->port, c);
	domain_put(d);
	return rc;
}

static int op_bind_interdomain(struct domain *d, struct call *c)
{
	struct evtchn_bind_interdomain *op = &c->op.bind_interdomain;
	struct domain *rd = domain_get(op->remote_dom);
	int rc;

	if (!rd)
		return -ESRCH;
	rc = evtchn_bind_interdomain(d, rd, op->remote_port, &op->local_port);
	domain_put(rd);
	return rc ?: port_answer(d, op->local_port, c);
}

static int op_bind_virq(struct domain *d, struct call *c)
{
	struct evtchn_bind_virq *op = &c->op.bind_virq;

	return evtchn_bind_virq(d, op->virq, op->vcpu, &op->port) ?: port_answer(d, op->port, c);
}

static int op_bind_pirq(struct domain *d, struct call *c)
{
	struct evtchn_bind_pirq *op = &c->op.bind_pirq;

	return evtchn_bind_pirq(d, op->pirq, &op->port) ?: port_answer(d, op->port, c);
}

static int op_bind_ipi(struct domain *d, struct call *c)
{
	struct evtchn_bind_ipi *op = &c->op.bind_ipi;

	return evtchn_bind_ipi(d, op->vcpu, &op->port) ?: port_answer(d, op->port, c);
}

static int op_bind_vcpu(struct domain *d, struct call *c)
{
	return evtchn_bind_vcpu(d, c->op.bind_vcpu.port, c->op.bind_vcpu.vcpu);
}

static int op_close(struct domain *d, struct call *c)
{
	return evtchn_close(d, c->op.close.port);
}

static int op_unmask(struct domain *d, struct call *c)
{
	return evtchn_unmask(d, c->op.unmask.port);
}

static int op_status(UNUSED struct domain *self, struct call *c)
{
	struct domain *d;
	int rc = priv_target(c->op.status.dom, &d);

	if (rc)
		return rc;
	rc = evtchn_status_get(d, c->op.status.port, &c->op.status);
	domain_put(d);
	return rc ?: answer(c);
}

static int op_reset(struct domain *self, struct call *c)
{
	struct domain *d;
	int rc = priv_target(c->op.reset.dom, &d);

	if (rc)
		return rc;
	/* Ports of a running domain would come back while they go. */
	rc = d == self || d->controller_pause > 0 ? evtchn_domain_reset(d) : -EINVAL;
	domain_put(d);
	return rc;
}

static int op_init_control(struct domain *d, struct call *c)
{
	struct evtchn_init_control *op = &c->op.init_control;

	op->link_bits = EVTCHN_FIFO_LINK_BITS;
	return evtchn_fifo_control(d, op->vcpu, mfn_make(op->control_gfn), op->offset) ?: answer(c);
}

static int op_expand_array(struct domain *d, struct call *c)
{
	return evtchn_fifo_expand(d, mfn_make(c->op.expand_array.array_gfn));
}

static int op_set_priority(struct domain *d, struct call *c)
{
	return evtchn_set_priority(d, c->op.set_priority.port, c->op.set_priority.priority);
}

#define ROW(nr, name, privilege) [nr] = {op_##name, sizeof(struct evtchn_##name)},
static const struct {
	int (*fn)(struct domain *self, struct call *c);
	size_t size;
} ops[] = {ABI_OPS_event_channel_op(ROW)};
HYPERCALL_DENSE(ops, ABI_OPS_event_channel_op);

/* Apart, so that it costs a send no registers. */
static NOINLINE int64_t op_any(uint32_t cmd, uint64_t arg)
{
	struct call c;
	int rc;

	if (unlikely(cmd >= ARRAY_SIZE(ops)))
		return -ENOSYS;
	c.arg = arg;
	c.size = ops[cmd].size;
	if (copy_from_guest(&c.op, arg, c.size))
		return -EFAULT;
	rc = ops[cmd].fn(current_domain(), &c);
	return rc == -ERESTART ? hypercall_restart(HC_EVENT_CHANNEL_OP, cmd, arg, 0, 0, 0) : rc;
}

HYPERCALL_HANDLER(event_channel_op)
{
	struct call c;

	if (unlikely((uint32_t)a1 != EVTCHNOP_send))
		return op_any((uint32_t)a1, a2);
	return unlikely(guest_get(&c.op.send, a2)) ? -EFAULT : op_send(current_domain(), &c);
}
