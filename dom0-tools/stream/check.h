/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bodies of records, looked at before anything is done with them. Each function: 0, or -EINVAL with
 * words in d that lack the record's place. Pure.
 */
#ifndef TOOLS_STREAM_CHECK_H
#define TOOLS_STREAM_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "stream/wire.h"

/* Contents of one page are this long. */
enum { PAGE_BYTES = 4096 };

struct pages {
	size_t count;
	const uint64_t *entries; /* count of them */
	const uint8_t *data;     /* pages of the entries that have contents, in their order */
};

static inline unsigned entry_kind(uint64_t entry)
{
	return (unsigned)(entry >> ENTRY_KIND_SHIFT);
}

static inline uint64_t entry_pfn(uint64_t entry)
{
	return entry & ENTRY_PFN_MASK;
}

static inline bool kind_has_data(unsigned kind)
{
	return kind < KIND_BROKEN;
}

/* Level of a page table, 0 for what is none. */
static inline unsigned kind_level(unsigned kind)
{
	return kind < KIND_BROKEN ? kind & KIND_LEVEL : 0;
}

/* Entries all lie below nr_pfns, kinds are known, contents are as long as they say. */
int check_pages(const struct record *r, uint64_t nr_pfns, struct pages *out, struct diag *d);

/* A guest of 64 bits with tables of four levels. */
int check_pv_info(const struct record *r, struct diag *d);

/* The list from the frame that holds pfn 0 to the one that holds *last. */
int check_p2m_frames(const struct record *r, const uint64_t **list, uint64_t *last, struct diag *d);

/* The blob of a vCPU below nr_vcpus; *size 0: there is none, and that is no error. */
int check_vcpu(const struct record *r, unsigned nr_vcpus, unsigned *id, const uint8_t **blob,
	       size_t *size, struct diag *d);

/* A body of exactly size bytes. */
int check_size(const struct record *r, size_t size, struct diag *d);

/* A body that is an array of members of that size. */
int check_array(const struct record *r, size_t member, struct diag *d);

/* Name of a type, for messages. */
const char *record_name(uint32_t type);

#endif
