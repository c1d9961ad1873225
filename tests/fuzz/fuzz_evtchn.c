/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any sequence of event channel operations of four domains, deaths included, keeps the port tables
 * of all of them in step: bindings are mutual, counts are right, no closed port is pending.
 */
#include <abi/base.h>
#include <hv/cpu.h>
#include <hv/hypercall.h>
#include <stdlib.h>
#include "../unit/core_sim.h"
#include "../../hypervisor/core/evtchn.h"
#include "host.h"

#define DOMAINS 4
#define PORTS   24u /* ports that operations name; more may exist */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct domain *doms[DOMAINS];

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void check_port(struct domain *d, evtchn_port_t p)
{
	const struct evtchn *c = evtchn_find(d, p), *peer;
	bool used = d->evtchn.used[p / 64] >> (p % 64) & 1;

	must(used == (c && (c->state != EVTCHNSTAT_closed || p == 0)));
	if (!used)
		must(!sim_pending(d, p));
	if (!c)
		return;
	must(c->vcpu < d->max_vcpus);
	if (c->state == EVTCHNSTAT_interdomain) {
		peer = evtchn_find(c->u.peer.domain, c->u.peer.port);
		must(peer && peer->state == EVTCHNSTAT_interdomain);
		must(peer->u.peer.domain == d && peer->u.peer.port == p);
		must(c->u.peer.domain->state == DOMAIN_ALIVE);
	} else if (c->state == EVTCHNSTAT_virq) {
		const struct vcpu *v = d->vcpu[c->u.virq == VIRQ_TIMER ? c->vcpu : 0];

		must(v->virq_port[c->u.virq] == p);
	}
}

static void check_all(void)
{
	for (unsigned i = 0; i < DOMAINS; i++) {
		struct domain *d = doms[i];
		unsigned active = 0;

		for (evtchn_port_t p = 0; p < EVTCHN_MAX_PORTS; p += evtchn_find(d, p) ? 1 : 64)
			check_port(d, p);
		for (unsigned w = 0; w < ARRAY_SIZE(d->evtchn.used); w++)
			active += (unsigned)__builtin_popcountll(d->evtchn.used[w]);
		must(active == d->evtchn.active + 1);
		for (unsigned v = 0; v < d->max_vcpus; v++)
			for (unsigned q = 0; q < NR_VIRQS; q++) {
				evtchn_port_t p = d->vcpu[v]->virq_port[q];

				must(!p || evtchn_find(d, p)->state == EVTCHNSTAT_virq);
			}
	}
}

static int64_t call(unsigned cmd, void *arg)
{
	return hc_event_channel_op(cmd, (uint64_t)(uintptr_t)arg, 0, 0, 0);
}

/* One operation from four bytes: what, who, and two operands. */
static void step(const uint8_t *b)
{
	struct domain *d = doms[b[1] % DOMAINS];
	domid_t other = b[2] % (DOMAINS + 1);
	evtchn_port_t port = b[3] % PORTS;
	union {
		struct evtchn_alloc_unbound alloc;
		struct evtchn_bind_interdomain inter;
		struct evtchn_bind_virq virq;
		struct evtchn_bind_ipi ipi;
		struct evtchn_bind_vcpu vcpu;
		struct evtchn_status status;
		struct evtchn_reset reset;
		uint32_t port;
	} a;

	sim_enter(d->vcpu[0]);
	switch (b[0] % 14) {
	case 0:
	case 1:
		a.alloc = (struct evtchn_alloc_unbound){.dom = b[3] & 1 ? DOMID_SELF : other,
							.remote_dom = other};
		call(EVTCHNOP_alloc_unbound, &a);
		break;
	case 2:
	case 3:
		a.inter =
			(struct evtchn_bind_interdomain){.remote_dom = other, .remote_port = port};
		call(EVTCHNOP_bind_interdomain, &a);
		break;
	case 4:
		a.virq = (struct evtchn_bind_virq){.virq = b[2] & 1 ? VIRQ_TIMER : VIRQ_CONSOLE,
						   .vcpu = b[3] & 1};
		call(EVTCHNOP_bind_virq, &a);
		break;
	case 5:
		a.ipi = (struct evtchn_bind_ipi){.vcpu = b[2] & 1};
		call(EVTCHNOP_bind_ipi, &a);
		break;
	case 6:
		a.vcpu = (struct evtchn_bind_vcpu){.port = port, .vcpu = b[2] & 1};
		call(EVTCHNOP_bind_vcpu, &a);
		break;
	case 7:
	case 8:
		a.port = port;
		call(EVTCHNOP_close, &a);
		break;
	case 9:
		a.port = port;
		call(EVTCHNOP_send, &a);
		break;
	case 10:
		a.port = port;
		call(EVTCHNOP_unmask, &a);
		break;
	case 11:
		a.status = (struct evtchn_status){.dom = other, .port = port};
		call(EVTCHNOP_status, &a);
		break;
	case 12:
		a.reset = (struct evtchn_reset){.dom = b[3] & 1 ? DOMID_SELF : other};
		call(EVTCHNOP_reset, &a);
		break;
	default:
		if (other == 0 || other >= DOMAINS || b[3] % 4)
			break;
		sim_enter(NULL);
		sim_kill(doms[other]);
		doms[other] = sim_domain(other, 2);
	}
	evtchn_raise_virq(d->vcpu[b[3] & 1], VIRQ_TIMER);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	sim_start(2);
	for (domid_t i = 0; i < DOMAINS; i++)
		doms[i] = sim_domain(i, 2);
	for (; size >= 4 && size < 2000; data += 4, size -= 4) {
		step(data);
		check_all();
	}
	sim_stop();
	return 0;
}
