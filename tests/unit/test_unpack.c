// SPDX-License-Identifier: GPL-2.0-or-later
/* Kernel files: each packing that is served comes out whole; damaged ones are refused with words.
 */
#include <check.h>
#include <errno.h>
#include <lz4.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "build/unpack.h"
#include "suite.h"

enum { RAW = 300000, ROOM = 400000, SETUP = 1024 };

static uint8_t raw[RAW], file[ROOM + SETUP];
static struct diag d;

static void put32(uint8_t *p, size_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
	p[2] = (uint8_t)(v >> 16);
	p[3] = (uint8_t)(v >> 24);
}

static void setup(void)
{
	unsigned x = 1;
	size_t i;

	for (i = 0; i < RAW; i++) {
		x = x * 1103515245u + 12345u;
		raw[i] = (uint8_t)(x >> 28);
	}
	memcpy(raw, "\177ELF", 4);
	memset(file, 0, sizeof(file));
}

/* Pack raw at to; its length without the size that follows it in a bzImage. */
static size_t pack(int how, uint8_t *to)
{
	z_stream z = {.next_in = raw, .avail_in = RAW, .next_out = to, .avail_out = ROOM};
	size_t n = 0;

	switch (how) {
	case 0:
		deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
		deflate(&z, Z_FINISH);
		n = z.total_out;
		deflateEnd(&z);
		return n - 4; /* gzip's own trailer is the size */
	case 1:
		lzma_easy_buffer_encode(1, LZMA_CHECK_CRC32, NULL, raw, RAW, to, &n, ROOM);
		return n;
	case 2:
		return ZSTD_compress(to, ROOM, raw, RAW, 3);
	default:
		put32(to, 0x184c2102);
		n = (size_t)LZ4_compress_default((char *)raw, (char *)to + 8, RAW / 2, ROOM);
		put32(to + 4, n);
		put32(to + 8 + n,
		      (size_t)LZ4_compress_default((char *)raw + RAW / 2, (char *)to + 12 + n,
						   RAW / 2, ROOM / 2));
		return n + 12 +
		       ((size_t)to[8 + n] | (size_t)to[9 + n] << 8 | (size_t)to[10 + n] << 16);
	}
}

/* A bzImage around it; length of the file. */
static size_t bzimage(int how)
{
	size_t n = pack(how, file + SETUP);

	put32(file + SETUP + n, RAW);
	file[0x1f1] = 1;
	file[0x1fe] = 0x55;
	file[0x1ff] = 0xaa;
	memcpy(file + 0x202, "HdrS\x0f\x02", 6);
	put32(file + 0x248, 0);
	put32(file + 0x24c, n + 4);
	return SETUP + n + 4;
}

START_TEST(test_whole)
{
	const uint8_t *out;
	size_t n = bzimage(_i), out_n;
	int owned;

	ck_assert_msg(unpack_kernel(file, n, &out, &out_n, &owned, &d) == 0, "%s", d.text);
	ck_assert(owned);
	ck_assert_uint_eq(out_n, RAW);
	ck_assert_mem_eq(out, raw, RAW);
	free((void *)out);
}
END_TEST

START_TEST(test_cut_short)
{
	const uint8_t *out;
	size_t n = bzimage(_i), out_n;
	int owned;

	ck_assert_int_lt(unpack_kernel(file, n - 5000, &out, &out_n, &owned, &d), 0);
	ck_assert_uint_gt(strlen(d.text), 10);
}
END_TEST

START_TEST(test_corrupt)
{
	const uint8_t *out;
	size_t n = bzimage(_i), out_n, i;
	int owned;

	/* Long stretches of nonsense: not every packing has a checksum. */
	for (i = SETUP + 4000; i < n - 4000; i++)
		file[i] = (uint8_t)(i * 7);
	ck_assert_int_lt(unpack_kernel(file, n, &out, &out_n, &owned, &d), 0);
}
END_TEST

START_TEST(test_size_lies)
{
	const uint8_t *out;
	size_t n = bzimage(_i), out_n;
	int owned;

	put32(file + n - 4, RAW - 1);
	ck_assert_int_lt(unpack_kernel(file, n, &out, &out_n, &owned, &d), 0);
	put32(file + n - 4, RAW + 1);
	ck_assert_int_lt(unpack_kernel(file, n, &out, &out_n, &owned, &d), 0);
	put32(file + n - 4, 0xfffffff0);
	ck_assert_int_lt(unpack_kernel(file, n, &out, &out_n, &owned, &d), 0);
}
END_TEST

START_TEST(test_plain_elf_is_used_in_place)
{
	const uint8_t *out;
	size_t out_n;
	int owned;

	ck_assert_int_eq(unpack_kernel(raw, RAW, &out, &out_n, &owned, &d), 0);
	ck_assert_ptr_eq(out, raw);
	ck_assert(!owned);
	ck_assert_int_lt(unpack_kernel((const uint8_t *)"hello", 5, &out, &out_n, &owned, &d), 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("unpack");
	TCase *t = tcase_create("unpack");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_loop_test(t, test_whole, 0, 4);
	tcase_add_loop_test(t, test_cut_short, 0, 4);
	tcase_add_loop_test(t, test_corrupt, 0, 4);
	tcase_add_loop_test(t, test_size_lies, 0, 4);
	tcase_add_test(t, test_plain_elf_is_used_in_place);
	suite_add_tcase(s, t);
	return suite_run(s);
}
