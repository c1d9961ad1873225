/* SPDX-License-Identifier: MIT */
/*
 * Start-of-day layout. Addresses come from an image that nobody vouches for: layout_plan() bounds
 * each before it enters a sum, so that the rest of the file computes without checks.
 */
#include "layout.h"

#include "abi/base.h"
#include "abi/errno.h"
#include "abi/mmu.h"

#define PAGE_SHIFT 12
#define LEVEL_BITS 9
#define SLACK      (512u << 10) /* kernels use some memory behind their stack before they look */
#define ROUND      (4ull << 20)

static int refuse(int error, const char **why, const char *text)
{
	*why = text;
	return -error;
}

static unsigned int shift_of(unsigned int level)
{
	return PAGE_SHIFT + LEVEL_BITS * (level - 1);
}

static uint64_t pages_of(uint64_t bytes)
{
	return bytes / LAYOUT_PAGE + (bytes % LAYOUT_PAGE != 0);
}

static uint64_t slot_of(uint64_t va)
{
	return va >> shift_of(4) & (LAYOUT_PT_ENTRIES - 1);
}

/*
 * Can a guest map all of [va, va + bytes): is it in one canonical half, and not the
 * hypervisor's, with which the upper one starts? bytes is above 0 and far below 2^63.
 */
static bool mappable(uint64_t va, uint64_t bytes)
{
	uint64_t last = va + bytes - 1;

	return last >= va && (last < 1ull << 47 || va >= HYPERVISOR_VIRT_END);
}

/* Append pages to the layout; *next is the first free pfn. */
static void place(struct layout *l, uint64_t *next, struct layout_region *r, uint64_t pages,
		  bool mapped)
{
	r->pfn = *next;
	r->pages = pages;
	r->va = mapped && pages ? l->virt_base + *next * LAYOUT_PAGE : 0;
	*next += pages;
}

static uint64_t last_of(const struct layout_tables *t)
{
	return t->start + t->pages * LAYOUT_PAGE - 1;
}

/* Count the tables that the range needs by level; the L4, shared by all ranges, is the caller's. */
static uint64_t count_tables(struct layout_tables *t)
{
	unsigned int level;
	uint64_t sum = t->count[4];

	for (level = 1; level < 4; level++) {
		unsigned int shift = shift_of(level + 1);

		t->count[level] = (last_of(t) >> shift) - (t->start >> shift) + 1;
		sum += t->count[level];
	}
	return sum;
}

static int place_kernel(struct layout *l, const struct elf_image *elf,
			const struct bootproto_notes *notes, const char **why)
{
	uint64_t limit = l->nr_pages * LAYOUT_PAGE;
	uint64_t start, end;

	if (notes->virt_base % LAYOUT_PAGE)
		return refuse(ABI_ENOEXEC, why, "the kernel's VIRT_BASE is not page aligned");
	if (elf->pstart < notes->paddr_offset)
		return refuse(ABI_ENOEXEC, why, "the kernel lies below its own PADDR_OFFSET");
	start = elf->pstart - notes->paddr_offset;
	end = elf->pend - notes->paddr_offset;
	if (end > limit)
		return refuse(ABI_ENOMEM, why, "the domain has too little memory for its kernel");

	l->virt_base = notes->virt_base;
	l->paddr_offset = notes->paddr_offset;
	l->entry = notes->entry;
	if (!mappable(l->virt_base, end))
		return refuse(ABI_ENOEXEC, why, "the kernel wants addresses it cannot have");
	if (l->entry < l->virt_base + start || l->entry >= l->virt_base + end)
		return refuse(ABI_ENOEXEC, why, "the kernel's entry point lies outside of it");
	l->kernel.pfn = start / LAYOUT_PAGE;
	l->kernel.pages = pages_of(end) - l->kernel.pfn;
	l->kernel.va = l->virt_base + l->kernel.pfn * LAYOUT_PAGE;
	return 0;
}

