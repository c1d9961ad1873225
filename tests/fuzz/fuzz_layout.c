/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any addresses and sizes: the plan fits the domain, its tables refer to what is in the plan. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "abi/base.h"
#include "abi/mmu.h"
#include "guest-abi/bootproto/layout.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	uint64_t pstart, length, entry, virt_base, paddr_offset, init_p2m;
	uint64_t nr_pages, initrd_len, table;
	uint8_t own_p2m, mod_start_pfn, control;
};

static uint64_t mfn_of(void *ctx, uint64_t pfn)
{
	const struct layout *l = ctx;

	if (pfn >= l->used_pages)
		abort();
	return pfn;
}

static void check_table(struct layout *l, uint64_t i)
{
	uint64_t entries[LAYOUT_PT_ENTRIES];
	unsigned int level = layout_table_level(l, i);

	if (level < 1 || level > 4 || (level == 4) != !i || layout_table_pfn(l, i) >= l->used_pages)
		abort();
	layout_table(l, i, mfn_of, l, entries);
	for (unsigned int e = 0; e < LAYOUT_PT_ENTRIES; e++) {
		if (level == 4 && e >= 256 && e < 272 && entries[e])
			abort();
		if (entries[e] && !(entries[e] & PTE_PRESENT))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct layout_request req;
	struct bootproto_notes notes = {0};
	struct elf_image elf = {0};
	const char *why = NULL;
	struct start_info si;
	struct layout l;
	struct input in;
	uint64_t count;

	if (size < sizeof(in))
		return 0;
	memcpy(&in, data, sizeof(in));
	/* What elf_open() promises: a range that is not empty and does not wrap. */
	if (!in.length || in.length > UINT64_MAX - in.pstart)
		return 0;
	elf.pstart = in.pstart;
	elf.pend = in.pstart + in.length;
	notes.entry = in.entry;
	notes.virt_base = in.virt_base;
	notes.paddr_offset = in.paddr_offset;
	notes.init_p2m = in.init_p2m;
	notes.present = (in.own_p2m & 1u) << XEN_ELFNOTE_INIT_P2M;
	notes.mod_start_pfn = in.mod_start_pfn & 1;
	req = (struct layout_request){in.nr_pages, in.initrd_len, in.control & 1};
	if (layout_plan(&elf, &notes, &req, &l, &why)) {
		if (!why)
			abort();
		return 0;
	}
	if (l.used_pages > in.nr_pages || l.tables.pages > l.used_pages)
		abort();
	count = layout_table_count(&l);
	check_table(&l, 0);
	check_table(&l, in.table % count);
	check_table(&l, count - 1);
	layout_start_info(&l, &si);
	return 0;
}
