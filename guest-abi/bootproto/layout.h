/* SPDX-License-Identifier: MIT */
/*
 * The first moment of a paravirtualized domain: which pfn holds what, which linear address maps
 * it, and what the first page tables contain. The hypervisor's builder of the control domain and
 * the control domain's builder of guests both follow it.
 *
 * From pfn 0, mapped at virt_base + pfn * 4096 with 4 KiB pages:
 *   (hole) kernel, [initrd], [p2m], start_info, [store, console], page tables, boot stack, slack
 * and after the slack, not mapped there:
 *   [initrd], [p2m and the page tables that map it at init_p2m]
 * The initrd is unmapped if the kernel's notes allow it, the p2m apart if they ask for it.
 * Everything is writable but page tables.
 */
#ifndef BOOTPROTO_LAYOUT_H
#define BOOTPROTO_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/start_info.h"
#include "elf.h"
#include "notes.h"

#define LAYOUT_PAGE       4096u
#define LAYOUT_PT_ENTRIES 512u
/* No domain has more pages than this: 16 TiB. */
#define LAYOUT_MAX_PAGES (1ull << 32)

struct layout_request {
	uint64_t nr_pages;   /* pages the domain has at its start */
	uint64_t initrd_len; /* in bytes, 0: none */
	bool control;        /* control domain: no store and console pages */
};

/* A run of pages; pages is 0 if there is none, va is 0 if it is not mapped. */
struct layout_region {
	uint64_t pfn;
	uint64_t pages;
	uint64_t va;
};

/* Page tables of one contiguous linear range, in pfn order: [L4,] L3s, L2s, L1s. */
struct layout_tables {
	struct layout_region at;
	uint64_t start;     /* linear range that is mapped: its first address, */
	uint64_t pages;     /* its length, */
	uint64_t first_pfn; /* and what is mapped at start */
	uint64_t count[5];  /* tables by level, 1 to 4 */
};

struct layout {
	uint64_t nr_pages;
	uint64_t virt_base;
	uint64_t entry;        /* first rip */
	uint64_t stack_top;    /* first rsp */
	uint64_t paddr_offset; /* pfn of an ELF p_paddr is (p_paddr - this) / 4096 */
	uint64_t initrd_len;
	struct layout_region kernel; /* from its first to its last PT_LOAD page */
	struct layout_region initrd;
	struct layout_region p2m;
	struct layout_region start_info; /* its address is the first rsi */
	struct layout_region store;
	struct layout_region console;
	struct layout_region stack;
	struct layout_tables tables;     /* of the main range; its first frame is the L4 */
	struct layout_tables p2m_tables; /* of the p2m at init_p2m, else empty */
	uint64_t used_pages;             /* no region reaches a pfn from here on */
};

/*
 * Lay out a domain for an opened kernel. Nothing is allocated. Returns 0, or with *why set:
 * -ENOEXEC: addresses in the image make no sense (entry outside the kernel, a range that meets
 * the hypervisor's, p2m in the kernel's top-level slot); -ENOMEM: nr_pages is too small for
 * kernel, initrd and tables; -EINVAL: nr_pages above LAYOUT_MAX_PAGES.
 */
int layout_plan(const struct elf_image *elf, const struct bootproto_notes *notes,
		const struct layout_request *req, struct layout *l, const char **why);

/* Machine frame of a pfn below nr_pages. */
typedef uint64_t layout_mfn_fn(void *ctx, uint64_t pfn);

/* Page-table frames there are, those of the p2m included. */
static inline uint64_t layout_table_count(const struct layout *l)
{
	return l->tables.at.pages + l->p2m_tables.at.pages;
}

/* Pfn of table i, i < layout_table_count(). Table 0 is the L4. */
uint64_t layout_table_pfn(const struct layout *l, uint64_t i);

/* Level of table i, 1 to 4. */
unsigned int layout_table_level(const struct layout *l, uint64_t i);

/*
 * Compute the 512 entries of table i. Entries are present, accessed and dirty, L1 entries are
 * writable unless they map a page table; entries of upper levels carry the user bit, L1 entries
 * do not. The hypervisor's own top-level slots are left 0.
 */
void layout_table(const struct layout *l, uint64_t i, layout_mfn_fn *mfn_of, void *ctx,
		  uint64_t entries[LAYOUT_PT_ENTRIES]);

/*
 * Fill in what follows from the layout: magic, nr_pages, the page tables, p2m and initrd fields
 * and SIF_MOD_START_PFN; all else is zeroed for the caller to add (shared_info, further flags,
 * store, console, command line).
 */
void layout_start_info(const struct layout *l, struct start_info *si);

#endif
