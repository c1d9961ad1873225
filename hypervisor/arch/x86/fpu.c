/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * FPU state, switched eagerly (LazyFP; and TCG ignores CR0.TS for XSAVE). XCR0 is the guest's own
 * while it is loaded, so only components it has are moved; one it turns on later starts from its
 * initial state because the area's header lacks its bit. SSE needs no XCR0 bit to be used, hence it
 * is always among them.
 */
#include <arch/vcpu.h>
#include <asm/cpu_features.h>
#include <asm/extable.h>
#include <asm/fpu.h>
#include <asm/guest_entry.h>
#include <asm/msr.h>
#include <hv/console.h>
#include <hv/cpu.h>
#include <hv/string.h>
#include <hv/vaspace.h>
#include <hv/vcpu.h>

#define XCR0_LEGACY   3ull                     /* x87, SSE */
#define XCR0_WANTED   (XCR0_LEGACY | 4 | 0xe0) /* AVX, AVX-512 */
#define XCR0_AVX512   0xe0ull
#define FCW_DEFAULT   0x37f
#define MXCSR_DEFAULT 0x1f80
#define MXCSR_AT      24
#define X87_REGS_AT   32
#define XMM_AT        160
#define XMM_SIZE      256
#define XSTATE_X87    1ull
#define XSTATE_SSE    2ull
#define LEGACY_SIZE   512

struct fpu_features fpu_features;

static uint64_t xcr0_now[HV_MAX_CPUS];

static void xcr0_set(uint64_t xcr0)
{
	uint64_t *now = &xcr0_now[this_cpu()];

	if (*now == xcr0)
		return;
	*now = xcr0;
	__asm__ volatile("xsetbv" ::"c"(0), "a"((uint32_t)xcr0), "d"((uint32_t)(xcr0 >> 32)));
}

static uint64_t components(const struct vcpu *v)
{
	return (v->xcr0 | XCR0_LEGACY) & fpu_features.xcr0_mask;
}

size_t arch_fpu_size(void)
{
	return fpu_features.xcr0_mask ? cpuid(0xd, 0).c : LEGACY_SIZE;
}

uint64_t arch_fpu_mask(void)
{
	return fpu_features.xcr0_mask;
}

void arch_fpu_reset(void *area)
{
	memset(area, 0, PAGE_SIZE);
	*(uint16_t *)area = FCW_DEFAULT;
	*(uint32_t *)((char *)area + MXCSR_AT) = MXCSR_DEFAULT;
}

/*
 * XSAVEOPT does not write a component that is in its initial state: its bytes are what they were
 * before. MXCSR is always written.
 */
void arch_fpu_legacy(const void *area, void *out)
{
	uint64_t present = *(const uint64_t *)((const char *)area + LEGACY_SIZE);
	uint8_t *to = out;

	memcpy(to, area, LEGACY_SIZE);
	if (!fpu_features.xcr0_mask)
		return;
	if (!(present & XSTATE_X87)) {
		memset(to, 0, MXCSR_AT);
		memset(to + X87_REGS_AT, 0, XMM_AT - X87_REGS_AT);
		*(uint16_t *)(void *)to = FCW_DEFAULT;
	}
	if (!(present & XSTATE_SSE))
		memset(to + XMM_AT, 0, XMM_SIZE);
}

void arch_fpu_save(const struct vcpu *v)
{
	uint64_t c = components(v);

	if (v->cr0_ts)
		arch_ts_set(false);
	if (!c)
		__asm__ volatile("fxsaveq (%0)" ::"r"(v->fpu) : "memory");
	else if (fpu_features.xsaveopt)
		__asm__ volatile("xsaveopt64 (%0)" ::"r"(v->fpu), "a"((uint32_t)c), "d"(0)
				 : "memory");
	else
		__asm__ volatile("xsave64 (%0)" ::"r"(v->fpu), "a"((uint32_t)c), "d"(0) : "memory");
}

static bool restore(const struct vcpu *v)
{
	uint64_t c = components(v);
	uint32_t ok = 0;

	if (c) {
		xcr0_set(c);
		__asm__ volatile("1:\txrstor64 (%1)\n\tmovl $1, %0\n2:\n\t" EXTABLE("1b", "2b")
				 : "+r"(ok)
				 : "r"(v->fpu), "a"((uint32_t)c), "d"(0)
				 : "memory");
	} else {
		__asm__ volatile("1:\tfxrstorq (%1)\n\tmovl $1, %0\n2:\n\t" EXTABLE("1b", "2b")
				 : "+r"(ok)
				 : "r"(v->fpu)
				 : "memory");
	}
	return ok;
}

void arch_fpu_load(const struct vcpu *v)
{
	arch_ts_set(false);
	/* An area that a tool wrote may be refused: then it is as after power-on. */
	if (!restore(v)) {
		arch_fpu_reset(v->fpu);
		(void)restore(v);
	}
	arch_ts_set(v->cr0_ts);
}

void arch_ts_set(bool on)
{
	if (on)
		write_cr0(read_cr0() | CR0_TS);
	else
		__asm__ volatile("clts");
}

static void fpu_identify(void)
{
	uint64_t mask;
	struct cpuid_regs r;

	fpu_features.rdtscp = cpuid(0x80000001, 0).d >> 27 & 1;
	if (!cpu_features.xsave)
		return;
	r = cpuid(0xd, 0);
	mask = ((uint64_t)r.d << 32 | r.a) & XCR0_WANTED;
	if ((mask & XCR0_AVX512) != XCR0_AVX512)
		mask &= ~XCR0_AVX512;
	fpu_features.xsaveopt = cpuid(0xd, 1).a & 1;
	fpu_features.xcr0_mask = mask;
}

void fpu_cpu_init(void)
{
	uint64_t cr4 = read_cr4() | CR4_OSFXSR | CR4_OSXMMEXCPT;

	if (!this_cpu())
		fpu_identify();
	write_cr0((read_cr0() | CR0_MP | CR0_NE) & ~(CR0_TS | CR0_EM));
	if (!fpu_features.xcr0_mask) {
		write_cr4(cr4);
		return;
	}
	write_cr4(cr4 | CR4_OSXSAVE);
	/* With all components on, CPUID tells the size of the whole area. */
	xcr0_set(fpu_features.xcr0_mask);
	if (!this_cpu() && cpuid(0xd, 0).b > PAGE_SIZE)
		panic("FPU state of %u bytes is larger than a page", cpuid(0xd, 0).b);
}
