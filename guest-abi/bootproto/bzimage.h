/* SPDX-License-Identifier: MIT */
/* Where the kernel is in a file: a bzImage, a bare ELF file, or a gzipped one. */
#ifndef BOOTPROTO_BZIMAGE_H
#define BOOTPROTO_BZIMAGE_H

#include <stddef.h>
#include <stdint.h>

enum bzimage_kind {
	BZIMAGE_ELF, /* not compressed */
	BZIMAGE_GZIP,
	BZIMAGE_BZIP2,
	BZIMAGE_LZMA,
	BZIMAGE_XZ,
	BZIMAGE_LZO,
	BZIMAGE_LZ4, /* the legacy frame, as Linux makes it */
	BZIMAGE_ZSTD,
};

struct bzimage {
	enum bzimage_kind kind;
	const uint8_t *payload; /* within the caller's buffer */
	size_t payload_len;     /* with the 4 bytes of size that end a compressed payload */
	size_t stream_len;      /* what a decompressor is given */
	size_t image_len;       /* stated size after decompression; check it against a limit */
};

/*
 * Find the kernel in the file of len bytes at data. Returns 0, or with *why set -ENOEXEC: not a
 * bzImage, too old (boot protocol below 2.08), cut short, or a payload of unknown kind.
 * Source: Linux Documentation/arch/x86/boot.rst.
 */
int bzimage_open(const void *data, size_t len, struct bzimage *img, const char **why);

/* Name of a kind for messages: "xz", "zstd"... */
const char *bzimage_kind_name(enum bzimage_kind kind);

#endif
