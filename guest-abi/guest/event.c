/* SPDX-License-Identifier: MIT */
#include "guest-abi/guest/event.h"

#include <errno.h>
#include <stddef.h>

#include "abi/evtchn.h"
#include "abi/version.h"
#include "guest-abi/guest/guest.h"
#include "guest-abi/guest/vcpu.h"

static struct {
	event_fn *fn;
	void *arg;
	uint32_t vcpu;
} handlers[EVENT_PORTS];
static const struct event_form *form = &event_2l;

static int64_t evtchn(unsigned int cmd, void *arg)
{
	return hypercall2(HC_EVENT_CHANNEL_OP, cmd, (uint64_t)arg);
}

void event_init(void)
{
	uint32_t port;

	for (port = 0; port < EVENT_PORTS; port++)
		form->mask(port);
}

void event_init_vcpu(void)
{
	int64_t rc = form->new_vcpu(vcpu_self()->id);

	if (rc)
		guest_panic("events of vCPU %u: error %ld", vcpu_self()->id, (long)rc);
}

void event_enable(void)
{
	struct vcpu_info *info = vcpu_self()->info;

	__atomic_store_n(&info->evtchn_upcall_mask, 0, __ATOMIC_SEQ_CST);
	/* Any hypercall delivers what came while the mask was set. */
	if (__atomic_load_n(&info->evtchn_upcall_pending, __ATOMIC_SEQ_CST))
		hypercall2(HC_XEN_VERSION, XENVER_version, 0);
}

bool event_disable(void)
{
	return !__atomic_exchange_n(&vcpu_self()->info->evtchn_upcall_mask, 1, __ATOMIC_SEQ_CST);
}

void event_restore(bool enabled)
{
	if (enabled)
		event_enable();
}

static void run(uint32_t port)
{
	if (port >= EVENT_PORTS || !handlers[port].fn) {
		form->mask(port);
		return;
	}
	handlers[port].fn(port, handlers[port].arg);
}

void event_dispatch(void)
{
	struct vcpu_info *info = vcpu_self()->info;

	while (__atomic_exchange_n(&info->evtchn_upcall_pending, 0, __ATOMIC_SEQ_CST))
		form->scan(run);
}

void event_mask(uint32_t port)
{
	form->mask(port);
}

void event_unmask(uint32_t port)
{
	struct evtchn_unmask op = {.port = port};

	if (form->unmask(port))
		evtchn(EVTCHNOP_unmask, &op);
}

bool event_pending(uint32_t port)
{
	return form->pending(port);
}

void event_clear(uint32_t port)
{
	form->clear(port);
}

void event_handle(uint32_t port, event_fn *fn, void *arg)
{
	if (port >= EVENT_PORTS)
		return;
	form->mask(port);
	handlers[port].arg = arg;
	handlers[port].fn = fn;
	if (fn)
		event_unmask(port);
}

bool event_is_here(uint32_t port)
{
	return handlers[port].vcpu == vcpu_self()->id;
}

static int64_t adopt(uint32_t port, uint32_t vcpu, event_fn *fn, void *arg)
{
	int64_t rc = port < EVENT_PORTS ? form->new_port(port) : -ENOSPC;

	if (rc) {
		event_close(port);
		return rc;
	}
	handlers[port].vcpu = vcpu;
	event_handle(port, fn, arg);
	return port;
}

int64_t event_alloc(uint16_t remote, event_fn *fn, void *arg)
{
	struct evtchn_alloc_unbound op = {.dom = DOMID_SELF, .remote_dom = remote};
	int64_t rc = evtchn(EVTCHNOP_alloc_unbound, &op);

	return rc ? rc : adopt(op.port, 0, fn, arg);
}

int64_t event_connect(uint16_t remote, uint32_t port, event_fn *fn, void *arg)
{
	struct evtchn_bind_interdomain op = {.remote_dom = remote, .remote_port = port};
	int64_t rc = evtchn(EVTCHNOP_bind_interdomain, &op);

	return rc ? rc : adopt(op.local_port, 0, fn, arg);
}

int64_t event_bind_virq(uint32_t virq, uint32_t vcpu, event_fn *fn, void *arg)
{
	struct evtchn_bind_virq op = {.virq = virq, .vcpu = vcpu};
	int64_t rc = evtchn(EVTCHNOP_bind_virq, &op);

	return rc ? rc : adopt(op.port, vcpu, fn, arg);
}

int64_t event_bind_ipi(uint32_t vcpu, event_fn *fn, void *arg)
{
	struct evtchn_bind_ipi op = {.vcpu = vcpu};
	int64_t rc = evtchn(EVTCHNOP_bind_ipi, &op);

	return rc ? rc : adopt(op.port, vcpu, fn, arg);
}

int64_t event_move(uint32_t port, uint32_t vcpu)
{
	struct evtchn_bind_vcpu op = {.port = port, .vcpu = vcpu};
	int64_t rc = evtchn(EVTCHNOP_bind_vcpu, &op);

	if (!rc && port < EVENT_PORTS)
		handlers[port].vcpu = vcpu;
	return rc;
}

int64_t event_close(uint32_t port)
{
	struct evtchn_close op = {.port = port};

	if (port < EVENT_PORTS)
		event_handle(port, NULL, NULL);
	return evtchn(EVTCHNOP_close, &op);
}

int64_t event_notify(uint32_t port)
{
	struct evtchn_send op = {.port = port};

	return evtchn(EVTCHNOP_send, &op);
}

int64_t event_use_fifo(void)
{
	uint32_t port;
	int64_t rc = event_fifo.new_vcpu(vcpu_self()->id);

	for (port = 0; !rc && port < EVENT_PORTS; port++)
		rc = event_fifo.new_port(port);
	if (rc)
		return rc;
	form = &event_fifo;
	for (port = 0; port < EVENT_PORTS; port++) {
		if (handlers[port].fn)
			event_unmask(port);
	}
	return 0;
}
