/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counters of a domain. In the control domain's place each thing that is counted is done a known
 * number of times, and the counter rises by just that. Any other domain is refused a look; it makes
 * calls for the control domain to find. A broken hypervisor counts twice, or for somebody else.
 */
#include <errno.h>
#include <string.h>

#include "abi/counter.h"
#include "abi/domctl.h"
#include "abi/sched.h"
#include "abi/version.h"
#include "guest-abi/guest/event.h"
#include "guest-abi/guest/grant.h"
#include "guest-abi/guest/guest.h"
#include "guest-abi/guest/page.h"
#include "guest-abi/guest/paging.h"
#include "guest-abi/guest/time.h"
#include "guest-abi/guest/trap.h"
#include "tests/guest/lib/test.h"

#define CALLS    100000u /* also in tests/system/counters.sh */
#define TIMES    25u
#define MSR_EFER 0xc0000080u

static uint64_t before[PAVISE_COUNTERS], after[PAVISE_COUNTERS];

static int64_t look(uint64_t *to)
{
	struct xen_domctl op = {
		.cmd = XEN_DOMCTL_pavise_counters,
		.interface_version = XEN_DOMCTL_INTERFACE_VERSION,
		.u.pavise_counters = {.nr_values = PAVISE_COUNTERS, .values = (uint64_t)to},
	};

	return hypercall2(HC_DOMCTL, (uint64_t)&op, 0);
}

