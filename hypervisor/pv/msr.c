/* SPDX-License-Identifier: GPL-2.0-or-later */
/* MSRs of PV guests: one table (abi-facts "MSRs"); what is not in it faults. */
#include <arch/mmu.h>
#include <arch/time.h>
#include <arch/vcpu.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/page.h>
#include <hv/pv.h>
#include <hv/pv_policy.h>

#define MSR_FS_BASE        0xc0000100u
#define MSR_TSC_AUX        0xc0000103u
#define MSR_EFER           0xc0000080u
#define MSR_HYPERCALL_PAGE 0x40000000u
#define EFER_SVME          0x1000ull
#define APIC_ENABLED       0xfee00800ull
#define APIC_BSP           0x100ull
#define FEATURE_LOCKED     1ull
#define MISC_PERF_MONITOR  (1ull << 7 | 1ull << 18)
#define MISC_NO_BTS_PEBS   (1ull << 11 | 1ull << 12)
#define MCG_BANKS          2
#define PAT_VALUE          0x050100070406ull
#define DE_CFG_SERIALISE   2ull

typedef int read_fn(struct vcpu *v, uint32_t msr, uint64_t *value);
typedef int write_fn(struct vcpu *v, uint32_t msr, uint64_t value);

struct row {
	uint32_t first, last;
	read_fn *read;       /* NULL: 0 */
	write_fn *write;     /* NULL: #GP */
	uint64_t set, clear; /* what reading gives, but for these bits */
};

static int read_tsc(struct vcpu *v, uint32_t msr, uint64_t *value)
{
	(void)v, (void)msr;
	*value = arch_tsc_read();
	return 0;
}

static int read_host(struct vcpu *v, uint32_t msr, uint64_t *value)
{
	(void)v;
	return arch_msr_read(msr, value);
}

/* What tells the memory layout is the control domain's business alone. */
static int read_host_control(struct vcpu *v, uint32_t msr, uint64_t *value)
{
	return v->domain->privileged ? arch_msr_read(msr, value) : -EINVAL;
}

static int read_apic_base(struct vcpu *v, uint32_t msr, uint64_t *value)
{
	(void)msr;
	*value = APIC_ENABLED | (v->id == 0 ? APIC_BSP : 0);
	return 0;
}

static int read_base(struct vcpu *v, uint32_t msr, uint64_t *value)
{
	(void)v;
	*value = arch_base_read((enum arch_base)(msr - MSR_FS_BASE));
	return 0;
}

static int read_tsc_aux(struct vcpu *v, uint32_t msr, uint64_t *value)
{
	(void)msr;
	*value = v->tsc_aux;
	return 0;
}

static int write_ignore(struct vcpu *v, uint32_t msr, uint64_t value)
{
	(void)v, (void)msr, (void)value;
	return 0;
}

static int write_same(struct vcpu *v, uint32_t msr, uint64_t value)
{
	uint64_t now;
	int rc = pv_msr_read(v, msr, &now);

	return rc ? rc : value == now ? 0 : -EINVAL;
}

static int write_base(struct vcpu *v, uint32_t msr, uint64_t value)
{
	(void)v;
	if (!va_canonical(value))
		return -EINVAL;
	arch_base_write((enum arch_base)(msr - MSR_FS_BASE), value);
	return 0;
}

static int write_tsc_aux(struct vcpu *v, uint32_t msr, uint64_t value)
{
	(void)msr;
	if (value >> 32)
		return -EINVAL;
	v->tsc_aux = value;
	arch_tsc_aux_write(value);
	return 0;
}

/* The machine knows whether it has it, and which bits. */
static int write_host(struct vcpu *v, uint32_t msr, uint64_t value)
{
	(void)v;
	return arch_msr_write(msr, value);
}

static int write_hypercall_page(struct vcpu *v, uint32_t msr, uint64_t value)
{
	mfn_t mfn = mfn_make(value >> PAGE_SHIFT);

	(void)msr;
	if ((value & ~PAGE_MASK) || page_get_and_type(mfn, v->domain, PGT_WRITABLE))
		return -EINVAL;
	pv_hypercall_page_fill(frame_virt(mfn));
	page_put_and_type(page_of(mfn));
	return 0;
}

/* By number. */
static const struct row rows[] = {
	{0x10, 0x10, read_tsc, NULL, 0, 0},
	{0x17, 0x17, read_host, NULL, 0, 0}, /* platform id */
	{0x1b, 0x1b, read_apic_base, NULL, 0, 0},
	{0x3a, 0x3a, NULL, NULL, FEATURE_LOCKED, 0},
	{0x49, 0x49, NULL, write_host, 0, 0},        /* IBPB */
	{0x8b, 0x8b, read_host, write_ignore, 0, 0}, /* microcode revision */
	{0xce, 0xce, NULL, NULL, 0, 0},              /* platform info */
	{0x140, 0x140, NULL, write_same, 0, 0},      /* misc features */
	{0x179, 0x179, NULL, NULL, MCG_BANKS, 0},    /* machine check: two quiet banks */
	{0x17a, 0x17a, NULL, write_ignore, 0, 0},
	{0x198, 0x199, NULL, write_ignore, 0, 0}, /* performance state */
	{0x19c, 0x19c, NULL, write_ignore, 0, 0}, /* thermal */
	{0x1a0, 0x1a0, read_host, write_ignore, MISC_NO_BTS_PEBS, MISC_PERF_MONITOR},
	{0x277, 0x277, NULL, write_same, PAT_VALUE, 0},
	{0x345, 0x345, NULL, NULL, 0, 0}, /* perf capabilities */
	{0x400, 0x400 + 4 * MCG_BANKS - 1, NULL, write_ignore, 0, 0},
	{MSR_HYPERCALL_PAGE, MSR_HYPERCALL_PAGE, NULL, write_hypercall_page, 0, 0},
	{MSR_EFER, MSR_EFER, read_host, write_same, 0, EFER_SVME},
	{MSR_FS_BASE, MSR_FS_BASE + 2, read_base, write_base, 0, 0},
	{MSR_TSC_AUX, MSR_TSC_AUX, read_tsc_aux, write_tsc_aux, 0, 0},
	{0xc0010010, 0xc0010010, read_host_control, NULL, 0, 0}, /* SYSCFG */
	{0xc0010015, 0xc0010015, NULL, write_ignore, 0, 0},      /* HWCR */
	{0xc001001a, 0xc001001a, read_host_control, NULL, 0, 0}, /* TOP_MEM */
	{0xc001001d, 0xc001001d, read_host_control, NULL, 0, 0},
	{0xc001001f, 0xc001001f, NULL, write_ignore, 0, 0}, /* NB_CFG */
	{0xc0011029, 0xc0011029, NULL, write_ignore, DE_CFG_SERIALISE, 0},
};

static const struct row *find(uint32_t msr)
{
	for (unsigned i = 0; i < ARRAY_SIZE(rows); i++)
		if (msr >= rows[i].first && msr <= rows[i].last)
			return &rows[i];
	return NULL;
}

int pv_msr_read(struct vcpu *v, uint32_t msr, uint64_t *value)
{
	const struct row *r = find(msr);

	*value = 0;
	if (!r || (r->read && r->read(v, msr, value)))
		return -EINVAL;
	*value = (*value & ~r->clear) | r->set;
	return 0;
}

int pv_msr_write(struct vcpu *v, uint32_t msr, uint64_t value)
{
	const struct row *r = find(msr);

	return r && r->write ? r->write(v, msr, value) : -EINVAL;
}
