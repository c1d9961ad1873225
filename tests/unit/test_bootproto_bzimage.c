/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bzImage: the payload is found by its header, and no offset in that header is believed. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "guest-abi/bootproto/bzimage.h"
#include "suite.h"

#define SETUP 1024 /* one setup sector behind the boot sector */

static uint8_t image[4096];
static size_t image_len;
static struct bzimage img;
static const char *why;

static void put(size_t at, uint32_t value, unsigned int size)
{
	for (unsigned int i = 0; i < size; i++)
		image[at + i] = (uint8_t)(value >> 8 * i);
}

/* An xz payload of 200 bytes, 100 behind the start of the protected-mode part. */
static void setup(void)
{
	memset(image, 0, sizeof(image));
	image_len = SETUP + 512;
	image[0x1f1] = 1;
	put(0x1fe, 0xaa55, 2);
	memcpy(image + 0x202, "HdrS", 4);
	put(0x206, 0x020f, 2);
	put(0x248, 100, 4);
	put(0x24c, 200, 4);
	memcpy(image + SETUP + 100, "\3757zXZ", 6);
	put(SETUP + 100 + 196, 0x123456, 4);
}

static int open_image(void)
{
	uint8_t *copy = malloc(image_len ? image_len : 1);
	int rc;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, image, image_len);
	why = NULL;
	rc = bzimage_open(copy, image_len, &img, &why);
	img.payload -= (uintptr_t)copy; /* leaves the offset */
	free(copy);
	return rc;
}

static void refused(const char *text)
{
	ck_assert_int_eq(open_image(), -ENOEXEC);
	ck_assert_ptr_nonnull(why);
	ck_assert_msg(strstr(why, text) != NULL, "'%s' does not say '%s'", why, text);
}

START_TEST(finds_payload)
{
	ck_assert_int_eq(open_image(), 0);
	ck_assert_int_eq(img.kind, BZIMAGE_XZ);
	ck_assert_uint_eq((uintptr_t)img.payload, SETUP + 100);
	ck_assert_uint_eq(img.payload_len, 200);
	ck_assert_uint_eq(img.stream_len, 196);
	ck_assert_uint_eq(img.image_len, 0x123456);
}
END_TEST

START_TEST(no_setup_sectors_means_four)
{
	memmove(image + 5 * 512 + 100, image + SETUP + 100, 200);
	image[0x1f1] = 0;
	image_len = 5 * 512 + 300;
	ck_assert_int_eq(open_image(), 0);
	ck_assert_uint_eq((uintptr_t)img.payload, 5 * 512 + 100);
}
END_TEST

START_TEST(every_kind)
{
	static const struct {
		enum bzimage_kind kind;
		const char *name;
		size_t len;
		const char *magic;
	} kinds[] = {
		{BZIMAGE_ELF, "ELF", 4, "\177ELF"},    {BZIMAGE_GZIP, "gzip", 2, "\037\213"},
		{BZIMAGE_BZIP2, "bzip2", 3, "BZh"},    {BZIMAGE_LZMA, "lzma", 3, "\135\0\0"},
		{BZIMAGE_XZ, "xz", 6, "\3757zXZ\0"},   {BZIMAGE_LZO, "lzo", 4, "\211LZO"},
		{BZIMAGE_LZ4, "lz4", 4, "\002!L\030"}, {BZIMAGE_ZSTD, "zstd", 4, "(\265/\375"},
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		setup();
		memset(image + SETUP + 100, 0xee, 16);
		memcpy(image + SETUP + 100, kinds[i].magic, kinds[i].len);
		ck_assert_int_eq(open_image(), 0);
		ck_assert_int_eq(img.kind, kinds[i].kind);
		ck_assert_str_eq(bzimage_kind_name(img.kind), kinds[i].name);
		ck_assert_uint_eq(img.image_len, img.kind == BZIMAGE_ELF ? 200 : 0x123456);
		ck_assert_uint_eq(img.stream_len,
				  img.kind == BZIMAGE_ELF || img.kind == BZIMAGE_GZIP ? 200 : 196);
		image[SETUP + 100 + kinds[i].len - 1] ^= 0x80;
		refused("unknown way");
	}
	ck_assert_str_eq(bzimage_kind_name((enum bzimage_kind)99), "unknown");
}
END_TEST

START_TEST(bare_files)
{
	memcpy(image, "\177ELF", 4);
	ck_assert_int_eq(open_image(), 0);
	ck_assert_int_eq(img.kind, BZIMAGE_ELF);
	ck_assert_uint_eq((uintptr_t)img.payload, 0);
	ck_assert_uint_eq(img.image_len, image_len);
	memcpy(image, "\037\213", 2);
	put(image_len - 4, 777, 4);
	ck_assert_int_eq(open_image(), 0);
	ck_assert_int_eq(img.kind, BZIMAGE_GZIP);
	ck_assert_uint_eq(img.image_len, 777);
}
END_TEST

START_TEST(every_truncation_is_refused)
{
	for (image_len = 0; image_len < SETUP + 300; image_len++)
		ck_assert_int_eq(open_image(), -ENOEXEC);
	ck_assert_int_eq(open_image(), 0);
}
END_TEST

START_TEST(not_a_bzimage)
{
	put(0x1fe, 0, 2);
	refused("neither an ELF file nor a bzImage");
	setup();
	image[0x202] = 'h';
	refused("neither an ELF file nor a bzImage");
	setup();
	put(0x206, 0x0207, 2);
	refused("too old");
}
END_TEST

START_TEST(lying_header)
{
	put(0x248, 0xffffffff, 4);
	refused("cut short");
	setup();
	put(0x24c, 0xffffffff, 4);
	refused("cut short");
	setup();
	image[0x1f1] = 255;
	refused("cut short");
	setup();
	put(0x24c, 0, 4);
	refused("unknown way");
	setup();
	put(0x24c, 15, 4);
	refused("cut short");
	setup();
	put(SETUP + 100 + 196, 0, 4);
	refused("no size");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("bootproto/bzimage");
	TCase *tc = tcase_create("bzimage");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, finds_payload);
	tcase_add_test(tc, no_setup_sectors_means_four);
	tcase_add_test(tc, every_kind);
	tcase_add_test(tc, bare_files);
	tcase_add_test(tc, every_truncation_is_refused);
	tcase_add_test(tc, not_a_bzimage);
	tcase_add_test(tc, lying_header);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
