/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xz streams as kernels are packed: one block, LZMA2 behind the filter for x86 code, a CRC32.
 * liblzma undoes LZMA2 straight into place; the two other passes over the result are here, for
 * there they take a quarter of the time. Any other stream is left to liblzma alone.
 */
#include "unpack_xz.h"

#include <hv/errno.h>

#include <lzma.h>

#define HEADER    LZMA_STREAM_HEADER_SIZE
#define CRC_BLOCK 64u

typedef long long v2 __attribute__((vector_size(16)));
typedef long long v2_unaligned __attribute__((vector_size(16), aligned(1)));

static uint32_t load32(const uint8_t *p)
{
	uint32_t v;

	__builtin_memcpy(&v, p, sizeof(v));
	return v;
}

/* Where the next 0xe8 or 0xe9 is at or after @i; @end or beyond if there is none. */
static size_t next_branch(const uint8_t *p, size_t i, size_t end)
{
	const uint64_t ones = 0x0101010101010101;

	for (; i + 8 <= end; i += 8) {
		uint64_t w, found;

		__builtin_memcpy(&w, p + i, sizeof(w));
		w = (w ^ ones * 0xe8) & ones * 0xfe;
		found = (w - ones) & ~w & ones * 0x80;
		if (found)
			return i + (size_t)__builtin_ctzll(found) / 8;
	}
	while (i < end && (p[i] & 0xfe) != 0xe8)
		i++;
	return i;
}

/* The top byte of a displacement that stays within the image. */
static bool is_sign(uint8_t byte)
{
	return byte == 0 || byte == 0xff;
}

/*
 * The displacement from which the filter made @absolute, of an instruction that ends at @at. The
 * byte @overlap (0: none) from below the top is the operand of a branch before: what the packer saw
 * there was not a sign, or it had left this one alone; so it is taken back until that is so.
 */
static uint32_t displacement(uint32_t absolute, uint32_t at, unsigned overlap)
{
	for (;;) {
		uint32_t rel = absolute - at;

		if (!overlap || !is_sign((uint8_t)(rel >> (24 - 8 * overlap))))
			return rel;
		absolute = rel ^ ((1u << (32 - 8 * overlap)) - 1);
	}
}

/*
 * @seen: which of the three bytes before looked like a branch and was left alone, the nearest as
 * bit 0. Only one of them may be, and then its operand's top byte must not be a sign.
 */
void unpack_x86(uint8_t *p, size_t n)
{
	static const uint8_t overlap[8] = {0, 1, 2, 2, 3, 3, 3, 3};
	size_t end = n < 5 ? 0 : n - 4, before = SIZE_MAX, i;
	unsigned seen = 0;

	for (i = next_branch(p, 0, end); i < end; i = next_branch(p, i, end)) {
		uint32_t rel;

		seen = i - before > 3 ? 0 : seen << (i - before - 1) & 7;
		before = i;
		if (!is_sign(p[i + 4]) || (seen & (seen - 1)) ||
		    (seen && is_sign(p[i + 4 - overlap[seen]]))) {
			seen = seen << 1 | 1;
			i++;
			continue;
		}
		rel = displacement(load32(p + i + 1), (uint32_t)i + 5, overlap[seen]);
		/* 25 bits with their sign. */
		rel = (rel & 0x1ffffff) | -(rel & 0x1000000);
		__builtin_memcpy(p + i + 1, &rel, sizeof(rel));
		seen = 0;
		i += 5;
	}
}

static v2 load(const uint8_t *p)
{
	return *(const v2_unaligned *)(const void *)p;
}

/* @x moved on over what @keys tells, and what is there. */
static v2 fold(v2 x, v2 keys, v2 there)
{
	return __builtin_ia32_pclmulqdq128(x, keys, 0x00) ^
	       __builtin_ia32_pclmulqdq128(x, keys, 0x11) ^ there;
}

/*
 * Powers of x modulo the polynomial, bit-reversed, as Intel's paper on CRCs by PCLMULQDQ gives
 * them, bring the data down to 16 bytes of the same remainder.
 */
