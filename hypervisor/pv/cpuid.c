/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPUID of PV guests: the machine's leaves, each feature word cut by a list of what a guest may
 * see, plus the hypervisor's own leaves. Guests reach it by the prefixed instruction; the bare one
 * shows the hardware.
 */
#include <arch/time.h>
#include <arch/vcpu.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/heap.h>
#include <hv/pv.h>
#include <hv/pv_policy.h>
#include <hv/string.h>

#define HV_LEAF           0x40000000u
#define HV_LEAF_LAST      (HV_LEAF + 5)
#define HV_VERSION        (4u << 16 | 17u)
#define EXT_LEAF          0x80000000u
#define EXT_LEAF_LAST     0x80000008u
#define BASIC_LAST        0xdu
#define MSR_PAGE          0x40000000u
#define MSR_PLATFORM_INFO 0xceu
#define MSR_ARCH_CAPS     0x10au
#define TSC_MODE_NATIVE   2u
#define ADDRESS_BITS_MAX  44u /* wider ones make Linux use version 2 grant tables */

#define B(n)              (1u << (n))

struct cpu_policy {
	unsigned n;
	struct domctl_cpuid_leaf leaf[POLICY_LEAVES_MAX];
};

static struct cpu_policy host, pv_max, pv_default;

/* ---- what a guest may see ---- */

enum reg { REG_A, REG_B, REG_C, REG_D };

/* x87 to SSE2 without VME PSE MTRR PGE PSE36 PSN DS ACPI SS TM IA64 PBE. */
#define SHOW_1D                                                                                    \
	(B(0) | B(2) | B(4) | B(5) | B(6) | B(7) | B(8) | B(9) | B(11) | B(14) | B(15) | B(16) |   \
	 B(19) | B(23) | B(24) | B(25) | B(26) | B(28))
/* SSE3 PCLMUL SSSE3 FMA CX16 SSE4.1 SSE4.2 MOVBE POPCNT AES XSAVE AVX F16C RDRAND. */
#define SHOW_1C                                                                                    \
	(B(0) | B(1) | B(9) | B(12) | B(13) | B(19) | B(20) | B(22) | B(23) | B(25) | B(26) |      \
	 B(28) | B(29) | B(30))
#define HYPERVISOR_BIT B(31)
#define OSXSAVE_BIT    B(27)
#define XSAVE_BIT      B(26)
/* AMD's copy of leaf 1, SYSCALL NX MMXEXT FFXSR RDTSCP LM 3DNOW; no 1 GiB pages. */
#define SHOW_E1D                                                                                   \
	((SHOW_1D & 0x0183f3ffu) | B(11) | B(20) | B(22) | B(25) | B(27) | B(29) | B(30) | B(31))
/* LAHF CMP_LEGACY ABM SSE4A MISALIGNSSE PREFETCHW XOP FMA4 TBM. */
#define SHOW_E1C (B(0) | B(1) | B(5) | B(6) | B(7) | B(8) | B(11) | B(16) | B(21))
/* BMI1 AVX2 FDP BMI2 ERMS NO_FPU_SEL AVX512{F,DQ} RDSEED ADX IFMA CLFLUSHOPT CLWB CD SHA BW VL. */
#define SHOW_7B                                                                                    \
	(B(3) | B(5) | B(6) | B(8) | B(9) | B(13) | B(16) | B(17) | B(18) | B(19) | B(21) |        \
	 B(23) | B(24) | B(28) | B(29) | B(30) | B(31))
/* VBMI VBMI2 GFNI VAES VPCLMUL VNNI BITALG VPOPCNTDQ RDPID. */
#define SHOW_7C (B(1) | B(6) | B(8) | B(9) | B(10) | B(11) | B(12) | B(14) | B(22))
/* 4VNNIW 4FMAPS FSRM VP2INTERSECT MD_CLEAR SERIALIZE. */
#define SHOW_7D  (B(2) | B(3) | B(4) | B(8) | B(10) | B(14))
#define SHOW_7A1 (B(4) | B(5))        /* AVX_VNNI AVX512_BF16 */
#define SHOW_DA1 (B(0) | B(1) | B(2)) /* XSAVEOPT XSAVEC XGETBV1 */
#define SHOW_E7D B(8)                 /* TSC runs at one rate */
#define SHOW_E8B (B(0) | B(2))        /* CLZERO, FPU error pointers */

struct feature_word {
	uint32_t leaf, sub, show;
	enum reg reg;
};

