/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whatever elf_open() accepts can be walked and read within the file and within its range. */
#include <stdint.h>
#include <stdlib.h>

#include "guest-abi/bootproto/elf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Reading into it is what lets the sanitizer judge a pointer. */
static volatile uint8_t sink;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct elf_segment seg;
	struct elf_image elf;
	const char *why = NULL;

	if (elf_open(data, size, &elf, &why)) {
		if (!why)
			abort();
		return 0;
	}
	for (unsigned int i = 0; i < elf.phnum; i++) {
		elf_segment(&elf, i, &seg);
		if (seg.type != ELF_PT_LOAD && seg.type != ELF_PT_NOTE)
			continue;
		if (seg.filesz)
			sink = seg.bytes[0] ^ seg.bytes[seg.filesz - 1];
		if (seg.type != ELF_PT_LOAD || !seg.memsz)
			continue;
		if (seg.filesz > seg.memsz || seg.paddr < elf.pstart || seg.paddr > elf.pend ||
		    seg.memsz > elf.pend - seg.paddr)
			abort();
	}
	return 0;
}
