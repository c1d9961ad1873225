/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hypervisor's own address space: one set of tables below the sixteen L4 slots, shared by all
 * roots. No page is both writable and executable. Nothing here touches a guest's tables.
 */
#include <arch/mmu.h>
#include <asm/cpu_features.h>
#include <asm/guest_entry.h>
#include <asm/narrow.h>
#include <asm/paging.h>
#include <asm/window.h>
#include <hv/boot.h>
#include <hv/console.h>
#include <hv/heap.h>
#include <hv/lock.h>
#include <hv/page.h>
#include <hv/string.h>
#include <hv/tlb.h>
#include "../../boot/e820.h"

#define SIZE_2M (1ull << 21)
#define SIZE_1G (1ull << 30)

/* Guest-user roots leave the M2P out, so its entries must not be global. */
#define MAP_M2P (PTE_P | PTE_US | PTE_A | PTE_D | PTE_NX)
/* Rights are decided in the leaf. */
#define MAP_TABLE (PTE_P | PTE_RW | PTE_US | PTE_A)

_Static_assert(sizeof(struct page) == 32, "frame table's size in vaspace.h and arch/mmu.h");

extern char image_start[], text_end[], rodata_start[], rodata_end[], data_start[], image_end[];

static uint64_t *root;
uint64_t *window_ptes[HV_MAX_CPUS];

static struct spinlock ioremap_lock = SPINLOCK_INIT(RANK_IRQ_ROUTE);
static uint64_t ioremap_next = IOREMAP_VA;
static struct {
	uint64_t pa, len, va;
	bool wb;
} ioremaps[128];
static unsigned ioremap_count;

static uint64_t *entry_table(uint64_t entry)
{
	return frame_virt(paddr_to_mfn((paddr_t){entry & PTE_ADDR}));
}

static uint64_t new_frame(void)
{
	void *va;

	if (e820_allocating())
		return boot_alloc(PAGE_SIZE, PAGE_SIZE).a;
	va = heap_alloc_zeroed();
	if (!va)
		panic("no memory for the hypervisor's tables");
	return mfn_to_paddr(virt_frame(va)).a;
}

uint64_t *paging_new_table(void)
{
	return frame_virt(paddr_to_mfn((paddr_t){new_frame()}));
}

uint64_t *paging_entry(uint64_t *table, uint64_t va, unsigned level)
{
	for (unsigned l = 4; l > level; l--) {
		uint64_t *e = &table[pt_index(va, l)];

		if (!*e)
			*e = new_frame() | MAP_TABLE;
		table = entry_table(*e);
	}
	return &table[pt_index(va, level)];
}

static void map_range(uint64_t *l4, uint64_t va, uint64_t pa, uint64_t len, uint64_t rights)
{
	while (len) {
		uint64_t step = PAGE_SIZE;
		unsigned level = 1;

		if (!((va | pa) & (SIZE_1G - 1)) && len >= SIZE_1G && cpu_features.pages_1g) {
			step = SIZE_1G;
			level = 3;
		} else if (!((va | pa) & (SIZE_2M - 1)) && len >= SIZE_2M) {
			step = SIZE_2M;
			level = 2;
		}
		*paging_entry(l4, va, level) = pa | rights | (level > 1 ? PTE_PS : 0);
		va += step;
		pa += step;
		len -= step;
	}
}

void paging_map_image(uint64_t *l4, const char *start, const char *end, uint64_t rights)
{
	map_range(l4, (uint64_t)start, (uint64_t)start - IMAGE_VA, (uint64_t)(end - start), rights);
}

void paging_init(void)
{
	uint64_t pa;

	/* The boot tables reach 4 GiB; what is allocated until the switch must lie there. */
	boot_alloc_limit = 4 * SIZE_1G;
	pa = boot_alloc(PAGE_SIZE, PAGE_SIZE).a;
	root = frame_virt(mfn_make(pa >> PAGE_SHIFT));
	for (unsigned i = 0; i < e820_count(); i++) {
		const struct e820_entry *e = e820_get(i);
		uint64_t start = (e->addr + PAGE_SIZE - 1) & PAGE_MASK;
		uint64_t end =
			MIN((e->addr + e->size) & PAGE_MASK, DIRECTMAP_VA_END - DIRECTMAP_VA);

		if (e->type == E820_RAM && start < end)
			map_range(root, DIRECTMAP_VA + start, start, end - start, MAP_RW);
	}
	paging_map_image(root, image_start, text_end, MAP_RX);
	paging_map_image(root, rodata_start, rodata_end, MAP_RO);
	paging_map_image(root, data_start, image_end, MAP_RW);
	/* All L3 tables must exist before the first guest root copies the slots. */
	for (unsigned slot = HV_SLOT_FIRST; slot <= HV_SLOT_LAST; slot++)
		if (!root[slot])
			root[slot] = new_frame() | MAP_TABLE;
	paging_load_idle_root();
	boot_alloc_limit = 0;
}

void paging_load_idle_root(void)
{
	cpu_info()->root = arch_idle_root().a;
	write_cr3(arch_idle_root().a);
}

paddr_t arch_idle_root(void)
{
	return mfn_to_paddr(virt_frame(root));
}

void arch_fill_hv_slots(uint64_t *l4)
{
	memcpy(l4 + HV_SLOT_FIRST, root + HV_SLOT_FIRST, (HV_SLOT_LAST - HV_SLOT_FIRST + 1) * 8);
}

uint64_t arch_m2p_slot(void)
{
	return root[HV_SLOT_FIRST];
}

