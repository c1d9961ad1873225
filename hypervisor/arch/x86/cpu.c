/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the CPU is, and its control registers. The FPU's and the entry MSRs are the guest side's. */
#include <arch/mmu.h>
#include <asm/cpu_features.h>
#include <asm/msr.h>
#include <hv/cmdline.h>
#include <hv/console.h>
#include <hv/string.h>

#define CR3_KEEP (1ull << 63) /* entries of the PCID that is loaded */
#define INSN_NOP 0x90

struct cpu_features cpu_features;
unsigned arch_phys_bits;
uint64_t arch_cr3_kernel_bits, arch_cr3_user_bits;

struct smap_site {
	uint64_t addr;
	uint8_t insn[3];
	uint8_t pad[5];
};

extern const struct smap_site smap_sites_start[], smap_sites_end[];
extern const char tlb_va_done[];

static void read_names(struct cpu_features *f, uint32_t max_ext)
{
	struct cpuid_regs r = cpuid(0, 0);

	memcpy(f->vendor, &r.b, 4);
	memcpy(f->vendor + 4, &r.d, 4);
	memcpy(f->vendor + 8, &r.c, 4);
	for (unsigned i = 0; i < 3 && max_ext >= 0x80000004; i++) {
		r = cpuid(0x80000002 + i, 0);
		memcpy(f->model + i * 16, &r, 16);
	}
}

static bool is_tcg(void)
{
	return cpuid(1, 0).c >> 31 & 1 && cpuid(0x40000000, 0).b == 0x54474354; /* "TCGT" */
}

/*
 * QEMU's TCG before 9.1 reads the stack of a ring 3 IRET as if it were the supervisor, so that with
 * SMAP on the first IRET of a guest kernel faults. CPUID tells TCG, not its version.
 */
static bool smap_works(void)
{
	return !is_tcg();
}

/* TCG drops global entries with each load of CR3, so they gain nothing and cost writes of CR4. */
static bool global_pages_gain(void)
{
	return !is_tcg();
}

/*
 * These Intel models, before a microcode update, do not drop global entries by INVLPG while PCIDs
 * are on. A guest's kernel cannot make up for that.
 */
static bool pcid_works(uint32_t signature)
{
	static const uint8_t broken[] = {0x97, 0x9a, 0xb7, 0xba, 0xbe, 0xbf};
	uint32_t model = (signature >> 4 & 0xf) | (signature >> 12 & 0xf0);

	if (memcmp(cpu_features.vendor, "GenuineIntel", 12) || (signature >> 8 & 0xf) != 6)
		return true;
	for (unsigned i = 0; i < sizeof(broken); i++)
		if (broken[i] == model)
			return false;
	return true;
}

/* Intel's CPUs read ahead of the rights they check, but those that say otherwise (RDCL_NO). */
static bool xpti_needed(uint32_t l7_edx)
{
	if (memcmp(cpu_features.vendor, "GenuineIntel", 12))
		return false;
	return !(l7_edx >> 29 & 1 && rdmsr(MSR_ARCH_CAPS) & 1);
}

void cpu_identify(void)
{
	struct cpu_features *f = &cpu_features;
	uint32_t max = cpuid(0, 0).a, max_ext = cpuid(0x80000000, 0).a;
	struct cpuid_regs l1 = cpuid(1, 0), l7 = {0}, e1 = cpuid(0x80000001, 0);

	if (max >= 7)
		l7 = cpuid(7, 0);
	read_names(f, max_ext);
	f->x2apic = l1.c >> 21 & 1;
	f->tsc_deadline = l1.c >> 24 & 1;
	f->xsave = l1.c >> 26 & 1;
	f->mce = l1.d >> 7 & 1;
	f->fsgsbase = l7.b & 1;
	f->smep = l7.b >> 7 & 1;
	f->smap = l7.b >> 20 & 1 && (hv_options.smap < 0 ? smap_works() : hv_options.smap);
	f->umip = l7.c >> 2 & 1;
	f->xpti = hv_options.xpti < 0 ? xpti_needed(l7.d) : hv_options.xpti;
	f->global_pages = !f->xpti && (hv_options.global_pages < 0 ? global_pages_gain()
								   : hv_options.global_pages);
	f->pcid = f->global_pages && l1.c >> 17 & 1 && l7.b >> 10 & 1 &&
		  (hv_options.pcid < 0 ? pcid_works(l1.a) : hv_options.pcid);
	f->pages_1g = e1.d >> 26 & 1;
	f->tsc_invariant = max_ext >= 0x80000007 && cpuid(0x80000007, 0).d >> 8 & 1;
	arch_phys_bits = max_ext >= 0x80000008 ? cpuid(0x80000008, 0).a & 0xff : 36;
	if (!(e1.d >> 20 & 1))
		panic("the CPU has no NX");
	if (!(l1.d >> 16 & 1) || !(l1.d >> 13 & 1) || !(l1.d >> 9 & 1))
		panic("the CPU has no PAT, PGE or APIC");
}

void cpu_init_this(void)
{
	const struct cpu_features *f = &cpu_features;
	uint64_t cr4 = CR4_PAE | CR4_DE | (f->global_pages ? CR4_PGE : 0);

	if (f->mce)
		cr4 |= CR4_MCE;
	if (f->smep && hv_options.smep)
		cr4 |= CR4_SMEP;
	if (f->smap)
		cr4 |= CR4_SMAP;
	if (f->umip && hv_options.umip)
		cr4 |= CR4_UMIP;
	if (f->fsgsbase)
		cr4 |= CR4_FSGSBASE;
	if (f->pcid)
		cr4 |= CR4_PCIDE; /* in long mode, with PCID 0 in CR3: so it is here */
	wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_NXE | EFER_SCE);
	write_cr0(CR0_PG | CR0_WP | CR0_NE | CR0_MP | CR0_ET | CR0_PE);
	wrmsr(MSR_PAT, PAT_VALUE);
	write_cr4(cr4);
}

/* By the direct map: the text itself is read-only. */
static void *writable_text(uint64_t addr)
{
	return frame_virt(mfn_make(0)) + (addr - IMAGE_VA);
}

void cpu_patch_text(void)
{
	if (cpu_features.smap)
		for (const struct smap_site *s = smap_sites_start; s < smap_sites_end; s++)
			memcpy(writable_text(s->addr), s->insn, sizeof(s->insn));
	if (cpu_features.pcid) {
		*(uint8_t *)writable_text((uint64_t)tlb_va_done) = INSN_NOP;
		arch_cr3_kernel_bits = CR3_KEEP | PCID_KERNEL;
		arch_cr3_user_bits = CR3_KEEP | PCID_USER;
	}
	cpuid(0, 0); /* serialises */
}
