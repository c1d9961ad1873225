/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/guest/bad_calls/books.h"

#include <string.h>

#include "abi/domctl.h"
#include "abi/evtchn.h"
#include "abi/memory.h"
#include "abi/sysctl.h"
#include "abi/vcpu.h"
#include "guest-abi/guest/boot.h"
#include "guest-abi/guest/event.h"
#include "guest-abi/guest/grant.h"
#include "guest-abi/guest/guest.h"
#include "guest-abi/guest/page.h"
#include "guest-abi/guest/paging.h"
#include "guest-abi/guest/trap.h"
#include "tests/guest/bad_calls/call.h"

#define PORTS   1024u
#define DOMAINS 32u
#define POOLS   32u
#define BATCH   512u

static bool known[PORTS];

static int64_t domctl(struct xen_domctl *op, uint32_t cmd, uint16_t domid)
{
	op->cmd = cmd;
	op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
	op->domain = domid;
	return hypercall2(HC_DOMCTL, (uint64_t)op, 0);
}

static int64_t sysctl(struct xen_sysctl *op, uint32_t cmd)
{
	op->cmd = cmd;
	op->interface_version = XEN_SYSCTL_INTERFACE_VERSION;
	return hypercall2(HC_SYSCTL, (uint64_t)op, 0);
}

static uint64_t sum(uint64_t so_far, const void *data, size_t bytes)
{
	const uint32_t *words = data;

	for (size_t i = 0; i < bytes / sizeof(*words); i++)
		so_far = so_far * 31 + words[i];
	return so_far;
}

static bool port_status(uint32_t port, struct evtchn_status *s)
{
	*s = (struct evtchn_status){.dom = DOMID_SELF, .port = port};
	return !hypercall2(HC_EVENT_CHANNEL_OP, EVTCHNOP_status, (uint64_t)s) && s->status;
}

static uint64_t ports(void)
{
	struct evtchn_status s;
	uint64_t all = 0;

	for (uint32_t port = 1; port < PORTS; port++)
		if (port_status(port, &s))
			all = sum(all, &s, sizeof(s));
	return all;
}

static uint64_t tables(void)
{
	uint64_t all = sum(0, paging_root(), GUEST_PAGE);

	return sum(all, paging_entry(GUEST_VIRT_BASE), GUEST_PAGE);
}

static uint64_t types(void)
{
	static uint64_t frames[BATCH];
	const uint64_t count = boot_info->nr_pages;
	uint64_t all = 0;

	for (uint64_t pfn = 0; pfn < count; pfn += BATCH) {
		struct xen_domctl op = {.u.getpageframeinfo3 = {BATCH, (uint64_t)frames}};

		for (uint64_t i = 0; i < BATCH; i++)
			frames[i] = guest_mfn(page_of_pfn(pfn + i < count ? pfn + i : pfn));
		domctl(&op, XEN_DOMCTL_getpageframeinfo3, 0);
		all = sum(all, frames, sizeof(frames));
	}
	return all;
}

static uint64_t domains(void)
{
	static struct domctl_getdomaininfo info[DOMAINS];
	struct xen_sysctl op = {
		.u.getdomaininfolist = {.max_domains = DOMAINS, .buffer = (uint64_t)info}};
	uint64_t all;

	sysctl(&op, XEN_SYSCTL_getdomaininfolist);
	all = op.u.getdomaininfolist.num_domains;
	for (uint32_t i = 0; i < op.u.getdomaininfolist.num_domains; i++) {
		info[i].cpu_time = 0;
		info[i].shared_info_frame = 0;
		info[i].flags &= ~(uint32_t)(XEN_DOMINF_running | XEN_DOMINF_blocked);
		if (!info[i].domain) /* its calls may set its own name and limits */
			memset(info[i].handle, 0, sizeof(info[i].handle));
		all = sum(all, &info[i], sizeof(info[i]));
	}
	return all;
}

static uint64_t pools(void)
{
	uint64_t all = 0;

	for (uint32_t id = 0; id < POOLS; id++) {
		struct xen_sysctl op = {
			.u.cpupool_op = {.op = XEN_SYSCTL_CPUPOOL_OP_INFO, .cpupool_id = id}};

		if (!sysctl(&op, XEN_SYSCTL_cpupool_op) && op.u.cpupool_op.cpupool_id == id)
			all = all * 31 + op.u.cpupool_op.n_dom + 1;
	}
	return all;
}

