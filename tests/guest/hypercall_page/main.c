/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernels before Linux 6.1.y's inline SYSCALL call through a page of stubs, which the builder fills
 * at the address of an ELF note, or the guest asks for by MSR. Stubs keep every register that the
 * ABI keeps. A broken page is a kernel that dies at its first hypercall.
 */
#include "abi/version.h"
#include "guest-abi/guest/guest.h"
#include "guest-abi/guest/page.h"
#include "guest-abi/guest/trap.h"
#include "tests/guest/lib/test.h"

extern const char hypercall_page[];

static int64_t call(const char *page, unsigned int nr, uint64_t a1, uint64_t a2, bool *kept)
{
	const char *stub = page + nr * 32;
	uint64_t rcx = 0xcccc, rbx = 0xbbbb, r12 = 0x1212;
	register uint64_t r11 __asm__("r11") = 0x1111;
	int64_t rax;

	__asm__ volatile("call *%[stub]"
			 : "=a"(rax), "+D"(a1), "+S"(a2), "+c"(rcx), "+b"(rbx), "+r"(r12), "+r"(r11)
			 : [stub] "r"(stub)
			 : "rdx", "r8", "r9", "r10", "memory");
	*kept = rcx == 0xcccc && rbx == 0xbbbb && r12 == 0x1212 && r11 == 0x1111;
	return rax;
}

static void try_page(const char *which, const char *page)
{
	struct version_platform_parameters p = {.virt_start = 0};
	bool kept;

	test_equal(test_name("%s: version", which), 4 << 16 | 17,
		   call(page, HC_XEN_VERSION, XENVER_version, 0, &kept));
	test_true(test_name("%s: registers kept", which), kept);
	test_equal(test_name("%s: with argument", which), 0,
		   call(page, HC_XEN_VERSION, XENVER_platform_parameters, (uint64_t)&p, &kept));
	test_true(test_name("%s: argument filled", which), p.virt_start);
	test_true(test_name("%s: unknown number", which), call(page, 63, 0, 0, &kept) < 0);
}

void test_main(void)
{
	uint64_t *page = page_alloc();
	uint64_t mfn = guest_mfn(page);

	/* The page number is a pfn of the guest; a PV guest's is its machine frame. */
	try_page("by note", hypercall_page);
	test_equal("wrmsr", 0,
		   (int64_t)TRAP_TRY("wrmsr", "c"(0x40000000), "a"((uint32_t)(mfn << 12)),
				     "d"((uint32_t)(mfn >> 20))));
	if (test_equal("filled", 0x51, *(uint8_t *)page))
		try_page("by MSR", (const char *)page);
	test_trap("wrmsr of a frame that is not ours", 13,
		  TRAP_TRY("wrmsr", "c"(0x40000000), "a"(0x100000), "d"(0)));
}
