/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Descriptor tables of guests. Their frames have the type PGT_SEGDESC, so that
 * nobody but us writes them; the CPU reads them through its window (vaspace.h).
 */
#include <abi/base.h>
#include <arch/vcpu.h>
#include <hv/cpu.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/page.h>
#include <hv/pv.h>
#include <hv/pv_mmu.h>
#include <hv/string.h>
#include <hv/vaspace.h>
#include "context.h"

#define DESCS_PER_PAGE 512
#define LDT_MAX        8192
#define PTE_P          1ull
#define PTE_ADDR       0x000ffffffffff000ull

static void put_frames(const uint64_t *mfns, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		page_put_and_type(page_of(mfn_make(mfns[i])));
}

/* References to the new frames are taken; those to the old ones go. */
static void gdt_replace(struct vcpu *v, const uint64_t *mfns, unsigned n, unsigned entries)
{
	unsigned had = (unsigned)DIV_ROUND_UP(v->gdt_entries, DESCS_PER_PAGE);
	uint64_t old[ARRAY_SIZE(v->gdt_mfn)];

	memcpy(old, v->gdt_mfn, sizeof(old));
	memset(v->gdt_mfn, 0, sizeof(v->gdt_mfn));
	memcpy(v->gdt_mfn, mfns, n * sizeof(*mfns));
	v->gdt_entries = entries;
	if (v == current_vcpu())
		arch_gdt_load(v);
	put_frames(old, had);
}

int pv_gdt_set(struct vcpu *v, const uint64_t *mfns, unsigned entries)
{
	unsigned n = DIV_ROUND_UP(entries, DESCS_PER_PAGE);
	int rc;

	if (entries > FIRST_RESERVED_GDT_ENTRY)
		return -EINVAL;
	for (unsigned i = 0; i < n; i++) {
		rc = page_get_and_type(mfn_make(mfns[i]), v->domain, PGT_SEGDESC);
		if (rc) {
			put_frames(mfns, i);
			return rc;
		}
	}
	gdt_replace(v, mfns, n, entries);
	return 0;
}

void pv_gdt_clear(struct vcpu *v)
{
	gdt_replace(v, v->gdt_mfn, 0, 0);
}

void pv_ldt_drop(struct vcpu *v)
{
	arch_ldt_unmap();
	for (unsigned i = 0; i < ARRAY_SIZE(v->ldt_mfn); i++) {
		if (!v->ldt_mfn[i])
			continue;
		page_put_and_type(page_of(mfn_make(v->ldt_mfn[i])));
		v->ldt_mfn[i] = 0;
	}
}

bool pv_ldt_valid(uint64_t va, uint64_t entries)
{
	if (!entries)
		return true;
	return entries <= LDT_MAX && !(va & (PAGE_SIZE - 1)) && va_canonical(va) &&
	       (va + entries * 8 <= HV_VA_START || va >= HV_VA_END);
}

int pv_ldt_set(struct vcpu *v, uint64_t va, uint64_t entries)
{
	if (!pv_ldt_valid(va, entries))
		return -EINVAL;
	pv_ldt_drop(v);
	v->ldt_va = entries ? va : 0;
	v->ldt_entries = entries;
	arch_ldt_load(v);
	return 0;
}

bool pv_ldt_fault(uint64_t va)
{
	struct vcpu *v = current_vcpu();
	int page = arch_ldt_page(va);
	uint64_t pte;
	mfn_t mfn;

	if (page < 0 || (uint64_t)page * DESCS_PER_PAGE >= v->ldt_entries || v->ldt_mfn[page])
		return false;
	if (pv_walk(v->ldt_va + (uint64_t)page * PAGE_SIZE, &pte) || !(pte & PTE_P))
		return false;
	mfn = mfn_make((pte & PTE_ADDR) >> PAGE_SHIFT);
	if (page_get_and_type(mfn, v->domain, PGT_SEGDESC))
		return false;
	v->ldt_mfn[page] = mfn.n;
	arch_ldt_map((unsigned)page, mfn);
	return true;
}