void books_take(struct books *b)
{
	uint16_t domid = DOMID_SELF;
	struct xen_sysctl machine = {0};

	memset(b, 0, sizeof(*b));
	b->row[BOOKS_PAGES] =
		(uint64_t)hypercall2(HC_MEMORY_OP, XENMEM_current_reservation, (uint64_t)&domid);
	b->row[BOOKS_PORTS] = ports();
	for (unsigned int i = 0; i < GRANT_COUNT; i++)
		b->row[BOOKS_GRANTS] = b->row[BOOKS_GRANTS] * 31 + grant_table[i].flags;
	b->row[BOOKS_TABLES] = tables();
	if (!boot_is_control_domain())
		return;
	b->row[BOOKS_TYPES] = types();
	b->row[BOOKS_DOMAINS] = domains();
	b->row[BOOKS_POOLS] = pools();
	sysctl(&machine, XEN_SYSCTL_physinfo);
	b->row[BOOKS_FREE] =
		machine.u.physinfo.free_pages + (machine.u.physinfo.outstanding_pages << 32);
}

const char *books_difference(const struct books *a, const struct books *b)
{
	static const char *const names[BOOKS_ROWS] = {
		"pages of the guest", "event channels", "grants",  "page tables",
		"types of frames",    "free memory",    "domains", "pools of CPUs"};

	for (unsigned int i = 0; i < BOOKS_ROWS; i++)
		if (a->row[i] != b->row[i])
			return names[i];
	return NULL;
}

static void end_domains(void)
{
	for (;;) {
		struct xen_domctl op = {0};

		if (domctl(&op, XEN_DOMCTL_getdomaininfo, 1))
			return;
		domctl(&op, XEN_DOMCTL_destroydomain, op.u.getdomaininfo.domain);
	}
}

/* Small, and always under the same id. */
static void make_target(void)
{
	struct xen_domctl op = {.u.createdomain = {.max_vcpus = 1,
						   .max_evtchn_port = 1023,
						   .max_grant_frames = 1,
						   .max_maptrack_frames = 1,
						   .grant_opts = 1}};

	call_target = 1;
	domctl(&op, XEN_DOMCTL_createdomain, call_target);
	op = (struct xen_domctl){.u.max_vcpus.max = 1};
	domctl(&op, XEN_DOMCTL_max_vcpus, call_target);
	op = (struct xen_domctl){.u.max_mem.max_memkb = 64};
	domctl(&op, XEN_DOMCTL_max_mem, call_target);
}

static void end_pools(void)
{
	for (uint32_t id = 1; id < POOLS; id++) {
		struct xen_sysctl op = {
			.u.cpupool_op = {.op = XEN_SYSCTL_CPUPOOL_OP_DESTROY, .cpupool_id = id}};

		sysctl(&op, XEN_SYSCTL_cpupool_op);
	}
}

void books_init(void)
{
	struct evtchn_status s;

	for (uint32_t port = 1; port < PORTS; port++)
		known[port] = port_status(port, &s);
	if (boot_is_control_domain())
		make_target();
}

void books_restore(void)
{
	struct vcpu_register_runstate_memory_area none = {0};
	struct evtchn_status s;

	for (uint32_t port = 1; port < PORTS; port++)
		if (!known[port] && port_status(port, &s))
			event_close(port);
	hypercall3(HC_VCPU_OP, VCPUOP_stop_periodic_timer, 0, 0);
	hypercall3(HC_VCPU_OP, VCPUOP_register_runstate_memory_area, 0, (uint64_t)&none);
	hypercall3(HC_VCPU_OP, VCPUOP_register_vcpu_time_memory_area, 0, (uint64_t)&none);
	hypercall2(HC_SET_DEBUGREG, 7, 0);
	hypercall2(HC_SET_TIMER_OP, 0, 0);
	trap_init();
	call_restore();
	if (!boot_is_control_domain())
		return;
	end_pools();
	end_domains();
	make_target();
}