/*
 * Place the page tables, the stack and the slack behind what is mapped already. The tables map
 * themselves: their number is raised until it suffices, and as more pages never need fewer
 * tables, it then fits exactly.
 */
static int place_tables(struct layout *l, uint64_t *next, const char **why)
{
	struct layout_tables *t = &l->tables;
	uint64_t need = 1, have, bytes;

	t->start = l->virt_base;
	t->count[4] = 1;
	do {
		have = need;
		bytes = (*next + have + 1) * LAYOUT_PAGE + SLACK;
		bytes += -(t->start + bytes) % ROUND;
		if (!mappable(t->start, bytes))
			return refuse(ABI_ENOEXEC, why, "no room for page tables near the kernel");
		t->pages = bytes / LAYOUT_PAGE;
		need = count_tables(t);
	} while (need > have);

	place(l, next, &t->at, have, true);
	place(l, next, &l->stack, 1, true);
	l->stack_top = l->stack.va + LAYOUT_PAGE;
	*next = t->pages;
	return 0;
}

/* The p2m at an address of its own: its pages, then the tables for them. */
static int place_p2m(struct layout *l, uint64_t *next, uint64_t va, uint64_t pages,
		     const char **why)
{
	struct layout_tables *t = &l->p2m_tables;

	if (va % LAYOUT_PAGE || !mappable(va, pages * LAYOUT_PAGE))
		return refuse(ABI_ENOEXEC, why, "the kernel's INIT_P2M is no address it can have");
	t->start = va;
	t->pages = pages;
	if (slot_of(va) <= slot_of(last_of(&l->tables)) &&
	    slot_of(last_of(t)) >= slot_of(l->tables.start))
		return refuse(ABI_ENOEXEC, why, "the kernel's INIT_P2M is too near to the kernel");

	place(l, next, &l->p2m, pages, false);
	l->p2m.va = va;
	t->first_pfn = l->p2m.pfn;
	place(l, next, &t->at, count_tables(t), false);
	return 0;
}

int layout_plan(const struct elf_image *elf, const struct bootproto_notes *notes,
		const struct layout_request *req, struct layout *l, const char **why)
{
	bool own_p2m = notes_have(notes, XEN_ELFNOTE_INIT_P2M);
	uint64_t initrd = pages_of(req->initrd_len);
	uint64_t p2m = pages_of(req->nr_pages * sizeof(uint64_t));
	uint64_t next;
	int rc;

	if (!req->nr_pages || req->nr_pages > LAYOUT_MAX_PAGES)
		return refuse(ABI_EINVAL, why, "the number of pages is out of range");
	*l = (struct layout){.nr_pages = req->nr_pages, .initrd_len = req->initrd_len};
	rc = place_kernel(l, elf, notes, why);
	if (rc)
		return rc;
	if (initrd > req->nr_pages)
		return refuse(ABI_ENOMEM, why, "the domain has too little memory for its initrd");

	next = l->kernel.pfn + l->kernel.pages;
	if (!notes->mod_start_pfn)
		place(l, &next, &l->initrd, initrd, true);
	if (!own_p2m)
		place(l, &next, &l->p2m, p2m, true);
	place(l, &next, &l->start_info, 1, true);
	place(l, &next, &l->store, !req->control, true);
	place(l, &next, &l->console, !req->control, true);
	rc = place_tables(l, &next, why);
	if (rc)
		return rc;

	if (notes->mod_start_pfn)
		place(l, &next, &l->initrd, initrd, false);
	if (own_p2m) {
		rc = place_p2m(l, &next, notes->init_p2m, p2m, why);
		if (rc)
			return rc;
	}
	l->used_pages = next;
	if (next > req->nr_pages)
		return refuse(ABI_ENOMEM, why,
			      "the domain has too little memory for kernel, initrd and tables");
	return 0;
}

static bool is_table(const struct layout *l, uint64_t pfn)
{
	return pfn - l->tables.at.pfn < l->tables.at.pages ||
	       pfn - l->p2m_tables.at.pfn < l->p2m_tables.at.pages;
}

