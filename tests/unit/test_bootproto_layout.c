/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Start-of-day layout. Each accepted plan is proved by walking the page tables it computes: all
 * that must be mapped is, at the right address, tables read-only, and nothing else.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "abi/mmu.h"
#include "guest-abi/bootproto/layout.h"
#include "suite.h"

#define MFN_OFFSET 0x100000u /* mfn of a pfn in these tests */
#define FRAME      PTE_ADDR_MASK
#define MIB_PAGES  256u

static struct elf_image elf;
static struct bootproto_notes notes;
static struct layout_request req;
static struct layout l;
static const char *why;

static uint64_t *tables; /* all table frames, 512 entries each */

static uint64_t mfn_of(void *ctx, uint64_t pfn)
{
	const struct layout *plan = ctx;

	ck_assert_uint_lt(pfn, plan->used_pages);
	return pfn + MFN_OFFSET;
}

/* Linux 6.x as Debian builds it, about 40 MiB of it. */
static void setup(void)
{
	elf = (struct elf_image){.pstart = 0x1000000, .pend = 0x3800123};
	notes = (struct bootproto_notes){
		.present = 1u << XEN_ELFNOTE_INIT_P2M,
		.entry = 0xffffffff82000000,
		.virt_base = 0xffffffff80000000,
		.init_p2m = 0x8000000000,
		.mod_start_pfn = true,
	};
	req = (struct layout_request){.nr_pages = 512 * MIB_PAGES, .initrd_len = 30000001};
	why = NULL;
}

static void teardown(void)
{
	free(tables);
	tables = NULL;
}

static void compute_tables(void)
{
	uint64_t count = layout_table_count(&l);

	free(tables);
	tables = malloc(count * 4096);
	ck_assert_ptr_nonnull(tables);
	memset(tables, 0xaa, count * 4096);
	for (uint64_t i = 0; i < count; i++)
		layout_table(&l, i, mfn_of, &l, tables + i * 512);
}

static uint64_t *table_at(uint64_t entry)
{
	uint64_t pfn = (entry & FRAME) / 4096 - MFN_OFFSET;

	for (uint64_t i = 0; i < layout_table_count(&l); i++)
		if (layout_table_pfn(&l, i) == pfn)
			return tables + i * 512;
	ck_abort_msg("entry %lx refers to no table", (unsigned long)entry);
}

/* The L1 entry of va, or 0 if a level is not present. */
static uint64_t walk(uint64_t va)
{
	uint64_t *table = tables;

	for (unsigned int shift = 39; shift > 12; shift -= 9) {
		uint64_t e = table[va >> shift & 511];

		if (!(e & PTE_PRESENT))
			return 0;
		ck_assert_uint_eq(e & ~FRAME & ~(uint64_t)(PTE_ACCESSED | PTE_DIRTY),
				  PTE_PRESENT | PTE_RW | PTE_USER);
		table = table_at(e);
	}
	return table[va >> 12 & 511];
}

static bool is_table_pfn(uint64_t pfn)
{
	for (uint64_t i = 0; i < layout_table_count(&l); i++)
		if (layout_table_pfn(&l, i) == pfn)
			return true;
	return false;
}

static uint64_t count_leaves(const uint64_t *table, unsigned int level)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < 512; i++) {
		if (!(table[i] & PTE_PRESENT))
			ck_assert_uint_eq(table[i], 0);
		else
			sum += level == 1 ? 1 : count_leaves(table_at(table[i]), level - 1);
	}
	return sum;
}

static void check_maps(uint64_t va, uint64_t pfn, uint64_t pages)
{
	for (uint64_t i = 0; i < pages; i++) {
		uint64_t e = walk(va + i * 4096);

		ck_assert_uint_eq(e & FRAME, (pfn + i + MFN_OFFSET) * 4096);
		ck_assert_uint_eq(e & (PTE_PRESENT | PTE_RW | PTE_USER | PTE_GLOBAL | PTE_NX),
				  is_table_pfn(pfn + i) ? PTE_PRESENT : PTE_PRESENT | PTE_RW);
	}
}

static void check_apart(const struct layout_region *a, const struct layout_region *b)
{
	ck_assert(!a->pages || !b->pages || a->pfn + a->pages <= b->pfn ||
		  b->pfn + b->pages <= a->pfn);
}

