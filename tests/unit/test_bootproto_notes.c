/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Xen ELF notes: Linux's set is read in full, and no stated length is believed. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "guest-abi/bootproto/notes.h"
#include "tests/unit/elf_file.h"
#include "suite.h"

static struct elf_file file;
static struct bootproto_notes notes;
static const char *why;

static void add(uint32_t type, const void *desc, size_t len)
{
	elf_file_note(&file, "Xen", type, desc, (uint32_t)len);
}

static void add_u64(uint32_t type, uint64_t value)
{
	add(type, &value, sizeof(value));
}

static void setup(void)
{
	elf_file_init(&file, 0x1000);
	elf_file_segment(&file, ELF_PT_LOAD, 0x1000, 0x1000, 16, 16);
	elf_file_segment(&file, ELF_PT_NOTE, 0, 0, 0, 0);
}

static int read_file(void)
{
	uint8_t *copy = malloc(file.len);
	struct elf_image elf;
	int rc;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, file.bytes, file.len);
	why = NULL;
	ck_assert_int_eq(elf_open(copy, file.len, &elf, &why), 0);
	rc = notes_read(&elf, &notes, &why);
	free(copy);
	return rc;
}

static void refused(const char *text)
{
	ck_assert_int_eq(read_file(), -ENOEXEC);
	ck_assert_ptr_nonnull(why);
	ck_assert_msg(strstr(why, text) != NULL, "'%s' does not say '%s'", why, text);
}

START_TEST(linux_set)
{
	const uint64_t l1_valid[2] = {1, 1};
	const uint32_t one = 1, features = 1 | 1 << 11 | 1 << 15;

	elf_file_note(&file, "GNU", XEN_ELFNOTE_ENTRY, "12345678", 8);
	add(XEN_ELFNOTE_GUEST_OS, "linux", 6);
	add(XEN_ELFNOTE_GUEST_VERSION, "2.6", 4);
	add(XEN_ELFNOTE_XEN_VERSION, "xen-3.0", 8);
	add_u64(XEN_ELFNOTE_VIRT_BASE, 0xffffffff80000000);
	add_u64(XEN_ELFNOTE_INIT_P2M, 0x8000000000);
	add_u64(XEN_ELFNOTE_ENTRY, 0xffffffff82abc123);
	add(XEN_ELFNOTE_FEATURES, "!writable_page_tables", 21);
	add(XEN_ELFNOTE_LOADER, "generic", 8);
	add(XEN_ELFNOTE_SUPPORTED_FEATURES, &features, 4);
	add(XEN_ELFNOTE_L1_MFN_VALID, l1_valid, sizeof(l1_valid));
	add(XEN_ELFNOTE_SUSPEND_CANCEL, &one, 4);
	add(XEN_ELFNOTE_MOD_START_PFN, &one, 4);
	add_u64(XEN_ELFNOTE_PADDR_OFFSET, 0);
	ck_assert_int_eq(read_file(), 0);
	ck_assert_uint_eq(notes.entry, 0xffffffff82abc123);
	ck_assert_uint_eq(notes.virt_base, 0xffffffff80000000);
	ck_assert_uint_eq(notes.paddr_offset, 0);
	ck_assert_uint_eq(notes.init_p2m, 0x8000000000);
	ck_assert_uint_eq(notes.supported_features, features);
	ck_assert_uint_eq(notes.l1_mfn_mask, 1);
	ck_assert_uint_eq(notes.l1_mfn_value, 1);
	ck_assert(notes.mod_start_pfn);
	ck_assert(notes.suspend_cancel);
	ck_assert(notes_have(&notes, XEN_ELFNOTE_INIT_P2M));
	ck_assert(!notes_have(&notes, XEN_ELFNOTE_HYPERCALL_PAGE));
}
END_TEST

START_TEST(few_notes)
{
	add(XEN_ELFNOTE_XEN_VERSION, "xen-3.0", 7); /* without its NUL */
	add_u64(XEN_ELFNOTE_HYPERCALL_PAGE, 0x5000);
	ck_assert_int_eq(read_file(), 0);
	ck_assert_uint_eq(notes.entry, 0x1000);
	ck_assert_uint_eq(notes.virt_base, 0);
	ck_assert_uint_eq(notes.hypercall_page, 0x5000);
	ck_assert(!notes.mod_start_pfn);
	ck_assert(!notes_have(&notes, XEN_ELFNOTE_ENTRY));
}
END_TEST

