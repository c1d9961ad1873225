/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the hypervisor's hot paths cost, in TSC ticks an operation; with QEMU's
 * `-icount shift=0,sleep=off` a tick is an instruction. Runs as the control domain of any
 * hypervisor of the ABI, so that peers are measured by the same binary. Each figure includes the
 * loop's two or three instructions and the shortest handler the ABI allows.
 */
#include "abi/callback.h"
#include "abi/evtchn.h"
#include "abi/mmu.h"
#include "abi/sched.h"
#include "abi/version.h"
#include "guest-abi/guest/guest.h"

#define ROUNDS    2000u
#define USER_CODE 0x400000ul
#define USER_TOP  0x402000ul

void bench_syscall(void);
void bench_page_fault(void);
void bench_breakpoint(void);
void bench_user_done(void);
extern char bench_user_code[];
uint64_t bench_user(uint64_t entry, uint64_t stack, uint64_t arg);

static uint64_t l4[512], l3[512], l2[512], l1[512], spare[512],
	user_stack[512] __attribute__((aligned(4096)));
static uint64_t table[512] __attribute__((aligned(4096)));
static char kernel_stack[8192] __attribute__((aligned(16)));

static void must(const char *what, int64_t rc)
{
	if (rc >= 0)
		return;
	guest_print("paths: %s failed: %ld\n", what, (long)rc);
	guest_shutdown(SHUTDOWN_crash);
}

static uint64_t pte(const void *va, uint64_t flags)
{
	return guest_mfn(va) << 12 | flags | PTE_PRESENT | PTE_ACCESSED | PTE_DIRTY;
}

static void make_readonly(void *va)
{
	must("read-only table",
	     hypercall3(HC_UPDATE_VA_MAPPING, (uint64_t)va, pte(va, 0), UVMF_INVLPG));
}

static void mmuext(const char *what, unsigned int cmd, uint64_t arg)
{
	struct mmuext_op op = {.cmd = cmd, .arg1.mfn = arg};

	must(what, hypercall4(HC_MMUEXT_OP, (uint64_t)&op, 1, 0, DOMID_SELF));
}

static void setup_user(void)
{
	l4[0] = pte(l3, PTE_RW | PTE_USER);
	l3[0] = pte(l2, PTE_RW | PTE_USER);
	l2[USER_CODE >> 21] = pte(l1, PTE_RW | PTE_USER);
	l1[0] = pte(bench_user_code, PTE_USER);
	l1[1] = pte(user_stack, PTE_RW | PTE_USER);
	make_readonly(l4);
	make_readonly(l3);
	make_readonly(l2);
	make_readonly(l1);
	mmuext("pin user root", MMUEXT_PIN_L4_TABLE, guest_mfn(l4));
	mmuext("user root", MMUEXT_NEW_USER_BASEPTR, guest_mfn(l4));
	must("stack switch", hypercall2(HC_STACK_SWITCH, FLAT_RING3_SS64,
					(uint64_t)(kernel_stack + sizeof(kernel_stack))));
}

static void setup_traps(void)
{
	struct trap_info traps[] = {
		{.vector = 3,
		 .flags = 3,
		 .cs = FLAT_RING3_CS64,
		 .address = (uint64_t)bench_breakpoint},
		{.vector = 6, .cs = FLAT_RING3_CS64, .address = (uint64_t)bench_user_done},
		{.vector = 14, .cs = FLAT_RING3_CS64, .address = (uint64_t)bench_page_fault},
		{.address = 0},
	};
	struct callback_register cb = {.type = CALLBACKTYPE_syscall,
				       .address = (uint64_t)bench_syscall};

	must("trap table", hypercall2(HC_SET_TRAP_TABLE, (uint64_t)traps, 0));
	must("syscall callback", hypercall2(HC_CALLBACK_OP, CALLBACKOP_register, (uint64_t)&cb));
}

static void report(const char *what, uint64_t ticks, unsigned int count)
{
	guest_print("paths: %s %lu\n", what, (unsigned long)((ticks + count / 2) / count));
}

#define MEASURE(what, statement)                                                                   \
	do {                                                                                       \
		uint64_t t0 = guest_tsc();                                                         \
		for (unsigned int i = 0; i < ROUNDS; i++)                                          \
			statement;                                                                 \
		report(what, guest_tsc() - t0, ROUNDS);                                            \
	} while (0)

