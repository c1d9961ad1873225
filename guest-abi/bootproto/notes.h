/* SPDX-License-Identifier: MIT */
/* What a kernel says about itself in the ELF notes of owner "Xen" (numbers: abi/elfnote.h). */
#ifndef BOOTPROTO_NOTES_H
#define BOOTPROTO_NOTES_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/elfnote.h"
#include "elf.h"

struct bootproto_notes {
	uint32_t present;        /* bit n: note n was there */
	uint64_t entry;          /* first rip; the ELF entry without a note */
	uint64_t virt_base;      /* linear address of pseudo-physical 0 */
	uint64_t paddr_offset;   /* what the ELF p_paddr fields are relative to */
	uint64_t hypercall_page; /* linear address, if present */
	uint64_t init_p2m;       /* linear address, if present */
	uint64_t l1_mfn_mask;    /* of L1_MFN_VALID, if present */
	uint64_t l1_mfn_value;
	uint32_t supported_features; /* XENFEAT_ bits, if present */
	bool mod_start_pfn;          /* the initrd need not be mapped */
	bool suspend_cancel;
};

static inline bool notes_have(const struct bootproto_notes *notes, unsigned int id)
{
	return notes->present >> id & 1;
}

/*
 * Read all PT_NOTE segments of an opened image; a note given twice counts as its last. Returns 0,
 * or with *why set -ENOEXEC: no "Xen" notes at all (not a paravirtualized kernel), a note cut
 * short or of a wrong size, another interface than "xen-3.0", another loader than "generic".
 */
int notes_read(const struct elf_image *elf, struct bootproto_notes *notes, const char **why);

#endif
