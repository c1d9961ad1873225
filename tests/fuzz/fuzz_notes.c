/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Xen ELF notes. The input is the content of a PT_NOTE segment: an ELF file around it would only
 * keep the fuzzer busy with what fuzz_elf covers.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "guest-abi/bootproto/notes.h"
#include "tests/unit/elf_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct elf_file file;
	struct bootproto_notes notes;
	struct elf_image elf;
	const char *why = NULL;
	uint8_t *copy;
	int rc;

	if (size > sizeof(file.bytes) - ELF_FILE_DATA)
		return 0;
	elf_file_init(&file, 0);
	elf_file_segment(&file, ELF_PT_LOAD, 0, 0, 0, 4096);
	elf_file_segment(&file, ELF_PT_NOTE, 0, 0, size, size);
	copy = malloc(file.len);
	if (!copy)
		return 0;
	memcpy(copy, file.bytes, ELF_FILE_DATA);
	memcpy(copy + ELF_FILE_DATA, data, size);
	if (elf_open(copy, file.len, &elf, &why))
		abort();
	rc = notes_read(&elf, &notes, &why);
	if (rc ? !why : !notes.present || notes.present >> (XEN_ELFNOTE_MAX + 1))
		abort();
	free(copy);
	return 0;
}