#define RISE(name, i)                                                                              \
	(int64_t)(after[PAVISE_COUNTER_##name + (i)] - before[PAVISE_COUNTER_##name + (i)])

/* Make the statement TIMES times: the counter rises by so much. */
#define EXACTLY(what, by, name, i, statement)                                                      \
	do {                                                                                       \
		look(before);                                                                      \
		for (unsigned int n = 0; n < TIMES; n++)                                           \
			statement;                                                                 \
		look(after);                                                                       \
		test_equal(what, (by) * (int64_t)TIMES, RISE(name, i));                            \
	} while (0)

static int64_t version(void)
{
	return hypercall2(HC_XEN_VERSION, XENVER_version, 0);
}

static void calls(void)
{
	struct multicall_entry list[3] = {
		{.op = HC_XEN_VERSION}, {.op = HC_XEN_VERSION}, {.op = HC_XEN_VERSION}};

	EXACTLY("hypercalls", 1, hypercalls, HC_XEN_VERSION, version());
	test_equal("no other one", 0, RISE(hypercalls, HC_XEN_VERSION - 1));
	test_equal("but the look", 1, RISE(hypercalls, HC_DOMCTL));
	EXACTLY("unknown", 1, hypercalls, 63, hypercall2(63, 0, 0));
	EXACTLY("beyond the table", 0, hypercalls, 63, hypercall2(64, 0, 0));
	EXACTLY("lists", 1, hypercalls, HC_MULTICALL, hypercall2(HC_MULTICALL, (uint64_t)list, 3));
	test_equal("entries of lists", 3 * TIMES, RISE(multicall_entries, 0));
	test_equal("not as calls", 0, RISE(hypercalls, HC_XEN_VERSION));
}

static void tables(void)
{
	uint64_t *l1 = page_alloc(), *page = page_alloc(), *l4 = page_alloc();
	struct mmu_update u[2];
	unsigned int i;

	paging_readonly(l1);
	EXACTLY("promotions", 1, promotions, 0, (paging_pin(l1, 1), paging_unpin(l1)));
	paging_pin(l1, 1);
	for (i = 0; i < 2; i++)
		u[i] = (struct mmu_update){paging_maddr(&l1[i]), guest_mfn(page) << 12 | PAGING_RO};
	EXACTLY("updates", 2, mmu_updates, 0,
		hypercall4(HC_MMU_UPDATE, (uint64_t)u, 2, 0, DOMID_SELF));
	EXACTLY("pages flushed", 1, tlb_page_flushes, 0,
		hypercall3(HC_UPDATE_VA_MAPPING, (uint64_t)page, guest_mfn(page) << 12 | PAGING_RW,
			   UVMF_INVLPG));
	EXACTLY("pages flushed by mmuext_op", 1, tlb_page_flushes, 0,
		paging_ext(MMUEXT_INVLPG_LOCAL, (uint64_t)page, 0));
	EXACTLY("flushes", 1, tlb_flushes, 0, paging_ext(MMUEXT_TLB_FLUSH_LOCAL, 0, 0));
	EXACTLY("flushes of all", 1, tlb_flushes, 0, paging_ext(MMUEXT_TLB_FLUSH_ALL, 0, 0));
	test_equal("nobody is interrupted", 0, RISE(tlb_ipis, 0));

	memcpy(l4, paging_root(), GUEST_PAGE);
	paging_readonly(l4);
	test_equal("another root", 0, paging_pin(l4, 4));
	EXACTLY("roots", 2, cr3_loads, 0, (paging_use_root(l4), paging_use_root(paging_root())));
	test_equal("no state is loaded", 0, RISE(state_loads, 0));
}

static void traps(void)
{
	uint64_t *l1 = page_alloc(), v;
	uint32_t low, high;

	EXACTLY("privileged instructions", 1, exceptions, 13,
		TRAP_TRY_GET("rdmsr", TRAP_OUTS("=a"(low), "=d"(high)), "c"(MSR_EFER)));
	EXACTLY("invalid ones", 1, exceptions, 6, TRAP_TRY("ud2", "r"(0)));
	EXACTLY("page faults for the guest alone", 0, exceptions, 14, trap_read((void *)8, &v));
	hypercall2(HC_VM_ASSIST, VMASST_CMD_enable, VMASST_TYPE_writable_pagetables);
	paging_readonly(l1);
	paging_pin(l1, 1);
	EXACTLY("stores to tables", 1, faults_resolved, 0, trap_write(&l1[0], 0));
	test_equal("by page faults", TIMES, RISE(exceptions, 14));
	EXACTLY("MSRs", 1, msr_writes, 0,
		hypercall2(HC_SET_SEGMENT_BASE, SEGBASE_GS_USER, (uint64_t)l1));
}

static void ignore(uint32_t port, void *arg)
{
	(void)port;
	(void)arg;
}

static void nothing(void *arg)
{
	(void)arg;
}

static void events(void)
{
	int64_t port = event_bind_ipi(0, ignore, NULL);
	uint64_t end;

	EXACTLY("sends", 1, events_sent, 0, event_notify((uint32_t)port));
	test_equal("as many come", TIMES, RISE(upcalls, 0));
	EXACTLY("sleeps", 1, wakes, 0, time_wait(NULL, NULL, TIME_MS));
	test_equal("a CPU comes back", TIMES, RISE(switches, 0));
	test_equal("as it went", 0, RISE(state_loads, 0));
	time_alarm(time_now() + TIME_MS, nothing, NULL);
	look(before);
	for (end = time_now() + 2 * TIME_MS; time_now() < end;)
		;
	look(after);
	test_true("an interrupt comes meanwhile", RISE(interrupts, 0) > 0);
	test_equal("for an event", 1, RISE(upcalls, 0));
}

static void grants(void)
{
	uint64_t *page = page_alloc(), *to = page_alloc();
	struct gnttab_copy copy[2] = {{
		.source = {.u.gmfn = guest_mfn(page), .domid = DOMID_SELF},
		.dest = {.u.gmfn = guest_mfn(to), .domid = DOMID_SELF},
		.len = 8,
	}};

	EXACTLY("copies", 2, grant_ops, GNTTABOP_copy,
		hypercall3(HC_GRANT_TABLE_OP, GNTTABOP_copy, (uint64_t)copy, 2));
	test_equal("no maps", 0, RISE(grant_ops, GNTTABOP_map_grant_ref));
	EXACTLY("none at all", 0, grant_ops, GNTTABOP_copy,
		hypercall3(HC_GRANT_TABLE_OP, GNTTABOP_copy, 8, 1));
}

void test_main(void)
{
	if (!boot_is_control_domain()) {
		test_equal("refused", -EPERM, look(before));
		for (unsigned int i = 0; i < CALLS; i++)
			version();
		return;
	}
	test_equal("look", 0, look(before));
	calls();
	tables();
	traps();
	events();
	grants();
}