START_TEST(last_one_counts)
{
	add_u64(XEN_ELFNOTE_ENTRY, 1);
	add_u64(XEN_ELFNOTE_ENTRY, 2);
	ck_assert_int_eq(read_file(), 0);
	ck_assert_uint_eq(notes.entry, 2);
}
END_TEST

START_TEST(several_segments)
{
	add_u64(XEN_ELFNOTE_ENTRY, 1);
	elf_file_segment(&file, ELF_PT_NOTE, 0, 0, 0, 0);
	add_u64(XEN_ELFNOTE_VIRT_BASE, 2);
	ck_assert_int_eq(read_file(), 0);
	ck_assert_uint_eq(notes.entry, 1);
	ck_assert_uint_eq(notes.virt_base, 2);
}
END_TEST

START_TEST(none_of_ours)
{
	refused("no Xen ELF notes");
	elf_file_note(&file, "Linux", XEN_ELFNOTE_ENTRY, "12345678", 8);
	add_u64(XEN_ELFNOTE_MAX + 1, 7);
	add_u64(0xffffffff, 7);
	refused("no Xen ELF notes");
}
END_TEST

START_TEST(wrong_sizes)
{
	static const uint32_t numbers[] = {
		XEN_ELFNOTE_ENTRY,         XEN_ELFNOTE_VIRT_BASE,
		XEN_ELFNOTE_PADDR_OFFSET,  XEN_ELFNOTE_HYPERCALL_PAGE,
		XEN_ELFNOTE_INIT_P2M,      XEN_ELFNOTE_SUSPEND_CANCEL,
		XEN_ELFNOTE_MOD_START_PFN, XEN_ELFNOTE_SUPPORTED_FEATURES,
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		setup();
		add(numbers[i], "12345", 5);
		refused("wrong size");
	}
	setup();
	add_u64(XEN_ELFNOTE_L1_MFN_VALID, 1);
	refused("wrong size");
}
END_TEST

START_TEST(other_interface)
{
	add(XEN_ELFNOTE_XEN_VERSION, "xen-4.0", 8);
	refused("xen-3.0");
	setup();
	add(XEN_ELFNOTE_XEN_VERSION, "xen-3.0", 5); /* must not be read beyond its size, */
	refused("xen-3.0");
	file.len -= 3; /* here even the end of the file */
	elf_file_phdr(&file, 1, 32, file.len - elf_file_offset(&file, 1));
	refused("xen-3.0");
	setup();
	add(XEN_ELFNOTE_LOADER, "own", 4);
	refused("loader");
}
END_TEST

START_TEST(cut_short)
{
	size_t start = file.len, end;

	add_u64(XEN_ELFNOTE_ENTRY, 1);
	end = file.len;
	for (file.len = start + 1; file.len < end; file.len++) {
		elf_file_phdr(&file, 1, 32, file.len - start);
		refused("cut short");
	}
}
END_TEST

START_TEST(huge_lengths)
{
	size_t start = file.len;

	add_u64(XEN_ELFNOTE_ENTRY, 1);
	elf_file_put(&file, start, 0xffffffff, 4);
	refused("cut short");
	elf_file_put(&file, start, 4, 4);
	elf_file_put(&file, start + 4, 0xfffffffe, 4);
	refused("cut short");
}
END_TEST

START_TEST(last_without_padding)
{
	add_u64(XEN_ELFNOTE_ENTRY, 9);
	add(XEN_ELFNOTE_FEATURES, "abcde", 5);
	file.len -= 3;
	elf_file_phdr(&file, 1, 32, file.len - elf_file_offset(&file, 1));
	ck_assert_int_eq(read_file(), 0);
	ck_assert_uint_eq(notes.entry, 9);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("bootproto/notes");
	TCase *tc = tcase_create("notes");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, linux_set);
	tcase_add_test(tc, few_notes);
	tcase_add_test(tc, last_one_counts);
	tcase_add_test(tc, several_segments);
	tcase_add_test(tc, none_of_ours);
	tcase_add_test(tc, wrong_sizes);
	tcase_add_test(tc, other_interface);
	tcase_add_test(tc, cut_short);
	tcase_add_test(tc, huge_lengths);
	tcase_add_test(tc, last_without_padding);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
