/* SPDX-License-Identifier: MIT */
/*
 * ELF64 kernel images: program headers only. elf_open() checks every header against the image's
 * length; what it accepts can be walked without a further check.
 */
#ifndef BOOTPROTO_ELF_H
#define BOOTPROTO_ELF_H

#include <stddef.h>
#include <stdint.h>

#define ELF_PT_LOAD 1
#define ELF_PT_NOTE 4

/* An opened image. It points into the caller's buffer and must not outlive it. */
struct elf_image {
	const uint8_t *data;
	size_t len;
	uint64_t entry; /* linear address */
	uint64_t phoff;
	unsigned int phnum;
	uint64_t pstart; /* physical range of all PT_LOAD segments, in bytes */
	uint64_t pend;
};

struct elf_segment {
	uint32_t type;
	uint64_t vaddr;
	uint64_t paddr;
	const uint8_t *bytes; /* filesz bytes; the rest up to memsz is zero */
	uint64_t filesz;
	uint64_t memsz;
};

/*
 * Open the image of len bytes at data. Returns 0, or -ENOEXEC with *why set to what is wrong:
 * not an x86-64 ELF, cut short, a segment outside the file or larger in the file than in memory,
 * nothing to load. Source: System V ABI, AMD64 supplement.
 */
int elf_open(const void *data, size_t len, struct elf_image *elf, const char **why);

/* Describe program header i, i < elf->phnum. bytes is meaningful for PT_LOAD and PT_NOTE only. */
void elf_segment(const struct elf_image *elf, unsigned int i, struct elf_segment *seg);

#endif