/* The tables that table i belongs to; *i becomes its index among them. */
static const struct layout_tables *tables_of(const struct layout *l, uint64_t *i)
{
	if (*i < l->tables.at.pages)
		return &l->tables;
	*i -= l->tables.at.pages;
	return &l->p2m_tables;
}

uint64_t layout_table_pfn(const struct layout *l, uint64_t i)
{
	const struct layout_tables *t = tables_of(l, &i);

	return t->at.pfn + i;
}

/* Level of table *i of t; *i becomes its index among those of its level. */
static unsigned int level_of(const struct layout_tables *t, uint64_t *i)
{
	unsigned int level = 4;

	while (*i >= t->count[level])
		*i -= t->count[level--];
	return level;
}

unsigned int layout_table_level(const struct layout *l, uint64_t i)
{
	const struct layout_tables *t = tables_of(l, &i);

	return level_of(t, &i);
}

/* Pfn of what the entry at va of a table of this level refers to. */
static uint64_t target(const struct layout_tables *t, unsigned int level, uint64_t va)
{
	uint64_t pfn = t->at.pfn;
	unsigned int above;

	if (level == 1)
		return t->first_pfn + (va - t->start) / LAYOUT_PAGE;
	for (above = 4; above >= level; above--)
		pfn += t->count[above];
	return pfn + (va >> shift_of(level)) - (t->start >> shift_of(level));
}

/* Fill those entries of a table with lowest address base that the range of t concerns. */
static void fill(const struct layout *l, const struct layout_tables *t, unsigned int level,
		 uint64_t base, layout_mfn_fn *mfn_of, void *ctx, uint64_t *entries)
{
	uint64_t size = 1ull << shift_of(level);
	uint64_t flags, pfn, va;
	unsigned int e;

	for (e = 0; e < LAYOUT_PT_ENTRIES; e++) {
		va = base + e * size;
		if (!t->pages || va + size - 1 < t->start || va > last_of(t))
			continue;
		pfn = target(t, level, va);
		flags = PTE_PRESENT | PTE_ACCESSED;
		if (level > 1)
			flags |= PTE_RW | PTE_DIRTY | PTE_USER;
		else if (!is_table(l, pfn))
			flags |= PTE_RW | PTE_DIRTY;
		entries[e] = mfn_of(ctx, pfn) << PAGE_SHIFT | flags;
	}
}

void layout_table(const struct layout *l, uint64_t i, layout_mfn_fn *mfn_of, void *ctx,
		  uint64_t entries[LAYOUT_PT_ENTRIES])
{
	const struct layout_tables *t = tables_of(l, &i);
	unsigned int level = level_of(t, &i);
	unsigned int shift = shift_of(level + 1);

	__builtin_memset(entries, 0, LAYOUT_PT_ENTRIES * sizeof(*entries));
	if (level < 4) {
		fill(l, t, level, ((t->start >> shift) + i) << shift, mfn_of, ctx, entries);
		return;
	}
	/* The only table that serves both ranges; they lie in different slots. */
	fill(l, t, level, t->start >> shift << shift, mfn_of, ctx, entries);
	t = &l->p2m_tables;
	fill(l, t, level, t->start >> shift << shift, mfn_of, ctx, entries);
}

void layout_start_info(const struct layout *l, struct start_info *si)
{
	*si = (struct start_info){
		.magic = START_INFO_MAGIC,
		.nr_pages = l->nr_pages,
		.pt_base = l->tables.at.va,
		.nr_pt_frames = l->tables.at.pages,
		.mfn_list = l->p2m.va,
		.mod_start = l->initrd.va,
		.mod_len = l->initrd_len,
	};
	if (l->initrd.pages && !l->initrd.va) {
		si->flags |= SIF_MOD_START_PFN;
		si->mod_start = l->initrd.pfn;
	}
	if (l->p2m_tables.at.pages) {
		si->first_p2m_pfn = l->p2m.pfn;
		si->nr_p2m_frames = l->p2m.pages + l->p2m_tables.at.pages;
	}
}