/* In the order of the featureset; the last ones have nothing a guest may see. */
static const struct feature_word words[POLICY_WORDS] = {
	{1, 0, SHOW_1D, REG_D},
	{1, 0, SHOW_1C | HYPERVISOR_BIT, REG_C},
	{0x80000001, 0, SHOW_E1D, REG_D},
	{0x80000001, 0, SHOW_E1C, REG_C},
	{0xd, 1, SHOW_DA1, REG_A},
	{7, 0, SHOW_7B, REG_B},
	{7, 0, SHOW_7C, REG_C},
	{0x80000007, 0, SHOW_E7D, REG_D},
	{0x80000008, 0, SHOW_E8B, REG_B},
	{7, 0, SHOW_7D, REG_D},
	{7, 1, SHOW_7A1, REG_A},
	{0x80000021, 0, 0, REG_A},
	{7, 1, 0, REG_B},
	{7, 2, 0, REG_D},
};

/*
 * Guests that come from Xen have seen these too. The first two mean nothing to a guest, FSGSBASE is
 * on wherever the machine has it, writes to IBPB's register are passed on.
 */
static const struct feature_word borne[] = {
	{1, 0, B(22) | B(27), REG_D},
	{7, 0, B(0), REG_B},
	{0x80000008, 0, B(12), REG_B},
};

static uint32_t *leaf_reg(struct domctl_cpuid_leaf *l, enum reg r)
{
	uint32_t *const at[] = {&l->a, &l->b, &l->c, &l->d};

	return at[r];
}

static struct domctl_cpuid_leaf *find(struct cpu_policy *p, uint32_t leaf, uint32_t sub)
{
	for (unsigned i = 0; i < p->n; i++)
		if (p->leaf[i].leaf == leaf &&
		    (p->leaf[i].subleaf == sub || p->leaf[i].subleaf == POLICY_NO_SUBLEAF))
			return &p->leaf[i];
	return NULL;
}

static uint32_t sub_of(const struct domctl_cpuid_leaf *l)
{
	return l->subleaf == POLICY_NO_SUBLEAF ? 0 : l->subleaf;
}

/* ---- the machine ---- */

static void add(struct cpu_policy *p, uint32_t leaf, uint32_t sub)
{
	struct cpuid_regs r;

	if (p->n == POLICY_LEAVES_MAX)
		return;
	arch_cpuid(leaf, sub == POLICY_NO_SUBLEAF ? 0 : sub, &r);
	p->leaf[p->n++] = (struct domctl_cpuid_leaf){leaf, sub, r.a, r.b, r.c, r.d};
}

static void read_host(struct cpu_policy *p)
{
	uint64_t xcr0 = arch_fpu_mask();
	uint32_t max, ext;

	add(p, 0, POLICY_NO_SUBLEAF);
	max = MIN(p->leaf[0].a, BASIC_LAST);
	for (uint32_t leaf = 1; leaf <= max; leaf++) {
		const uint32_t subs = leaf == 4 ? 5 : leaf == 7 ? 3 : leaf == 0xd ? 10 : 0;

		if (!subs && leaf != 0xb)
			add(p, leaf, POLICY_NO_SUBLEAF);
		for (uint32_t sub = 0; sub < subs; sub++)
			if (leaf != 0xd || sub < 2 || (xcr0 >> sub) & 1)
				add(p, leaf, sub);
	}
	add(p, EXT_LEAF, POLICY_NO_SUBLEAF);
	ext = MIN(p->leaf[p->n - 1].a, EXT_LEAF_LAST);
	for (uint32_t leaf = EXT_LEAF + 1; leaf <= ext; leaf++)
		add(p, leaf, POLICY_NO_SUBLEAF);
}

/* ---- what guests get of it ---- */

/* Leaves that describe what is not virtualised: MONITOR, power, cache allocation, PMU. */
static bool leaf_hidden(uint32_t leaf)
{
	return leaf == 3 || leaf == 5 || leaf == 6 || (leaf >= 8 && leaf <= 0xc);
}

static void cut_xstate(struct cpu_policy *p)
{
	struct domctl_cpuid_leaf *l = find(p, 0xd, 0);
	uint64_t mask = arch_fpu_mask();

	if (l) {
		l->a &= (uint32_t)mask;
		l->d = (uint32_t)(mask >> 32);
		l->c = (uint32_t)arch_fpu_size();
		l->b = l->c;
	}
	l = find(p, 0xd, 1);
	if (l)
		l->b = l->c = l->d = 0;
}

