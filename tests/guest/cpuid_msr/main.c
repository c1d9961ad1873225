/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a PV guest sees of the CPU: the hypervisor's leaves, features that work under
 * paravirtualization and none of those that cannot, and MSRs that answer without handing out
 * control. A broken hypervisor makes kernels use what then traps or, worse, what then works.
 */
#include "abi/cpuid.h"
#include "guest-abi/guest/guest.h"
#include "guest-abi/guest/trap.h"
#include "tests/guest/lib/test.h"

static void cpuid(uint32_t leaf, uint32_t sub, uint32_t r[4])
{
	__asm__ volatile(".byte 0x0f, 0x0b, 0x78, 0x65, 0x6e; cpuid"
			 : "=a"(r[0]), "=b"(r[1]), "=c"(r[2]), "=d"(r[3])
			 : "0"(leaf), "2"(sub));
}

static void leaves(void)
{
	uint32_t r[4];

	cpuid(XEN_CPUID_FIRST_LEAF, 0, r);
	test_equal("signature ebx", XEN_CPUID_SIGNATURE_EBX, r[1]);
	test_equal("signature ecx", XEN_CPUID_SIGNATURE_ECX, r[2]);
	test_equal("signature edx", XEN_CPUID_SIGNATURE_EDX, r[3]);
	test_true("leaves", r[0] >= XEN_CPUID_FIRST_LEAF + 2);
	cpuid(XEN_CPUID_FIRST_LEAF + CPUID_LEAF_VERSION, 0, r);
	test_equal("version 4.17", 4 << 16 | 17, r[0]);
	cpuid(XEN_CPUID_FIRST_LEAF + CPUID_LEAF_HYPERCALL, 0, r);
	test_equal("hypercall pages", 1, r[0]);
	test_equal("hypercall MSR", XEN_CPUID_FIRST_LEAF, r[1]);
}

struct feature {
	const char *name;
	uint32_t leaf, sub;
	unsigned int reg, bit;
};

static const struct feature shown[] = {
	{"fpu", 1, 0, 3, 0},
	{"tsc", 1, 0, 3, 4},
	{"msr", 1, 0, 3, 5},
	{"pae", 1, 0, 3, 6},
	{"cx8", 1, 0, 3, 8},
	{"apic", 1, 0, 3, 9},
	{"fxsr", 1, 0, 3, 24},
	{"sse2", 1, 0, 3, 26},
	{"cx16", 1, 0, 2, 13},
	{"hypervisor", 1, 0, 2, 31},
	{"nx", 0x80000001, 0, 3, 20},
	{"lm", 0x80000001, 0, 3, 29},
	{"syscall", 0x80000001, 0, 3, 11},
};

static const struct feature hidden[] = {
	{"vme", 1, 0, 3, 1},          {"pse", 1, 0, 3, 3},
	{"pge", 1, 0, 3, 13},         {"mtrr", 1, 0, 3, 12},
	{"pse36", 1, 0, 3, 17},       {"monitor", 1, 0, 2, 3},
	{"vmx", 1, 0, 2, 5},          {"pcid", 1, 0, 2, 17},
	{"x2apic", 1, 0, 2, 21},      {"tsc deadline", 1, 0, 2, 24},
	{"smep", 7, 0, 1, 7},         {"invpcid", 7, 0, 1, 10},
	{"mpx", 7, 0, 1, 14},         {"smap", 7, 0, 1, 20},
	{"umip", 7, 0, 2, 2},         {"pku", 7, 0, 2, 3},
	{"la57", 7, 0, 2, 16},        {"cet ss", 7, 0, 2, 7},
	{"cet ibt", 7, 0, 3, 20},     {"xsaves", 0xd, 1, 0, 3},
	{"svm", 0x80000001, 0, 2, 2}, {"1 GiB pages", 0x80000001, 0, 3, 26},
};

static void features(void)
{
	uint32_t r[4];
	unsigned int i;

	for (i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
		cpuid(shown[i].leaf, shown[i].sub, r);
		test_true(test_name("shown: %s", shown[i].name),
			  r[shown[i].reg] >> shown[i].bit & 1);
	}
	for (i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
		cpuid(hidden[i].leaf, hidden[i].sub, r);
		test_true(test_name("hidden: %s", hidden[i].name),
			  !(r[hidden[i].reg] >> hidden[i].bit & 1));
	}
	cpuid(0xa, 0, r);
	test_equal("no performance counters", 0, r[0]);
}

static uint64_t rdmsr(uint32_t msr, uint64_t *v)
{
	uint32_t low = 0, high = 0;
	uint64_t t = TRAP_TRY_GET("rdmsr", TRAP_OUTS("=a"(low), "=d"(high)), "c"(msr));

	*v = (uint64_t)high << 32 | low;
	return t;
}

static uint64_t wrmsr(uint32_t msr, uint64_t v)
{
	return TRAP_TRY("wrmsr", "c"(msr), "a"((uint32_t)v), "d"((uint32_t)(v >> 32)));
}

static void msrs(void)
{
	static const uint32_t writes_refused[] = {
		0xc0000081, 0xc0000082, 0xc0000084, 0x174, 0x175, 0x176, 0xda0, 0x200, 0xc0010117};
	uint64_t v;
	unsigned int i;

	test_equal("EFER", 0, (int64_t)rdmsr(0xc0000080, &v));
	test_equal("EFER has LMA, LME, SCE", 0x501, (int64_t)v & 0x501);
	test_equal("EFER hides SVME", 0, (int64_t)v & 0x1000);
	test_trap("EFER without LME", 13, wrmsr(0xc0000080, v & ~0x100ul));
	test_equal("APIC_BASE", 0, (int64_t)rdmsr(0x1b, &v));
	test_equal("APIC_BASE enabled", 0x800, (int64_t)v & 0x800);
	test_equal("PAT", 0, (int64_t)rdmsr(0x277, &v));
	test_equal("PAT is the hypervisor's", 0x050100070406l, (int64_t)v);
	test_trap("PAT cannot be written", 13, wrmsr(0x277, 0));
	for (i = 0; i < sizeof(writes_refused) / sizeof(writes_refused[0]); i++)
		test_trap(test_name("wrmsr %x", writes_refused[i]), 13,
			  wrmsr(writes_refused[i], 0));
	test_trap("no such MSR", 13, rdmsr(0xdeadbeef, &v));
}

void test_main(void)
{
	leaves();
	features();
	msrs();
}
