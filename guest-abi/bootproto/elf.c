/* SPDX-License-Identifier: MIT */
/*
 * ELF64 program headers, bounds-checked once in elf_open(). Section headers are never looked at:
 * nothing a kernel needs for its start is in them.
 */
#include "elf.h"

#include <stdbool.h>

#include "abi/errno.h"
#include "le.h"

#define EHDR_SIZE 64
#define PHDR_SIZE 56
#define EM_X86_64 62

static int refuse(const char **why, const char *text)
{
	*why = text;
	return -ABI_ENOEXEC;
}

void elf_segment(const struct elf_image *elf, unsigned int i, struct elf_segment *seg)
{
	const uint8_t *ph = elf->data + elf->phoff + (uint64_t)i * PHDR_SIZE;
	uint64_t offset = le64(ph + 8);

	seg->type = le32(ph);
	seg->vaddr = le64(ph + 16);
	seg->paddr = le64(ph + 24);
	seg->filesz = le64(ph + 32);
	seg->memsz = le64(ph + 40);
	/* Types that elf_open() does not check may state any offset. */
	seg->bytes = offset <= elf->len ? elf->data + offset : elf->data;
}

static bool in_file(const struct elf_image *elf, uint64_t offset, uint64_t size)
{
	return offset <= elf->len && size <= elf->len - offset;
}

static int check_segments(struct elf_image *elf, const char **why)
{
	struct elf_segment seg;
	unsigned int i;

	elf->pstart = UINT64_MAX;
	elf->pend = 0;
	for (i = 0; i < elf->phnum; i++) {
		elf_segment(elf, i, &seg);
		if (seg.type != ELF_PT_LOAD && seg.type != ELF_PT_NOTE)
			continue;
		if (!in_file(elf, le64(elf->data + elf->phoff + i * PHDR_SIZE + 8), seg.filesz))
			return refuse(why, "an ELF segment lies outside the file");
		if (seg.type == ELF_PT_NOTE)
			continue;
		if (seg.filesz > seg.memsz)
			return refuse(why, "an ELF segment is larger in the file than in memory");
		if (!seg.memsz)
			continue;
		if (seg.memsz > UINT64_MAX - seg.paddr)
			return refuse(why, "an ELF segment wraps around the address space");
		if (seg.paddr < elf->pstart)
			elf->pstart = seg.paddr;
		if (seg.paddr + seg.memsz > elf->pend)
			elf->pend = seg.paddr + seg.memsz;
	}
	if (!elf->pend)
		return refuse(why, "the ELF file has nothing to load");
	return 0;
}

int elf_open(const void *data, size_t len, struct elf_image *elf, const char **why)
{
	const uint8_t *eh = data;

	if (len < EHDR_SIZE)
		return refuse(why, "shorter than an ELF header");
	if (le32(eh) != 0x464c457f)
		return refuse(why, "not an ELF file");
	if (eh[4] != 2 || eh[5] != 1 || le16(eh + 18) != EM_X86_64)
		return refuse(why, "an ELF file, but not for x86-64");

	elf->data = data;
	elf->len = len;
	elf->entry = le64(eh + 24);
	elf->phoff = le64(eh + 32);
	elf->phnum = le16(eh + 56);
	if (le16(eh + 54) != PHDR_SIZE)
		return refuse(why, "ELF program headers of an unknown size");
	if (!in_file(elf, elf->phoff, (uint64_t)elf->phnum * PHDR_SIZE))
		return refuse(why, "the ELF program headers lie outside the file");
	return check_segments(elf, why);
}