static void check_regions(void)
{
	const struct layout_region *r[] = {&l.kernel,     &l.initrd,    &l.p2m,
					   &l.start_info, &l.store,     &l.console,
					   &l.stack,      &l.tables.at, &l.p2m_tables.at};
	const unsigned int n = sizeof(r) / sizeof(r[0]);

	for (unsigned int i = 0; i < n; i++) {
		ck_assert_uint_le(r[i]->pfn + r[i]->pages, l.used_pages);
		for (unsigned int j = 0; j < i; j++)
			check_apart(r[i], r[j]);
		/* All but the p2m apart are mapped where their pfn is. */
		if (r[i]->va && r[i] != &l.p2m)
			ck_assert_uint_eq(r[i]->va, l.virt_base + r[i]->pfn * 4096);
		if (r[i]->va && r[i] != &l.p2m)
			ck_assert_uint_le(r[i]->pfn + r[i]->pages, l.tables.pages);
	}
	ck_assert_uint_le(l.used_pages, req.nr_pages);
	ck_assert_uint_eq(l.tables.at.pages,
			  1 + l.tables.count[3] + l.tables.count[2] + l.tables.count[1]);
}

static void check_plan(void)
{
	uint64_t pages, count = 0;

	ck_assert_msg(layout_plan(&elf, &notes, &req, &l, &why) == 0, "%s", why);
	check_regions();
	compute_tables();

	ck_assert_uint_eq(layout_table_level(&l, 0), 4);
	ck_assert_uint_eq(layout_table_pfn(&l, 0), l.tables.at.pfn);
	for (uint64_t i = 1; i < layout_table_count(&l); i++)
		count += layout_table_level(&l, i) == 4;
	ck_assert_uint_eq(count, 0);

	pages = l.tables.pages;
	check_maps(l.virt_base, 0, pages);
	if (l.p2m_tables.at.pages) {
		check_maps(l.p2m.va, l.p2m.pfn, l.p2m.pages);
		pages += l.p2m.pages;
	}
	ck_assert_uint_eq(count_leaves(tables, 4), pages);

	/* The stack is followed by the promised slack, and the mapping ends on 4 MiB. */
	ck_assert_uint_eq(l.stack_top, l.stack.va + 4096);
	ck_assert_uint_ge(l.virt_base + l.tables.pages * 4096 - l.stack_top, 512 << 10);
	ck_assert_uint_eq((l.virt_base + l.tables.pages * 4096) % (4 << 20), 0);
	ck_assert_uint_eq(l.entry, notes.entry);
	ck_assert_uint_ge(l.p2m.pages * 512, req.nr_pages);
	ck_assert_uint_ge(l.initrd.pages * 4096, req.initrd_len);
}

static void refused(const char *text)
{
	ck_assert_int_eq(layout_plan(&elf, &notes, &req, &l, &why), -ENOEXEC);
	ck_assert_msg(strstr(why, text) != NULL, "'%s' does not say '%s'", why, text);
	setup();
}

START_TEST(linux_guest)
{
	struct start_info si;

	check_plan();
	ck_assert_uint_eq(l.kernel.pfn, 0x1000);
	ck_assert_uint_eq(l.kernel.pages, 0x2801);
	ck_assert_uint_eq(l.start_info.pfn, 0x3801);
	ck_assert_uint_eq(l.store.pfn, 0x3802);
	ck_assert_uint_eq(l.console.pfn, 0x3803);
	ck_assert_uint_eq(l.tables.at.pfn, 0x3804);
	ck_assert_uint_eq(l.tables.pages, 0x3c00);
	ck_assert_uint_eq(l.tables.count[1], 30);
	ck_assert_uint_eq(l.tables.at.pages, 33);
	ck_assert_uint_eq(l.initrd.pfn, 0x3c00);
	ck_assert_uint_eq(l.initrd.va, 0);
	ck_assert_uint_eq(l.p2m.va, 0x8000000000);
	ck_assert_uint_eq(l.p2m.pages, 256);
	ck_assert_uint_eq(l.p2m_tables.at.pages, 3);

	memset(&si, 0xaa, sizeof(si));
	layout_start_info(&l, &si);
	ck_assert_str_eq(si.magic, "xen-3.0-x86_64");
	ck_assert_uint_eq(si.nr_pages, req.nr_pages);
	ck_assert_uint_eq(si.flags, SIF_MOD_START_PFN);
	ck_assert_uint_eq(si.mod_start, l.initrd.pfn);
	ck_assert_uint_eq(si.mod_len, 30000001);
	ck_assert_uint_eq(si.pt_base, l.tables.at.va);
	ck_assert_uint_eq(si.nr_pt_frames, 33);
	ck_assert_uint_eq(si.mfn_list, 0x8000000000);
	ck_assert_uint_eq(si.first_p2m_pfn, l.p2m.pfn);
	ck_assert_uint_eq(si.nr_p2m_frames, 259);
	ck_assert_uint_eq(si.shared_info, 0);
	ck_assert_uint_eq(si.cmd_line[0], 0);
}
END_TEST