static void measure_multicall(void)
{
	static struct multicall_entry calls[65];
	uint64_t t0, one;

	for (unsigned int i = 0; i < 65; i++)
		calls[i].op = HC_XEN_VERSION;
	t0 = guest_tsc();
	hypercall2(HC_MULTICALL, (uint64_t)calls, 1);
	one = guest_tsc() - t0;
	t0 = guest_tsc();
	hypercall2(HC_MULTICALL, (uint64_t)calls, 65);
	report("multicall, each further entry", guest_tsc() - t0 - one, 64);
}

static void measure_mmu_update(void)
{
	static struct mmu_update u[65];
	uint64_t t0, one;

	make_readonly(table);
	mmuext("pin table", MMUEXT_PIN_L1_TABLE, guest_mfn(table));
	for (unsigned int i = 0; i < 65; i++) {
		u[i].ptr = guest_mfn(table) << 12 | i * 8;
		u[i].val = pte(spare, PTE_RW);
	}
	t0 = guest_tsc();
	must("mmu_update", hypercall4(HC_MMU_UPDATE, (uint64_t)u, 1, 0, DOMID_SELF));
	one = guest_tsc() - t0;
	t0 = guest_tsc();
	must("mmu_update", hypercall4(HC_MMU_UPDATE, (uint64_t)u, 65, 0, DOMID_SELF));
	report("mmu_update, each further entry", guest_tsc() - t0 - one, 64);
}

/* From here on events go through queues. */
static void switch_to_fifo(void)
{
	static uint8_t control[4096] __attribute__((aligned(4096)));
	static uint8_t words[4096] __attribute__((aligned(4096)));
	struct evtchn_init_control c = {.control_gfn = guest_mfn(control)};
	struct evtchn_expand_array e = {.array_gfn = guest_mfn(words)};

	must("init_control", hypercall2(HC_EVENT_CHANNEL_OP, EVTCHNOP_init_control, (uint64_t)&c));
	must("expand_array", hypercall2(HC_EVENT_CHANNEL_OP, EVTCHNOP_expand_array, (uint64_t)&e));
}

static void measure_event_send(const char *what)
{
	struct evtchn_alloc_unbound a = {.dom = DOMID_SELF, .remote_dom = DOMID_SELF};
	struct evtchn_bind_interdomain b = {.remote_dom = DOMID_SELF};
	struct evtchn_send s;

	must("alloc_unbound",
	     hypercall2(HC_EVENT_CHANNEL_OP, EVTCHNOP_alloc_unbound, (uint64_t)&a));
	b.remote_port = a.port;
	must("bind", hypercall2(HC_EVENT_CHANNEL_OP, EVTCHNOP_bind_interdomain, (uint64_t)&b));
	s.port = b.local_port;
	MEASURE(what, hypercall2(HC_EVENT_CHANNEL_OP, EVTCHNOP_send, (uint64_t)&s));
}

static void page_fault(void)
{
	__asm__ volatile("lea 1f(%%rip), %%r15\n\tmovb (%0), %%al\n1:"
			 :
			 : "r"(0x1000ul)
			 : "r15", "rax", "memory");
}

void guest_main(const struct start_info *si)
{
	guest_init(si);
	setup_traps();
	MEASURE("null hypercall", hypercall2(63, 0, 0));
	MEASURE("xen_version", hypercall2(HC_XEN_VERSION, XENVER_version, 0));
	MEASURE("yield", hypercall2(HC_SCHED_OP, SCHEDOP_yield, 0));
	MEASURE("update_va_mapping", hypercall3(HC_UPDATE_VA_MAPPING, (uint64_t)spare,
						pte(spare, i & 1 ? PTE_RW : 0), UVMF_INVLPG));
	MEASURE("local TLB flush", mmuext("flush", MMUEXT_TLB_FLUSH_LOCAL, 0));
	MEASURE("breakpoint bounced", __asm__ volatile("int3" ::: "memory"));
	MEASURE("page fault bounced", page_fault());
	measure_multicall();
	measure_mmu_update();
	measure_event_send("event send");
	switch_to_fifo();
	measure_event_send("event send by queues");
	setup_user();
	report("guest syscall round trip", bench_user(USER_CODE, USER_TOP, ROUNDS), ROUNDS);
	guest_print("paths: done\n");
	guest_shutdown(SHUTDOWN_poweroff);
}
