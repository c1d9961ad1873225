// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <lz4.h>
#include <lzma.h>
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

#include "build/unpack.h"
#include "guest-abi/bootproto/bzimage.h"
#include "guest-abi/bootproto/le.h"

/* Each undoes one format into exactly want bytes: 0, -ENOMEM, or -ENOEXEC for anything else. */
static int gunzip(const struct bzimage *img, uint8_t *out, size_t want)
{
	z_stream z = {.next_in = (Bytef *)img->payload,
		      .avail_in = (uInt)img->payload_len,
		      .next_out = out,
		      .avail_out = (uInt)want};
	int rc;

	if (inflateInit2(&z, 15 + 16) != Z_OK)
		return -ENOMEM;
	rc = inflate(&z, Z_FINISH);
	inflateEnd(&z);
	return rc == Z_STREAM_END && z.total_out == want ? 0 : -ENOEXEC;
}

static int unxz(const struct bzimage *img, uint8_t *out, size_t want)
{
	uint64_t limit = UINT64_MAX;
	size_t in_pos = 0, out_pos = 0;
	lzma_ret rc = lzma_stream_buffer_decode(&limit, 0, NULL, img->payload, &in_pos,
						img->stream_len, out, &out_pos, want);

	if (rc == LZMA_MEM_ERROR)
		return -ENOMEM;
	return rc == LZMA_OK && out_pos == want ? 0 : -ENOEXEC;
}

static int unzstd(const struct bzimage *img, uint8_t *out, size_t want)
{
	size_t frame = ZSTD_findFrameCompressedSize(img->payload, img->stream_len);
	size_t n = ZSTD_isError(frame) ? frame : ZSTD_decompress(out, want, img->payload, frame);

	return !ZSTD_isError(n) && n == want ? 0 : -ENOEXEC;
}

/*
 * The legacy frame: a magic number, then blocks of at most 8 MiB, each after its packed length.
 * They refer to nothing outside themselves.
 */
static int unlz4(const struct bzimage *img, uint8_t *out, size_t want)
{
	enum { BLOCK_MAX = 8 << 20, MAGIC = 4 };
	const uint8_t *p = img->payload + MAGIC;
	size_t left = img->stream_len - MAGIC, done = 0;

	while (left >= 4 && done < want) {
		size_t packed = le32(p), room = want - done < BLOCK_MAX ? want - done : BLOCK_MAX;
		int n;

		p += 4;
		left -= 4;
		if (!packed || packed > left)
			return -ENOEXEC;
		n = LZ4_decompress_safe((const char *)p, (char *)out + done, (int)packed,
					(int)room);
		if (n <= 0)
			return -ENOEXEC;
		done += (size_t)n;
		p += packed;
		left -= packed;
	}
	return done == want ? 0 : -ENOEXEC;
}

static int (*const undo[])(const struct bzimage *, uint8_t *, size_t) = {
	[BZIMAGE_GZIP] = gunzip,
	[BZIMAGE_XZ] = unxz,
	[BZIMAGE_LZ4] = unlz4,
	[BZIMAGE_ZSTD] = unzstd,
};

static int unpack(const struct bzimage *img, const uint8_t **out, struct diag *d)
{
	const char *how = bzimage_kind_name(img->kind);
	uint8_t *to;
	int rc;

	if ((size_t)img->kind >= sizeof(undo) / sizeof(undo[0]) || !undo[img->kind])
		return diag_set(d, -EOPNOTSUPP,
				"compressed by %s; served are gzip, xz, lz4 and zstd", how);
	if (!img->image_len || img->image_len > UNPACK_MAX)
		return diag_set(d, -ENOEXEC,
				"the %s payload is corrupt: it claims to hold %zu bytes", how,
				img->image_len);
	to = malloc(img->image_len);
	rc = to ? undo[img->kind](img, to, img->image_len) : -ENOMEM;
	if (!rc) {
		*out = to;
		return 0;
	}
	free(to);
	if (rc == -ENOMEM)
		return diag_set(d, rc, "no memory to unpack %zu bytes", img->image_len);
	return diag_set(d, rc, "the %s payload is corrupt or truncated", how);
}

int unpack_kernel(const uint8_t *in, size_t n, const uint8_t **out, size_t *out_n, int *owned,
		  struct diag *d)
{
	struct bzimage img;
	const char *why;
	int rc = bzimage_open(in, n, &img, &why);

	if (rc)
		return diag_hint(d, diag_set(d, rc, "%s", why),
				 "give the file a distribution installs as /boot/vmlinuz-VERSION");
	*owned = img.kind != BZIMAGE_ELF;
	*out = img.payload;
	*out_n = *owned ? img.image_len : img.payload_len;
	return *owned ? unpack(&img, out, d) : 0;
}