/* Without AVX state its instructions must not be seen; the same for AVX-512. */
static void cut_dependent(struct cpu_policy *p)
{
	struct domctl_cpuid_leaf *l1 = find(p, 1, 0), *l7 = find(p, 7, 0);
	uint64_t xcr0 = arch_fpu_mask();

	if (!xcr0)
		l1->c &= ~XSAVE_BIT;
	if (!(xcr0 & 4)) {
		l1->c &= ~(B(12) | B(28) | B(29));
		if (l7) {
			l7->b &= ~B(5);
			l7->c &= ~(B(9) | B(10));
		}
	}
	if (l7 && (xcr0 & 0xe0) != 0xe0) {
		l7->b &= ~(B(16) | B(17) | B(21) | B(28) | B(30) | B(31));
		l7->c &= ~(B(1) | B(6) | B(11) | B(12) | B(14));
		l7->d &= ~(B(2) | B(3) | B(8));
	}
}

static void cut(struct cpu_policy *p)
{
	for (const struct feature_word *w = words; w < words + POLICY_WORDS; w++) {
		struct domctl_cpuid_leaf *l = find(p, w->leaf, w->sub);

		if (l)
			*leaf_reg(l, w->reg) &= w->show;
	}
	for (unsigned i = 0; i < p->n; i++) {
		struct domctl_cpuid_leaf *l = &p->leaf[i];

		if (leaf_hidden(l->leaf))
			l->a = l->b = l->c = l->d = 0;
		if (l->leaf == 0)
			l->a = MIN(l->a, BASIC_LAST);
		if (l->leaf == EXT_LEAF)
			l->a = MIN(l->a, EXT_LEAF_LAST);
		if (l->leaf == 7 && l->subleaf == 0)
			l->a = MIN(l->a, 1u);
		if (l->leaf == 1)
			l->c |= HYPERVISOR_BIT;
		if (l->leaf == EXT_LEAF_LAST)
			l->c = l->d = 0;
	}
	cut_xstate(p);
	cut_dependent(p);
}

void pv_policy_init(void)
{
	host.n = 0;
	read_host(&host);
	pv_default = host;
	cut(&pv_default);
	pv_max = pv_default;
	for (unsigned i = 0; i < ARRAY_SIZE(borne); i++) {
		struct domctl_cpuid_leaf *l = find(&pv_max, borne[i].leaf, borne[i].sub);
		struct domctl_cpuid_leaf *h = find(&host, borne[i].leaf, borne[i].sub);

		if (l && h)
			*leaf_reg(l, borne[i].reg) |= *leaf_reg(h, borne[i].reg) & borne[i].show;
	}
}

static struct cpu_policy *policy_of(enum policy_kind kind)
{
	return kind == POLICY_HOST ? &host : kind == POLICY_PV_MAX ? &pv_max : &pv_default;
}

static struct cpu_policy *domain_policy(const struct domain *d)
{
	return d->cpu_policy ? d->cpu_policy : &pv_default;
}

static unsigned copy_leaves(const struct cpu_policy *p, struct domctl_cpuid_leaf *out)
{
	memcpy(out, p->leaf, p->n * sizeof(*out));
	return p->n;
}

unsigned pv_policy_leaves(enum policy_kind kind, struct domctl_cpuid_leaf *out)
{
	return copy_leaves(policy_of(kind), out);
}

unsigned pv_domain_policy_leaves(const struct domain *d, struct domctl_cpuid_leaf *out)
{
	return copy_leaves(domain_policy(d), out);
}

unsigned pv_policy_msrs(enum policy_kind kind, struct domctl_msr_entry *out)
{
	(void)kind;
	*out = (struct domctl_msr_entry){.idx = MSR_PLATFORM_INFO};
	return 1;
}

unsigned pv_policy_words(enum policy_kind kind, uint32_t *out)
{
	for (unsigned i = 0; i < POLICY_WORDS; i++) {
		struct domctl_cpuid_leaf *l = find(policy_of(kind), words[i].leaf, words[i].sub);

		out[i] = l ? *leaf_reg(l, words[i].reg) : 0;
	}
	return POLICY_WORDS;
}

/* ---- a domain's own ---- */

/* No feature beyond what the machine's guests may have. */
static bool leaf_allowed(const struct domctl_cpuid_leaf *l)
{
	struct domctl_cpuid_leaf *max = find(&pv_max, l->leaf, sub_of(l)), want = *l;

	if (!max)
		return true; /* ignored */
	for (const struct feature_word *w = words; w < words + POLICY_WORDS; w++)
		if (w->leaf == l->leaf && w->sub == sub_of(l) &&
		    (*leaf_reg(&want, w->reg) & ~*leaf_reg(max, w->reg) &
		     ~(w->reg == REG_C ? OSXSAVE_BIT : 0)))
			return false;
	return true;
}