/* By the alias, whose tables nobody else looks at. */
mfn_t arch_m2p_frame(uint64_t i)
{
	uint64_t va = M2P_RW_VA + i * PAGE_SIZE;
	const uint64_t *table = root;

	for (unsigned level = 4; level > 2; level--) {
		uint64_t e = table[pt_index(va, level)];

		if (!e)
			return MFN_INVALID;
		table = entry_table(e);
	}
	if (!table[pt_index(va, 2)])
		return MFN_INVALID;
	return mfn_make((table[pt_index(va, 2)] & PTE_ADDR) >> PAGE_SHIFT | pt_index(va, 1));
}

/* Back the 2 MiB pages of [start, end) that are not yet, filled with @fill; also at @alias. */
static void back_range(uint64_t start, uint64_t end, int fill, uint64_t rights, uint64_t alias)
{
	for (uint64_t va = start & ~(SIZE_2M - 1); va < end; va += SIZE_2M) {
		uint64_t *e = paging_entry(root, va, 2);
		paddr_t pa;

		if (*e)
			continue;
		pa = boot_alloc(SIZE_2M, SIZE_2M);
		memset(frame_virt(paddr_to_mfn(pa)), fill, SIZE_2M);
		*e = pa.a | rights | PTE_PS;
		if (alias)
			*paging_entry(root, alias + (va - M2P_VA), 2) = pa.a | MAP_RW | PTE_PS;
	}
}

void arch_map_frame_records(mfn_t start, mfn_t end)
{
	back_range(FRAME_TABLE_VA + start.n * 32, FRAME_TABLE_VA + end.n * 32, 0, MAP_RW, 0);
	back_range(M2P_VA + start.n * 8, M2P_VA + end.n * 8, 0xff, MAP_M2P, M2P_RW_VA);
}

void arch_alias_frame_records(mfn_t hole, mfn_t from)
{
	*paging_entry(root, FRAME_TABLE_VA + hole.n * 32, 2) =
		*paging_entry(root, FRAME_TABLE_VA + from.n * 32, 2);
}

static void *ioremap_known(uint64_t pa, uint64_t len, bool wb)
{
	for (unsigned i = 0; i < ioremap_count; i++)
		if (ioremaps[i].wb == wb && pa >= ioremaps[i].pa &&
		    pa + len <= ioremaps[i].pa + ioremaps[i].len)
			return (void *)(ioremaps[i].va + (pa - ioremaps[i].pa));
	return NULL;
}

void *arch_ioremap(paddr_t pa, size_t len, bool wb)
{
	uint64_t first = pa.a & PAGE_MASK;
	uint64_t size = ((pa.a + len + PAGE_SIZE - 1) & PAGE_MASK) - first;
	void *va;

	if (pa.a + len <= pa.a || (pa.a + len) >> 52)
		return NULL;
	spin_lock(&ioremap_lock);
	va = ioremap_known(first, size, wb);
	if (!va && ioremap_next + size <= IOREMAP_VA_END && size <= IOREMAP_VA_END - IOREMAP_VA &&
	    ioremap_count < ARRAY_SIZE(ioremaps)) {
		/* 2 MiB steps let an ECAM range use large pages. */
		if (size >= SIZE_2M)
			ioremap_next = (ioremap_next + SIZE_2M - 1) & ~(SIZE_2M - 1);
		va = (void *)ioremap_next;
		map_range(root, ioremap_next, first, size, MAP_RW | (wb ? 0 : PTE_UC));
		ioremaps[ioremap_count].pa = first;
		ioremaps[ioremap_count].len = size;
		ioremaps[ioremap_count].va = ioremap_next;
		ioremaps[ioremap_count++].wb = wb;
		ioremap_next += size;
	}
	spin_unlock(&ioremap_lock);
	return va ? (char *)va + (pa.a - first) : NULL;
}

void percpu_window_init(unsigned cpu)
{
	uint64_t va = WINDOW_BASE(cpu);
	uint64_t *pte = paging_entry(root, va, 1);

	window_ptes[cpu] = pte;
	pte[(WINDOW_GDT >> PAGE_SHIFT) + 14] = new_frame() | MAP_RW;
	pte[WINDOW_TSS >> PAGE_SHIFT] = new_frame() | MAP_RW;
	for (unsigned i = 0; i < STACK_SIZE / PAGE_SIZE; i++)
		if (i != STACK_PAGE_GUARD)
			pte[(WINDOW_STACK >> PAGE_SHIFT) + i] = new_frame() | MAP_RW;
	pte[WINDOW_STUB >> PAGE_SHIFT] = ((uint64_t)entry_points->stub_page - IMAGE_VA) | MAP_RX;
	window_cpu_info(cpu)->cpu = cpu;
	narrow_cpu_init(cpu);
}

void arch_tlb_flush_local(void)
{
	uint64_t cr4;

	tlb_note_flush();
	if (!cpu_features.global_pages) {
		write_cr3(read_cr3());
		return;
	}
	/* Loading CR3 would spare global pages. This drops all PCIDs' entries too. */
	cr4 = read_cr4();
	write_cr4(cr4 & ~CR4_PGE);
	write_cr4(cr4);
}

void arch_cache_flush_frame(mfn_t mfn)
{
	const char *p = frame_virt(mfn);

	/* 64 bytes is the least line of any 64-bit CPU. */
	for (unsigned i = 0; i < PAGE_SIZE; i += 64)
		__asm__ volatile("clflush (%0)" ::"r"(p + i) : "memory");
	__asm__ volatile("mfence" ::: "memory");
}

void arch_cache_flush_all(void)
{
	__asm__ volatile("wbinvd" ::: "memory");
}