START_TEST(linux_control)
{
	req.control = true;
	check_plan();
	ck_assert_uint_eq(l.store.pages + l.console.pages, 0);
	ck_assert_uint_eq(l.tables.at.pfn, l.start_info.pfn + 1);
}
END_TEST

/* A kernel without the notes for it: all is mapped behind the kernel. */
START_TEST(all_mapped)
{
	struct start_info si;

	notes.present = 0;
	notes.mod_start_pfn = false;
	check_plan();
	ck_assert_uint_eq(l.initrd.va, l.kernel.va + l.kernel.pages * 4096);
	ck_assert_uint_eq(l.p2m.va, l.initrd.va + l.initrd.pages * 4096);
	ck_assert_uint_eq(l.p2m_tables.at.pages, 0);
	layout_start_info(&l, &si);
	ck_assert_uint_eq(si.flags, 0);
	ck_assert_uint_eq(si.mod_start, l.initrd.va);
	ck_assert_uint_eq(si.mfn_list, l.p2m.va);
	ck_assert_uint_eq(si.nr_p2m_frames, 0);
	ck_assert_uint_eq(si.first_p2m_pfn, 0);
}
END_TEST

START_TEST(no_initrd)
{
	struct start_info si;

	req.initrd_len = 0;
	check_plan();
	layout_start_info(&l, &si);
	ck_assert_uint_eq(si.flags, 0);
	ck_assert_uint_eq(si.mod_start, 0);
	ck_assert_uint_eq(si.mod_len, 0);
}
END_TEST

/* A small kernel linked at 0, one with p_paddr fields that are not relative to its base. */
START_TEST(low_kernel)
{
	elf = (struct elf_image){.pstart = 0, .pend = 0x5000};
	notes = (struct bootproto_notes){.entry = 0x1000};
	req = (struct layout_request){.nr_pages = 8 * MIB_PAGES};
	check_plan();
	notes.virt_base = notes.paddr_offset = 0x40000000;
	elf.pstart += 0x40000000;
	elf.pend += 0x40000000;
	notes.entry = 0x40004fff;
	check_plan();
	ck_assert_uint_eq(l.kernel.pfn, 0);
	ck_assert_uint_eq(l.kernel.va, 0x40000000);
}
END_TEST

/* Mapping starts in the middle of a 2 MiB, a 1 GiB and a 512 GiB stretch and crosses into the next.
 */
START_TEST(crossing_tables)
{
	static const uint64_t bases[] = {0xffffc07fffdff000, 0xffffc0003fe01000, 0xffffc00000201000,
					 0xffff880000000000};

	for (size_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++) {
		setup();
		notes.virt_base = bases[i];
		notes.entry = bases[i] + 0x1000000;
		check_plan();
	}
}
END_TEST

/* The number of tables is exact at many sizes, also where the tables need a table more. */
START_TEST(many_kernel_sizes)
{
	req.nr_pages = 4096 * MIB_PAGES;
	notes.virt_base = 0xffffc0003be01000; /* 1 GiB ends among the sizes, 4 MiB off the steps */
	notes.entry = notes.virt_base + 0x1000000;
	for (elf.pend = 0x1001000; elf.pend < 0x9000000; elf.pend += 13 * 4096) {
		ck_assert_int_eq(layout_plan(&elf, &notes, &req, &l, &why), 0);
		check_regions();
	}
}
END_TEST

