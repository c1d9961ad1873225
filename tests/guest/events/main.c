/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Event channels in the two-level form, within one domain: binding, sending, masking, closing,
 * states as told, virtual interrupts, and the errors of wrong calls. A broken hypervisor loses an
 * event, and with it a disk request.
 */
#include <errno.h>

#include "abi/evtchn.h"
#include "abi/sched.h"
#include "guest-abi/guest/event.h"
#include "guest-abi/guest/time.h"
#include "guest-abi/guest/vcpu.h"
#include "tests/guest/lib/test.h"

static unsigned int count;
static uint32_t last;

static void on_event(uint32_t port, void *arg)
{
	(void)arg;
	count++;
	last = port;
}

static int64_t op(unsigned int cmd, void *arg)
{
	return hypercall2(HC_EVENT_CHANNEL_OP, cmd, (uint64_t)arg);
}

static struct evtchn_status status(int64_t port)
{
	struct evtchn_status s = {.dom = DOMID_SELF, .port = (uint32_t)port};

	if (op(EVTCHNOP_status, &s))
		s.status = 99;
	return s;
}

static void pair(void)
{
	int64_t a = event_alloc(DOMID_SELF, on_event, NULL), b;

	test_true("alloc", a > 0);
	test_equal("unbound", EVTCHNSTAT_unbound, status(a).status);
	test_equal("send to nobody", 0, event_notify((uint32_t)a));
	b = event_connect(DOMID_SELF, (uint32_t)a, on_event, NULL);
	test_true("connect", b > 0);
	test_equal("interdomain", EVTCHNSTAT_interdomain, status(a).status);
	test_equal("its peer", b, status(a).u.interdomain.port);
	test_equal("the peer's peer", a, status(b).u.interdomain.port);
	count = 0;
	test_equal("send", 0, event_notify((uint32_t)a));
	test_equal("came", 1, count);
	test_equal("on the other port", b, last);
	event_mask((uint32_t)b);
	event_notify((uint32_t)a);
	event_notify((uint32_t)a);
	test_equal("masked", 1, count);
	test_true("pending while masked", event_pending((uint32_t)b));
	event_unmask((uint32_t)b);
	test_equal("once when unmasked", 2, count);
	event_disable();
	event_notify((uint32_t)b);
	test_equal("upcalls masked", 2, count);
	event_enable();
	test_equal("came when enabled", 3, count);
	test_equal("connect again", -EINVAL,
		   event_connect(DOMID_SELF, (uint32_t)a, on_event, NULL));
	test_equal("close one side", 0, event_close((uint32_t)b));
	test_equal("other side unbound", EVTCHNSTAT_unbound, status(a).status);
	test_equal("close", 0, event_close((uint32_t)a));
	test_equal("closed", EVTCHNSTAT_closed, status(a).status);
	test_equal("close again", -EINVAL, event_close((uint32_t)a));
	test_equal("send to a closed port", -EINVAL, event_notify((uint32_t)a));
}

static void virqs(void)
{
	int64_t p = event_bind_virq(VIRQ_DEBUG, 0, on_event, NULL);

	test_true("bind a virq", p > 0);
	test_equal("state virq", EVTCHNSTAT_virq, status(p).status);
	test_equal("which virq", VIRQ_DEBUG, status(p).u.virq);
	test_equal("bind it again", -EEXIST, event_bind_virq(VIRQ_DEBUG, 0, on_event, NULL));
	test_equal("per-vCPU virq moved", -EINVAL, event_move((uint32_t)p, 1));
	event_close((uint32_t)p);
	p = event_bind_virq(VIRQ_DEBUG, 0, on_event, NULL);
	test_true("bind after close", p > 0);
	event_close((uint32_t)p);
	test_equal("no such virq", -EINVAL, event_bind_virq(99, 0, on_event, NULL));
	test_equal("no such vCPU", -ENOENT, event_bind_virq(VIRQ_DEBUG, 500, on_event, NULL));
	test_equal("global virq on vCPU 1", -EINVAL, event_bind_virq(VIRQ_ARGO, 1, on_event, NULL));
}

static void errors(void)
{
	struct evtchn_alloc_unbound a = {.dom = 0, .remote_dom = DOMID_SELF};
	struct evtchn_bind_pirq pirq = {.pirq = 9};
	struct evtchn_reset reset = {.dom = 0};
	int64_t p;

	test_equal("alloc in another domain", -EPERM, op(EVTCHNOP_alloc_unbound, &a));
	test_true("connect to no domain", event_connect(0x7fe0, 1, on_event, NULL) == -ESRCH);
	test_true("connect to domain 0's port 1", event_connect(0, 1, on_event, NULL) < 0);
	test_equal("bind to no vCPU", -ENOENT, event_bind_ipi(500, on_event, NULL));
	test_true("bind a pirq", op(EVTCHNOP_bind_pirq, &pirq) < 0);
	test_equal("reset another domain", -EPERM, op(EVTCHNOP_reset, &reset));
	test_equal("port 0", -EINVAL, event_notify(0));
	test_equal("port out of range", -EINVAL, event_notify(0x7fffffff));
	test_equal("no such sub-op", -ENOSYS, op(77, &a));
	p = event_alloc(DOMID_SELF, on_event, NULL);
	test_equal("move to a vCPU that is not there", -ENOENT, event_move((uint32_t)p, 500));
	event_close((uint32_t)p);
}

/* All ports there are, then all back. */
static void many(void)
{
	static uint32_t ports[4096];
	unsigned int n = 0, i, bad = 0;
	int64_t p = 0;

	while (n < 4096 && (p = event_alloc(DOMID_SELF, NULL, NULL)) > 0)
		ports[n++] = (uint32_t)p;
	test_true("many ports", n > 900);
	test_equal("then none is left", -ENOSPC, p);
	for (i = 0; i < n; i++)
		bad += event_close(ports[i]) != 0;
	test_equal("all closed", 0, bad);
	p = event_alloc(DOMID_SELF, NULL, NULL);
	test_true("there is one again", p > 0);
	event_close((uint32_t)p);
}

/* poll: wakes for a port without an upcall, or in time. */
static void poll(void)
{
	int64_t a = event_alloc(DOMID_SELF, NULL, NULL);
	int64_t b = event_connect(DOMID_SELF, (uint32_t)a, NULL, NULL);
	uint32_t port = (uint32_t)b;
	struct sched_poll sp = {.ports = (uint64_t)&port, .nr_ports = 1};
	uint64_t start;

	/* An upcall would end the wait as well. */
	event_disable();
	event_clear(port);
	start = time_now();
	sp.timeout = start + 30 * TIME_MS;
	test_equal("poll until the time", 0, hypercall2(HC_SCHED_OP, SCHEDOP_poll, (uint64_t)&sp));
	test_true("waited", time_now() - start >= 29 * TIME_MS);
	event_notify((uint32_t)a);
	sp.timeout = time_now() + 5 * TIME_S;
	start = time_now();
	test_equal("poll of a pending port", 0,
		   hypercall2(HC_SCHED_OP, SCHEDOP_poll, (uint64_t)&sp));
	test_true("did not wait", time_now() - start < 2 * TIME_S);
	sp.nr_ports = 129;
	test_equal("poll of too many", -EINVAL,
		   hypercall2(HC_SCHED_OP, SCHEDOP_poll, (uint64_t)&sp));
	event_enable();
	event_close((uint32_t)a);
	event_close(port);
}

void test_main(void)
{
	pair();
	virqs();
	errors();
	many();
	poll();
}
