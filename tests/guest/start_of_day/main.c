/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest finds at its first instruction what the ABI promises: registers, start info, p2m and m2p
 * that agree, page tables that it cannot write, memory that is zero, masked events. A broken
 * builder or hypervisor would start a kernel that fails much later, in ways that point elsewhere.
 */
#include <string.h>

#include "guest-abi/guest/page.h"
#include "guest-abi/guest/paging.h"
#include "guest-abi/guest/trap.h"
#include "guest-abi/guest/vcpu.h"
#include "tests/guest/lib/test.h"

#define RFLAGS_IF 0x200

void guest_start(void);

static void registers(void)
{
	const struct boot_first *f = &boot_first;
	const uint64_t zero[] = {f->r15, f->r14, f->r13, f->r12, f->rbp, f->rbx, f->r11,
				 f->r10, f->r9,  f->r8,  f->rax, f->rcx, f->rdx, f->rdi};
	static const char *const names[] = {"r15", "r14", "r13", "r12", "rbp", "rbx", "r11",
					    "r10", "r9",  "r8",  "rax", "rcx", "rdx", "rdi"};
	unsigned int i;

	for (i = 0; i < sizeof(zero) / sizeof(zero[0]); i++)
		test_equal(names[i], 0, (int64_t)zero[i]);
	test_equal("rsi is start info", (int64_t)boot_info, (int64_t)f->rsi);
	test_equal("cs", FLAT_RING3_CS64, (int64_t)f->cs);
	test_equal("ss", FLAT_RING3_SS64, (int64_t)f->ss);
	test_equal("ds", 0, (int64_t)f->ds & ~3);
	test_equal("es", 0, (int64_t)f->es & ~3);
	test_equal("fs", 0, (int64_t)f->fs & ~3);
	test_equal("gs", 0, (int64_t)f->gs & ~3);
	test_equal("rflags", RFLAGS_IF, (int64_t)f->rflags & ~2l);
}

/* The stack page lies behind the page tables, and both in the order that the ABI gives. */
static void layout(void)
{
	const struct start_info *si = boot_info;
	uint64_t tables_end = si->pt_base + si->nr_pt_frames * GUEST_PAGE;

	test_true("start info is page aligned", !((uint64_t)si & (GUEST_PAGE - 1)));
	test_true("magic", !strncmp(si->magic, "xen-3.0-x86_64", 14));
	test_true("page tables behind start info", si->pt_base > (uint64_t)si);
	test_true("stack behind page tables", boot_first.rsp > tables_end);
	test_true("stack is near", boot_first.rsp - tables_end <= 16 * GUEST_PAGE);
	test_true("p2m behind the kernel", si->mfn_list > (uint64_t)guest_start);
	test_equal("no initrd", 0, (int64_t)si->mod_len);
	test_equal("not privileged", 0, si->flags & (SIF_PRIVILEGED | SIF_INITDOMAIN));
	test_true("console event channel", si->console.domU.evtchn);
	test_true("store event channel", si->store_evtchn);
	test_true("shared info aligned", si->shared_info && !(si->shared_info & (GUEST_PAGE - 1)));
	test_true("slack of 512 KiB mapped",
		  paging_entry(boot_first.rsp + 0x7f000) &&
			  *paging_entry(boot_first.rsp + 0x7f000) & PTE_PRESENT);
}

static void frames(void)
{
	const uint64_t *p2m = (const uint64_t *)boot_info->mfn_list;
	const uint64_t *m2p = (const uint64_t *)MACH2PHYS_VIRT_START;
	uint64_t pfn, wrong = 0;

	/* The library has replaced the frame behind none of its pages, just mapped others there. */
	for (pfn = 0; pfn < boot_info->nr_pages; pfn++)
		wrong += m2p[p2m[pfn]] != pfn;
	test_equal("m2p of p2m", 0, (int64_t)wrong);
	test_true("store page is ours", page_of_mfn(boot_info->store_mfn));
	test_true("console page is ours", page_of_mfn(boot_info->console.domU.mfn));
	test_trap("m2p cannot be written", 14, trap_write((void *)MACH2PHYS_VIRT_START, 0));
}

static void tables(void)
{
	uint64_t *root = (uint64_t *)boot_info->pt_base;
	uint64_t i, writable = 0;

	for (i = 0; i < boot_info->nr_pt_frames; i++) {
		uint64_t va = boot_info->pt_base + i * GUEST_PAGE;
		const uint64_t *pte = paging_entry(va);

		writable += !pte || (*pte & PTE_RW);
	}
	test_equal("writable page tables", 0, (int64_t)writable);
	test_trap_error("store to the root", 14, 7 & ~4, trap_write(&root[0], root[0]));
	test_true("start info writable", *paging_entry((uint64_t)boot_info) & PTE_RW);
	test_equal("lower half empty", 0, (int64_t)root[0]);
}

static void shared(void)
{
	unsigned int i, unmasked = 0, clocks = 0;

	/* vCPU 0 has been enabled by the library. */
	for (i = 1; i < XEN_LEGACY_MAX_VCPUS; i++)
		unmasked += !boot_shared->vcpu_info[i].evtchn_upcall_mask;
	test_equal("vCPUs with events unmasked", 0, unmasked);
	clocks = boot_shared->vcpu_info[0].time.tsc_to_system_mul;
	test_true("clock runs", clocks);
	test_true("wall clock set", boot_shared->wc_sec);
	test_equal("wall clock not being written", 0, boot_shared->wc_version & 1);
}

void test_main(void)
{
	registers();
	layout();
	frames();
	tables();
	shared();
}
