// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The records of frames (struct page), and which of them stand for RAM.
 */
#include <hv/boot.h>
#include <hv/domain.h>
#include <hv/page.h>
#include <hv/vaspace.h>

/* Records are made by pieces: of each the records fill a large page. */
#define PIECE_FRAMES (1ul << 16)

uint64_t frame_table_end;
struct domain *domain_xen, *domain_io;

_Static_assert(sizeof(struct page) == 32, "arch_map_frame_records() backs 32 bytes a frame");
_Static_assert(sizeof(struct domain) <= PAGE_SIZE, "page.owner names one frame");

/* Map the records of pieces [first, end) and mark them all as holes. */
static void add_pieces(uint64_t first, uint64_t end)
{
	arch_map_frame_records(mfn_make(first * PIECE_FRAMES), mfn_make(end * PIECE_FRAMES));
	for (uint64_t m = first * PIECE_FRAMES; m < end * PIECE_FRAMES; m++)
		FRAME_TABLE[m].count = PGC_NOT_RAM;
}

/* Pieces without RAM get records too, so that page_valid() can look at any below the end. */
static void add_holes(uint64_t first, uint64_t end)
{
	if (first < end)
		add_pieces(first, first + 1);
	for (uint64_t p = first + 1; p < end; p++)
		arch_alias_frame_records(mfn_make(p * PIECE_FRAMES),
					 mfn_make(first * PIECE_FRAMES));
}

/* Frames of the M2P belong to DOMID_XEN; a type reference that stays forbids writable maps. */
static void own_m2p(void)
{
	for (uint64_t i = 0; i < DIV_ROUND_UP(frame_table_end, PAGE_SIZE / sizeof(uint64_t)); i++) {
		mfn_t mfn = arch_m2p_frame(i);
		struct page *pg;

		if (mfn_eq(mfn, MFN_INVALID))
			continue;
		pg = page_of(mfn);
		pg->count = PGC_ALLOCATED | PGC_XEN_HEAP | 1;
		pg->type = PGT_NONE | PGT_VALIDATED | 1;
		pg->owner = (uint32_t)virt_frame(domain_xen).n;
	}
}

static struct domain *pseudo_domain(domid_t id)
{
	struct domain *d = frame_virt(paddr_to_mfn(boot_alloc(PAGE_SIZE, PAGE_SIZE)));

	d->id = id;
	d->refcount = 1;
	return d;
}

void frame_table_init(const struct ram_range *ram, unsigned n)
{
	uint64_t done = 0; /* pieces below this one are there */

	frame_table_end = ram[n - 1].end.n;
	for (unsigned i = 0; i < n; i++) {
		uint64_t first = MAX(done, ram[i].start.n / PIECE_FRAMES);
		uint64_t end = DIV_ROUND_UP(ram[i].end.n, PIECE_FRAMES);

		add_holes(done, first);
		if (first < end)
			add_pieces(first, end);
		done = MAX(done, end);
		for (uint64_t m = ram[i].start.n; m < ram[i].end.n; m++)
			FRAME_TABLE[m].count = 0;
	}
	domain_xen = pseudo_domain(DOMID_XEN);
	domain_io = pseudo_domain(DOMID_IO);
	own_m2p();
}
