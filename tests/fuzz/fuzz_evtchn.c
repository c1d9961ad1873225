/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any sequence of event channel operations of four domains, deaths included, keeps the port tables
 * of all of them in step: bindings are mutual, counts are right, no closed port is pending. A
 * domain may switch to queues, back again, and write whatever it likes into their memory.
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
/* Of each domain: a frame for control blocks, one for words. */
static mfn_t frames[DOMAINS][2];

static void domain_new(domid_t i)
{
	doms[i] = sim_domain(i, 2);
	for (unsigned f = 0; f < 2; f++)
		frames[i][f] = sim_frame(doms[i]);
}

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void check_port(struct domain *d, evtchn_port_t p)
{
	const struct evtchn *c = evtchn_find(d, p), *peer;
	bool used = p < d->evtchn.limit && d->evtchn.used[p / 64] >> (p % 64) & 1;

	must(used == (c && (c->state != EVTCHNSTAT_closed || p == 0)));
	if (!used && !d->evtchn.fifo_on)
		must(!sim_pending(d, p));
	if (!c)
		return;
	must(c->vcpu < d->max_vcpus);
	if (c->state == EVTCHNSTAT_interdomain) {
		peer = evtchn_find(c->u.peer.domain, c->peer_port);
		must(peer && peer->state == EVTCHNSTAT_interdomain);
		must(peer->u.peer.domain == d && peer->peer_port == p);
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

		for (evtchn_port_t p = 0; p < d->evtchn.limit; p += evtchn_find(d, p) ? 1 : 64)
			check_port(d, p);
		for (unsigned w = 0; w < d->evtchn.limit / 64; w++)
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

/* An operation on queues, or what a hostile guest does to them by itself. */
static void fifo_step(struct domain *d, uint8_t what, uint8_t x, evtchn_port_t port)
{
	uint32_t *control = frame_virt(frames[d->id][0]), *words = frame_virt(frames[d->id][1]);
	struct evtchn_init_control init = {
		.control_gfn = frames[d->id][x >> 7].n, .offset = x & 0x48, .vcpu = x & 1};
	struct evtchn_expand_array expand = {frames[d->id][1].n};
	struct evtchn_set_priority priority = {port, x % 17};

	switch (what % 6) {
	case 0:
		call(EVTCHNOP_init_control, &init);
		break;
	case 1:
		call(EVTCHNOP_expand_array, &expand);
		break;
	case 2:
		call(EVTCHNOP_set_priority, &priority);
		break;
	case 3:
		words[port] = (uint32_t)x << 24 | port;
		break;
	case 4:
		control[x % 40] = (uint32_t)x << 16 | port;
		break;
	default:
		words[port] &= ~(1u << EVTCHN_FIFO_LINKED | EVTCHN_FIFO_LINK_MASK);
	}
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
	switch (b[0] % 16) {
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
	case 13:
	case 14:
		fifo_step(d, b[0] / 16, b[2], port);
		break;
	default:
		if (other == 0 || other >= DOMAINS || b[3] % 4)
			break;
		sim_enter(NULL);
		sim_kill(doms[other]);
		domain_new(other);
	}
	evtchn_raise_virq(d->vcpu[b[3] & 1], VIRQ_TIMER);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	sim_start(2);
	for (domid_t i = 0; i < DOMAINS; i++)
		domain_new(i);
	for (; size >= 4 && size < 2000; data += 4, size -= 4) {
		step(data);
		check_all();
	}
	sim_stop();
	return 0;
}
