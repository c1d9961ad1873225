/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest's kernel and initrd, opened and understood before any domain exists. */
#ifndef TOOLS_BUILD_KERNEL_H
#define TOOLS_BUILD_KERNEL_H

#include <stdint.h>

#include "guest-abi/bootproto/elf.h"
#include "guest-abi/bootproto/layout.h"
#include "guest-abi/bootproto/notes.h"
#include "lib/diag.h"

struct kernel {
	uint8_t *file;     /* as read; NULL if it was unpacked before (unpacked.h) */
	uint8_t *unpacked; /* NULL if the file needed no unpacking */
	size_t mapped;     /* bytes of unpacked, if it is a mapping */
	struct elf_image elf;
	struct bootproto_notes notes;
	int initrd; /* descriptor, -1: none */
	uint64_t initrd_len;
	struct layout layout;
};

/*
 * Read, unpack and check the kernel, open the initrd (path may be NULL) and lay both out in
 * nr_pages. 0, or -errno with d (names the file). On error nothing is kept.
 */
int kernel_open(struct kernel *k, const char *path, const char *initrd, uint64_t nr_pages,
		struct diag *d);
void kernel_close(struct kernel *k);

#endif
