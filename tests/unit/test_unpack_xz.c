/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xz streams come out as liblzma makes them; damaged ones do not come out. */
#include "../../hypervisor/boot/unpack_xz.h"
#include "suite.h"

#include <check.h>
#include <hv/errno.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>

enum { RAW = 200000, ROOM = 400000 };

static const uint64_t memory = 64 << 20;
static uint8_t raw[RAW], packed[ROOM], out[RAW];
static lzma_options_lzma options;

/* Bytes among which branches and signs are many, so that they overlap in all ways. */
static void setup(void)
{
	static const uint8_t some[] = {0xe8, 0xe9, 0x00, 0xff, 0xe8, 0x00, 0xff, 0x01};
	unsigned x = 1;

	for (size_t i = 0; i < RAW; i++) {
		x = x * 1103515245u + 12345u;
		raw[i] = x >> 30 && i % 1000 < 900 ? some[x >> 24 & 7] : (uint8_t)(x >> 16);
	}
	lzma_lzma_preset(&options, 1);
	memset(out, 0, sizeof(out));
}

/* Pack raw; length. */
static size_t pack(bool x86, lzma_check check)
{
	lzma_filter filters[] = {
		{LZMA_FILTER_X86, NULL}, {LZMA_FILTER_LZMA2, &options}, {LZMA_VLI_UNKNOWN, NULL}};
	size_t n = 0;

	ck_assert_int_eq(
		lzma_stream_buffer_encode(filters + !x86, check, NULL, raw, RAW, packed, &n, ROOM),
		LZMA_OK);
	return n;
}

START_TEST(test_whole)
{
	lzma_check check = _i & 2 ? LZMA_CHECK_CRC64 : LZMA_CHECK_CRC32;
	size_t n = pack(_i & 1, check);

	ck_assert_int_eq(unpack_xz(packed, n, out, RAW, _i & 4, memory), 0);
	ck_assert_mem_eq(out, raw, RAW);
}
END_TEST

START_TEST(test_corrupt)
{
	size_t n = pack(true, LZMA_CHECK_CRC32);

	for (size_t i = 0; i < n - 40; i += n / 12) {
		packed[i] ^= 0x10;
		ck_assert_int_lt(unpack_xz(packed, n, out, RAW, _i, memory), 0);
		packed[i] ^= 0x10;
		ck_assert_int_lt(unpack_xz(packed, i, out, RAW, _i, memory), 0);
	}
	ck_assert_int_eq(unpack_xz(packed, n, out, RAW - 1, _i, memory), -EBADMSG);
	ck_assert_int_eq(unpack_xz(packed, n, out, RAW, _i, memory), 0);
}
END_TEST

START_TEST(test_wrong_sum)
{
	size_t n = pack(_i, LZMA_CHECK_CRC32), at = n - 12 - 8 - 4;

	/* Behind the block and its padding, before index and footer. */
	while (memcmp(packed + at, &(uint32_t){lzma_crc32(raw, RAW, 0)}, 4) != 0)
		at--;
	packed[at] ^= 1;
	ck_assert_int_eq(unpack_xz(packed, n, out, RAW, true, memory), -EBADMSG);
}
END_TEST

START_TEST(test_crc32)
{
	for (size_t n = 0; n < 600; n++)
		ck_assert_uint_eq(unpack_crc32(raw + n % 7, n), lzma_crc32(raw + n % 7, n, 0));
	ck_assert_uint_eq(unpack_crc32(raw, RAW), lzma_crc32(raw, RAW, 0));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("unpack_xz");
	TCase *t = tcase_create("xz");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_loop_test(t, test_whole, 0, 8);
	tcase_add_loop_test(t, test_corrupt, 0, 2);
	tcase_add_loop_test(t, test_wrong_sum, 0, 2);
	tcase_add_test(t, test_crc32);
	suite_add_tcase(s, t);
	return suite_run(s);
}
