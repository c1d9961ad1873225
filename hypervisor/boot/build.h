/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes a domain runnable: kernel payload -> ELF and notes -> layout -> frames, contents, page
 * tables, first vCPU. The layout itself is shared with the control domain's own builder
 * (guest-abi/bootproto). Whose domain it is, its rights and its devices are the caller's.
 */
#ifndef BOOT_BUILD_H
#define BOOT_BUILD_H

#include <abi/start_info.h>
#include <guest-abi/bootproto/elf.h>
#include <guest-abi/bootproto/layout.h>
#include <guest-abi/bootproto/notes.h>
#include <hv/boot.h>
#include <hv/domain.h>

#define BUILD_GRANT_FRAMES 64u
#define BUILD_MAPTRACK     1024u

struct build {
	/* The caller's: */
	const struct boot_module *kernel, *initrd; /* initrd may be NULL */
	uint64_t nr_pages;
	struct domain *d; /* created, with its vCPUs; before build_load() */
	/* What is wrong, when one of the functions fails. */
	const char *why;
	/* The builder's: */
	uint8_t *image; /* decompressed kernel; NULL when the module is an ELF itself */
	size_t image_len;
	struct elf_image elf;
	struct bootproto_notes notes;
	struct layout l;
	uint64_t *p2m; /* machine frame of each pfn */
	unsigned p2m_order;
};

/* All vCPUs of a new domain. */
int build_vcpus(struct domain *d);

/*
 * In this order; each 0 or -errno with why set. build_open() unpacks the kernel; build_plan() lays
 * out nr_pages; build_load() takes frames and fills them all but for what the caller adds to
 * *build_start_info(); build_finish() makes page tables and the first vCPU of it, which runs once
 * the domain is unpaused. build_end() frees the builder's memory, also after a failure. Boot CPU,
 * all subsystems up.
 */
int build_open(struct build *b);
int build_plan(struct build *b, bool control);
int build_load(struct build *b);
int build_finish(struct build *b);
void build_end(struct build *b);

/* The page of that pfn as we see it; build_load() has been. */
static inline void *build_page(const struct build *b, uint64_t pfn)
{
	return frame_virt(mfn_make(b->p2m[pfn]));
}

static inline struct start_info *build_start_info(const struct build *b)
{
	return build_page(b, b->l.start_info.pfn);
}

#endif