int pv_domain_policy_set(struct domain *d, const struct domctl_cpuid_leaf *leaves, unsigned n,
			 const struct domctl_msr_entry *msrs, unsigned m, uint32_t *bad_leaf,
			 uint32_t *bad_sub, uint32_t *bad_msr)
{
	for (unsigned i = 0; i < n; i++) {
		if (leaf_allowed(&leaves[i]))
			continue;
		*bad_leaf = leaves[i].leaf;
		*bad_sub = leaves[i].subleaf;
		return -EINVAL;
	}
	for (unsigned i = 0; i < m; i++) {
		/* Tools name both, as empty as they are. */
		if ((msrs[i].idx == MSR_PLATFORM_INFO || msrs[i].idx == MSR_ARCH_CAPS) &&
		    !msrs[i].val && !msrs[i].flags)
			continue;
		*bad_msr = msrs[i].idx;
		return -EINVAL;
	}
	if (!d->cpu_policy) {
		d->cpu_policy = mem_alloc(sizeof(*d->cpu_policy));
		if (!d->cpu_policy)
			return -ENOMEM;
		*d->cpu_policy = pv_default;
	}
	for (unsigned i = 0; i < n; i++) {
		struct domctl_cpuid_leaf *l =
			find(d->cpu_policy, leaves[i].leaf, sub_of(&leaves[i]));

		if (l) {
			l->a = leaves[i].a;
			l->b = leaves[i].b;
			l->c = leaves[i].c;
			l->d = leaves[i].d;
		}
	}
	return 0;
}

void pv_domain_free(struct domain *d)
{
	if (d->cpu_policy)
		mem_free(d->cpu_policy);
	d->cpu_policy = NULL;
}

/* ---- the instruction ---- */

static void hv_leaf(uint32_t leaf, uint32_t sub, struct cpuid_regs *out)
{
	struct tsc_scale scale = arch_tsc_scale();
	uint64_t origin = arch_tsc_origin();
	const struct domctl_cpuid_leaf *width = find(&host, EXT_LEAF_LAST, 0);

	memset(out, 0, sizeof(*out));
	switch (leaf - HV_LEAF) {
	case 0: /* "XenVMMXenVMM": guests look for it */
		*out = (struct cpuid_regs){HV_LEAF_LAST, 0x566e6558, 0x65584d4d, 0x4d4d566e};
		return;
	case 1:
		out->a = HV_VERSION;
		return;
	case 2: /* one page of stubs by this MSR; A/D bits are kept on request */
		*out = (struct cpuid_regs){.a = 1, .b = MSR_PAGE, .c = 1};
		return;
	case 3:
		if (sub == 0) /* not emulated, safe, RDTSCP native */
			*out = (struct cpuid_regs){
				.a = B(1) | B(2), .b = TSC_MODE_NATIVE, .c = arch_tsc_khz()};
		else if (sub == 1)
			*out = (struct cpuid_regs){(uint32_t)origin, (uint32_t)(origin >> 32),
						   scale.mul, (uint32_t)(int32_t)scale.shift};
		else if (sub == 2)
			out->a = arch_tsc_khz();
		return;
	case 5:
		out->b = MIN(width ? width->a & 0xff : 36, ADDRESS_BITS_MAX);
		return;
	default:
		return;
	}
}

/* What depends on the vCPU asking. */
static void adjust(const struct vcpu *v, uint32_t leaf, uint32_t sub, struct cpuid_regs *out)
{
	struct cpuid_regs now;

	if (leaf == 1) {
		out->b = (out->b & 0x00ffffff) | (v->id * 2 & 0xff) << 24;
		/* Linux looks at this before it sets CR4.OSXSAVE. */
		if (out->c & XSAVE_BIT)
			out->c |= OSXSAVE_BIT;
	}
	if (leaf == 0xd && sub < 2) {
		/* XCR0 is the guest's now, so the hardware knows the sizes in use. */
		arch_cpuid(0xd, sub, &now);
		out->b = now.b;
	}
}

void pv_cpuid(const struct vcpu *v, uint32_t leaf, uint32_t subleaf, struct cpuid_regs *out)
{
	const struct domctl_cpuid_leaf *l;

	if (leaf >= HV_LEAF && leaf < HV_LEAF + 0x100) {
		hv_leaf(leaf, subleaf, out);
		return;
	}
	memset(out, 0, sizeof(*out));
	l = find(domain_policy(v->domain), leaf, subleaf);
	if (!l)
		return;
	*out = (struct cpuid_regs){l->a, l->b, l->c, l->d};
	adjust(v, leaf, subleaf, out);
}
