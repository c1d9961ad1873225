/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BOOT_UNPACK_XZ_H
#define BOOT_UNPACK_XZ_H

#include <hv/types.h>

/*
 * Decompress the xz stream at @src into the @dst_len bytes it must have, with liblzma and at most
 * @memory bytes for its decoder. @clmul: the CPU has PCLMULQDQ. Uses SSE. -EBADMSG: corrupt,
 * truncated, another length; -ENOMEM. Source: The .xz File Format 1.0.4.
 */
int unpack_xz(const uint8_t *src, size_t len, uint8_t *dst, size_t dst_len, bool clmul,
	      uint64_t memory);

/* Undo, in place, xz's filter for x86 code: it makes addresses of calls' and jumps' distances. */
void unpack_x86(uint8_t *p, size_t n);

/* lzma_crc32() with PCLMULQDQ, begun at 0. */
uint32_t unpack_crc32(const uint8_t *p, size_t n);

#endif
