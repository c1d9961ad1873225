/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ELF program headers: what is accepted, and that each field that could mislead is refused. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "guest-abi/bootproto/elf.h"
#include "tests/unit/elf_file.h"
#include "suite.h"

static struct elf_file file;
static struct elf_image elf;
static const char *why;

static void setup(void)
{
	elf_file_init(&file, 0xffffffff81000000);
	elf_file_segment(&file, ELF_PT_LOAD, 0xffffffff81000000, 0x1000000, 256, 8192);
	elf_file_segment(&file, ELF_PT_LOAD, 0xffffffff82000000, 0x2000000, 100, 100);
	elf_file_segment(&file, ELF_PT_NOTE, 0, 0x1000000, 64, 64);
	elf_file_segment(&file, 7, 0, 0, 0, 0);
}

static int open_file(void)
{
	/* A copy of just the length that is claimed, so that the sanitizer sees each step beyond.
	 */
	uint8_t *copy = malloc(file.len ? file.len : 1);
	int rc;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, file.bytes, file.len);
	why = NULL;
	rc = elf_open(copy, file.len, &elf, &why);
	free(copy);
	return rc;
}

static void refused(const char *text)
{
	ck_assert_int_eq(open_file(), -ENOEXEC);
	ck_assert_ptr_nonnull(why);
	ck_assert_msg(strstr(why, text) != NULL, "'%s' does not say '%s'", why, text);
}

START_TEST(accepts_and_describes)
{
	struct elf_segment seg;

	ck_assert_int_eq(elf_open(file.bytes, file.len, &elf, &why), 0);
	ck_assert_uint_eq(elf.entry, 0xffffffff81000000);
	ck_assert_uint_eq(elf.phnum, 4);
	ck_assert_uint_eq(elf.pstart, 0x1000000);
	ck_assert_uint_eq(elf.pend, 0x2000000 + 100);
	elf_segment(&elf, 0, &seg);
	ck_assert_uint_eq(seg.type, ELF_PT_LOAD);
	ck_assert_uint_eq(seg.vaddr, 0xffffffff81000000);
	ck_assert_uint_eq(seg.paddr, 0x1000000);
	ck_assert_uint_eq(seg.filesz, 256);
	ck_assert_uint_eq(seg.memsz, 8192);
	ck_assert_ptr_eq(seg.bytes, file.bytes + elf_file_offset(&file, 0));
	elf_segment(&elf, 2, &seg);
	ck_assert_uint_eq(seg.type, ELF_PT_NOTE);
	ck_assert_ptr_eq(seg.bytes, file.bytes + elf_file_offset(&file, 2));
}
END_TEST

START_TEST(every_truncation_is_refused)
{
	size_t full = file.len;

	for (file.len = 0; file.len < full; file.len++)
		ck_assert_int_eq(open_file(), -ENOEXEC);
	file.len = full;
	ck_assert_int_eq(open_file(), 0);
}
END_TEST

START_TEST(wrong_identity)
{
	file.bytes[0] = 0x7e;
	refused("not an ELF");
	setup();
	file.bytes[4] = 1; /* 32-bit */
	refused("not for x86-64");
	setup();
	file.bytes[5] = 2; /* big-endian */
	refused("not for x86-64");
	setup();
	elf_file_put(&file, 18, 183, 2); /* AArch64 */
	refused("not for x86-64");
}
END_TEST

START_TEST(headers_outside)
{
	elf_file_put(&file, 32, UINT64_MAX - 55, 8);
	refused("program headers lie outside");
	setup();
	elf_file_put(&file, 56, 0xffff, 2);
	refused("program headers lie outside");
	setup();
	elf_file_put(&file, 54, 32, 2);
	refused("unknown size");
}
END_TEST

START_TEST(segment_outside)
{
	elf_file_phdr(&file, 0, 8, file.len - 255);
	refused("outside the file");
	setup();
	elf_file_phdr(&file, 0, 8, UINT64_MAX - 10);
	refused("outside the file");
	setup();
	elf_file_phdr(&file, 2, 32, UINT64_MAX);
	refused("outside the file");
	setup();
	elf_file_phdr(&file, 3, 8, UINT64_MAX); /* of a type that is not looked at */
	ck_assert_int_eq(open_file(), 0);
}
END_TEST

START_TEST(segment_sizes)
{
	elf_file_phdr(&file, 0, 40, 255);
	refused("larger in the file");
	setup();
	elf_file_phdr(&file, 0, 40, 0);
	refused("larger in the file");
	setup();
	elf_file_phdr(&file, 0, 24, UINT64_MAX - 8192);
	ck_assert_int_eq(open_file(), 0);
	elf_file_phdr(&file, 0, 24, UINT64_MAX - 8191);
	refused("wraps around");
}
END_TEST

START_TEST(nothing_to_load)
{
	elf_file_put(&file, 56, 0, 2);
	refused("nothing to load");
	setup();
	elf_file_phdr(&file, 0, 0, 6);
	elf_file_phdr(&file, 1, 32, 0);
	elf_file_phdr(&file, 1, 40, 0); /* takes no memory */
	refused("nothing to load");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("bootproto/elf");
	TCase *tc = tcase_create("elf");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, accepts_and_describes);
	tcase_add_test(tc, every_truncation_is_refused);
	tcase_add_test(tc, wrong_identity);
	tcase_add_test(tc, headers_outside);
	tcase_add_test(tc, segment_outside);
	tcase_add_test(tc, segment_sizes);
	tcase_add_test(tc, nothing_to_load);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