/* The mapping may end with the address space, and no later. */
START_TEST(top_of_address_space)
{
	notes.virt_base = 0ull - 0x3c00000;
	notes.entry = notes.virt_base + 0x1000000;
	check_plan();
	ck_assert_uint_eq(notes.virt_base + l.tables.pages * 4096, 0);
	notes.virt_base += 0x35b000; /* now all but the slack is used */
	notes.entry += 0x35b000;
	check_plan();
	ck_assert_uint_eq(notes.virt_base + l.tables.pages * 4096, 0);
	ck_assert_uint_eq(0 - l.stack_top, 512 << 10);
	notes.virt_base += 4096;
	notes.entry += 4096;
	refused("page tables");
}
END_TEST

/* Every memory size around the limit: refused below, planned from there on. */
START_TEST(too_little_memory)
{
	uint64_t least = 0;

	for (req.nr_pages = 1; req.nr_pages < 100 * MIB_PAGES; req.nr_pages++) {
		int rc = layout_plan(&elf, &notes, &req, &l, &why);

		ck_assert_int_eq(rc, least ? 0 : rc ? -ENOMEM : 0);
		if (!rc && !least)
			least = req.nr_pages;
	}
	ck_assert_uint_gt(least, 0x3c00 + 7325);
	req.nr_pages = least;
	check_plan();
	ck_assert_uint_eq(l.used_pages, least);
	req.initrd_len = UINT64_MAX;
	ck_assert_int_eq(layout_plan(&elf, &notes, &req, &l, &why), -ENOMEM);
}
END_TEST

START_TEST(pages_out_of_range)
{
	req.nr_pages = 0;
	ck_assert_int_eq(layout_plan(&elf, &notes, &req, &l, &why), -EINVAL);
	req.nr_pages = LAYOUT_MAX_PAGES + 1;
	ck_assert_int_eq(layout_plan(&elf, &notes, &req, &l, &why), -EINVAL);
	req.nr_pages = LAYOUT_MAX_PAGES;
	ck_assert_int_eq(layout_plan(&elf, &notes, &req, &l, &why), 0);
	check_regions();
}
END_TEST

START_TEST(kernel_addresses)
{
	notes.entry = 0xffffffff80fff000;
	refused("entry point");
	notes.entry = 0xffffffff83800123;
	refused("entry point");
	notes.virt_base += 1;
	refused("page aligned");
	notes.paddr_offset = 0x1000001;
	refused("PADDR_OFFSET");
	notes.virt_base = 0x7ffffe000000; /* runs out of the lower half */
	refused("cannot have");
	notes.virt_base = 0xffff800000000000; /* the hypervisor's */
	refused("cannot have");
	notes.virt_base = 0xffff87fffe000000; /* runs out of the hypervisor's range */
	refused("cannot have");
	notes.virt_base = 0xfffffffffe000000; /* wraps */
	refused("cannot have");
	notes.virt_base = 0x7ffffc7fe000; /* no room for the tables */
	notes.entry = 0x7ffffd7fe000;
	refused("page tables");
}
END_TEST

START_TEST(p2m_addresses)
{
	notes.init_p2m = 0x8000000001;
	refused("INIT_P2M");
	notes.init_p2m = 0xffff800000000000;
	refused("INIT_P2M");
	notes.init_p2m = 0x7fffffff0000;
	refused("INIT_P2M");
	notes.init_p2m = 0xfffffffffffff000;
	refused("INIT_P2M");
	notes.init_p2m = 0xffffff8000000000; /* the kernel's top-level slot */
	refused("too near");
	notes.init_p2m = 0xffffff7fffff0000; /* ends in it */
	refused("too near");
	notes.init_p2m = 0xffffff0000000000; /* the slot below */
	ck_assert_int_eq(layout_plan(&elf, &notes, &req, &l, &why), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("bootproto/layout");
	TCase *tc = tcase_create("layout");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, linux_guest);
	tcase_add_test(tc, linux_control);
	tcase_add_test(tc, all_mapped);
	tcase_add_test(tc, no_initrd);
	tcase_add_test(tc, low_kernel);
	tcase_add_test(tc, crossing_tables);
	tcase_add_test(tc, many_kernel_sizes);
	tcase_add_test(tc, top_of_address_space);
	tcase_add_test(tc, too_little_memory);
	tcase_add_test(tc, pages_out_of_range);
	tcase_add_test(tc, kernel_addresses);
	tcase_add_test(tc, p2m_addresses);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
