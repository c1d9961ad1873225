/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Model-specific registers, CPUID, control registers, ports: one inline for each instruction. */
#ifndef ASM_MSR_H
#define ASM_MSR_H

#include <arch/vcpu.h>
#include <hv/types.h>

#define MSR_APIC_BASE      0x1b
#define MSR_SYSENTER_CS    0x174
#define MSR_SYSENTER_ESP   0x175
#define MSR_SYSENTER_EIP   0x176
#define MSR_ARCH_CAPS      0x10a
#define MSR_PAT            0x277
#define MSR_TSC_DEADLINE   0x6e0
#define MSR_X2APIC         0x800
#define MSR_EFER           0xc0000080
#define MSR_STAR           0xc0000081
#define MSR_LSTAR          0xc0000082
#define MSR_CSTAR          0xc0000083
#define MSR_SFMASK         0xc0000084
#define MSR_FS_BASE        0xc0000100
#define MSR_GS_BASE        0xc0000101
#define MSR_KERNEL_GS_BASE 0xc0000102
#define MSR_TSC_AUX        0xc0000103

#define EFER_SCE           (1u << 0)
#define EFER_NXE           (1u << 11)

#define CR0_PE             (1ul << 0)
#define CR0_MP             (1ul << 1)
#define CR0_EM             (1ul << 2)
#define CR0_TS             (1ul << 3)
#define CR0_ET             (1ul << 4)
#define CR0_NE             (1ul << 5)
#define CR0_WP             (1ul << 16)
#define CR0_PG             (1ul << 31)

#define CR4_TSD            (1ul << 2)
#define CR4_DE             (1ul << 3)
#define CR4_PAE            (1ul << 5)
#define CR4_MCE            (1ul << 6)
#define CR4_PGE            (1ul << 7)
#define CR4_OSFXSR         (1ul << 9)
#define CR4_OSXMMEXCPT     (1ul << 10)
#define CR4_UMIP           (1ul << 11)
#define CR4_FSGSBASE       (1ul << 16)
#define CR4_PCIDE          (1ul << 17)
#define CR4_OSXSAVE        (1ul << 18)
#define CR4_SMEP           (1ul << 20)
#define CR4_SMAP           (1ul << 21)

/* The ABI's PAT: WB WT UC- UC WC WP UC UC (abi-facts, MSR table). */
#define PAT_VALUE 0x050100070406ull

static inline uint64_t rdmsr(uint32_t msr)
{
	uint32_t lo, hi;

	__asm__ volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr));
	return (uint64_t)hi << 32 | lo;
}

static inline void wrmsr(uint32_t msr, uint64_t value)
{
	__asm__ volatile("wrmsr" ::"c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32))
			 : "memory");
}

/* For MSRs that may be absent (uaccess_asm.S): false, and *value untouched, when it faults. */
bool rdmsr_safe(uint32_t msr, uint64_t *value) MUST_CHECK;
bool wrmsr_safe(uint32_t msr, uint64_t value) MUST_CHECK;

static inline struct cpuid_regs cpuid(uint32_t leaf, uint32_t sub)
{
	struct cpuid_regs r;

	__asm__ volatile("cpuid"
			 : "=a"(r.a), "=b"(r.b), "=c"(r.c), "=d"(r.d)
			 : "a"(leaf), "c"(sub));
	return r;
}

#define CR_ACCESSORS(n)                                                                            \
	static inline uint64_t read_cr##n(void)                                                    \
	{                                                                                          \
		uint64_t v;                                                                        \
		__asm__ volatile("movq %%cr" #n ", %0" : "=r"(v));                                 \
		return v;                                                                          \
	}                                                                                          \
	static inline void write_cr##n(uint64_t v)                                                 \
	{                                                                                          \
		__asm__ volatile("movq %0, %%cr" #n ::"r"(v) : "memory");                          \
	}

CR_ACCESSORS(0)
CR_ACCESSORS(2)
CR_ACCESSORS(3)
CR_ACCESSORS(4)

#define PORT_ACCESSORS(suffix, type)                                                               \
	static inline type in##suffix(uint16_t port)                                               \
	{                                                                                          \
		type v;                                                                            \
		__asm__ volatile("in" #suffix " %1, %0" : "=a"(v) : "Nd"(port));                   \
		return v;                                                                          \
	}                                                                                          \
	static inline void out##suffix(uint16_t port, type v)                                      \
	{                                                                                          \
		__asm__ volatile("out" #suffix " %0, %1" ::"a"(v), "Nd"(port));                    \
	}

PORT_ACCESSORS(b, uint8_t)
PORT_ACCESSORS(w, uint16_t)
PORT_ACCESSORS(l, uint32_t)

static inline uint64_t rdtsc(void)
{
	uint32_t lo, hi;

	__asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi)::"memory");
	return (uint64_t)hi << 32 | lo;
}

/* All entries of @pcid but global ones. */
static inline void invpcid_context(uint64_t pcid)
{
	const uint64_t desc[2] = {pcid, 0};

	__asm__ volatile("invpcid %0, %1" ::"m"(desc), "r"(1ul) : "memory");
}

static inline void invlpg(uint64_t va)
{
	__asm__ volatile("invlpg (%0)" ::"r"(va) : "memory");
}

#endif
