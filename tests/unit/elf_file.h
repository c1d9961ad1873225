/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small ELF files made byte by byte for the tests of guest-abi/bootproto. */
#ifndef TESTS_ELF_FILE_H
#define TESTS_ELF_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define ELF_FILE_PHDRS 64 /* the ELF header's size: program headers follow at once */
#define ELF_FILE_DATA  512

struct elf_file {
	uint8_t bytes[8192];
	size_t len;
	unsigned int segments;
};

static inline void elf_file_put(struct elf_file *f, size_t at, uint64_t value, unsigned int size)
{
	for (unsigned int i = 0; i < size; i++)
		f->bytes[at + i] = (uint8_t)(value >> 8 * i);
}

/* Set a 64-bit field (or the 32-bit type, field 0) of program header i. */
static inline void elf_file_phdr(struct elf_file *f, unsigned int i, size_t field, uint64_t value)
{
	elf_file_put(f, ELF_FILE_PHDRS + i * 56 + field, value, field ? 8 : 4);
}

static inline uint64_t elf_file_offset(const struct elf_file *f, unsigned int i)
{
	uint64_t offset;

	memcpy(&offset, f->bytes + ELF_FILE_PHDRS + i * 56 + 8, 8);
	return offset;
}

static inline void elf_file_init(struct elf_file *f, uint64_t entry)
{
	memset(f, 0, sizeof(*f));
	memcpy(f->bytes, "\177ELF\2\1\1", 7);
	elf_file_put(f, 18, 62, 2);
	elf_file_put(f, 24, entry, 8);
	elf_file_put(f, 32, ELF_FILE_PHDRS, 8);
	elf_file_put(f, 54, 56, 2);
	f->len = ELF_FILE_DATA;
}

/* Append a segment of filesz zero bytes; at most 8 of them. */
static inline void elf_file_segment(struct elf_file *f, uint32_t type, uint64_t vaddr,
				    uint64_t paddr, uint64_t filesz, uint64_t memsz)
{
	unsigned int i = f->segments++;

	elf_file_phdr(f, i, 0, type);
	elf_file_phdr(f, i, 8, f->len);
	elf_file_phdr(f, i, 16, vaddr);
	elf_file_phdr(f, i, 24, paddr);
	elf_file_phdr(f, i, 32, filesz);
	elf_file_phdr(f, i, 40, memsz);
	elf_file_put(f, 56, f->segments, 2);
	f->len += filesz;
}

/* Append a note to the last segment, which must be a PT_NOTE. */
static inline void elf_file_note(struct elf_file *f, const char *name, uint32_t type,
				 const void *desc, uint32_t desc_len)
{
	uint32_t name_len = (uint32_t)strlen(name) + 1;
	uint8_t *p = f->bytes + f->len;
	size_t size;

	elf_file_put(f, f->len, name_len, 4);
	elf_file_put(f, f->len + 4, desc_len, 4);
	elf_file_put(f, f->len + 8, type, 4);
	memcpy(p + 12, name, name_len);
	memcpy(p + 12 + (name_len + 3) / 4 * 4, desc, desc_len);
	size = 12 + (name_len + 3) / 4 * 4 + (desc_len + 3) / 4 * 4;
	f->len += size;
	size += f->bytes[ELF_FILE_PHDRS + (f->segments - 1) * 56 + 32] |
		(size_t)f->bytes[ELF_FILE_PHDRS + (f->segments - 1) * 56 + 33] << 8;
	elf_file_phdr(f, f->segments - 1, 32, size);
}

#endif