uint32_t unpack_crc32(const uint8_t *p, size_t n)
{
	static const v2 by_64 = {0x154442bd4, 0x1c6e41596}, by_16 = {0x1751997d0, 0x0ccaa009e};
	v2 x[CRC_BLOCK / sizeof(v2)], one;

	if (n < CRC_BLOCK)
		return lzma_crc32(p, n, 0);
#pragma GCC unroll 4
	for (unsigned i = 0; i < ARRAY_SIZE(x); i++)
		x[i] = load(p + i * sizeof(v2));
	x[0] ^= (v2){UINT32_MAX, 0};
	for (p += CRC_BLOCK, n -= CRC_BLOCK; n >= CRC_BLOCK; p += CRC_BLOCK, n -= CRC_BLOCK)
#pragma GCC unroll 4
		for (unsigned i = 0; i < ARRAY_SIZE(x); i++)
			x[i] = fold(x[i], by_64, load(p + i * sizeof(v2)));
	one = x[0];
#pragma GCC unroll 4
	for (unsigned i = 1; i < ARRAY_SIZE(x); i++)
		one = fold(one, by_16, x[i]);
	/* All ones: the library begins with its complement, none. */
	return lzma_crc32(p, n, lzma_crc32((const uint8_t *)&one, sizeof(one), UINT32_MAX));
}

/* Read the headers. False: not of the form that is served here. */
static bool open_block(const uint8_t *src, size_t len, lzma_block *block)
{
	lzma_stream_flags flags;
	lzma_filter *f = block->filters;

	if (len <= HEADER || lzma_stream_header_decode(&flags, src) != LZMA_OK ||
	    flags.check != LZMA_CHECK_CRC32 || !src[HEADER])
		return false;
	block->check = flags.check;
	block->header_size = lzma_block_header_size_decode(src[HEADER]);
	if (len - HEADER < block->header_size ||
	    lzma_block_header_decode(block, NULL, src + HEADER) != LZMA_OK)
		return false;
	if (f->id == LZMA_FILTER_X86 && !f->options)
		f++;
	return f->id == LZMA_FILTER_LZMA2 && f[1].id == LZMA_VLI_UNKNOWN;
}

static int failed(lzma_ret rc)
{
	return rc == LZMA_MEM_ERROR || rc == LZMA_MEMLIMIT_ERROR ? -ENOMEM : -EBADMSG;
}

static int by_library(lzma_stream *s, size_t dst_len, uint64_t memory)
{
	lzma_ret rc = lzma_stream_decoder(s, memory, 0);

	if (rc == LZMA_OK)
		rc = lzma_code(s, LZMA_FINISH);
	return rc == LZMA_STREAM_END && s->total_out == dst_len ? 0 : failed(rc);
}

/* @s stands behind the block's header. */
static int by_passes(lzma_stream *s, const lzma_filter *filters, uint8_t *dst, size_t dst_len,
		     bool clmul)
{
	bool x86 = filters[0].id == LZMA_FILTER_X86;
	lzma_ret rc = lzma_raw_decoder(s, filters + x86);
	uint32_t crc;
	size_t pad;

	if (rc == LZMA_OK)
		rc = lzma_code(s, LZMA_FINISH);
	if (rc != LZMA_STREAM_END || s->total_out != dst_len)
		return failed(rc);
	if (x86)
		unpack_x86(dst, dst_len);
	pad = -s->total_in % 4;
	if (s->avail_in < pad + sizeof(crc))
		return -EBADMSG;
	crc = clmul ? unpack_crc32(dst, dst_len) : lzma_crc32(dst, dst_len, 0);
	return crc == load32(s->next_in + pad) ? 0 : -EBADMSG;
}

int unpack_xz(const uint8_t *src, size_t len, uint8_t *dst, size_t dst_len, bool clmul,
	      uint64_t memory)
{
	lzma_filter filters[LZMA_FILTERS_MAX + 1] = {{.id = LZMA_VLI_UNKNOWN}};
	lzma_block block = {.version = 1, .filters = filters};
	lzma_stream s = LZMA_STREAM_INIT;
	int rc;

	s.next_in = src;
	s.avail_in = len;
	s.next_out = dst;
	s.avail_out = dst_len;
	if (open_block(src, len, &block)) {
		s.next_in += HEADER + block.header_size;
		s.avail_in -= HEADER + block.header_size;
		rc = by_passes(&s, filters, dst, dst_len, clmul);
	} else {
		rc = by_library(&s, dst_len, memory);
	}
	lzma_end(&s);
	lzma_filters_free(filters, NULL);
	return rc;
}
