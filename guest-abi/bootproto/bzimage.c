/* SPDX-License-Identifier: MIT */
/* The payload of a bzImage and the magic numbers that tell its kind; decompresses nothing. */
#include "bzimage.h"

#include <stdbool.h>

#include "abi/errno.h"
#include "le.h"

#define HDR_SETUP_SECTS    0x1f1
#define HDR_BOOT_FLAG      0x1fe
#define HDR_MAGIC          0x202
#define HDR_VERSION        0x206
#define HDR_PAYLOAD_OFFSET 0x248
#define HDR_PAYLOAD_LENGTH 0x24c
#define HDR_END            0x250

static const struct {
	enum bzimage_kind kind;
	const char *name;
	uint8_t len;
	uint8_t magic[6];
} kinds[] = {
	{BZIMAGE_ELF, "ELF", 4, {0x7f, 'E', 'L', 'F'}},
	{BZIMAGE_GZIP, "gzip", 2, {0x1f, 0x8b}},
	{BZIMAGE_BZIP2, "bzip2", 3, {'B', 'Z', 'h'}},
	{BZIMAGE_LZMA, "lzma", 3, {0x5d, 0x00, 0x00}},
	{BZIMAGE_XZ, "xz", 6, {0xfd, '7', 'z', 'X', 'Z', 0x00}},
	{BZIMAGE_LZO, "lzo", 4, {0x89, 'L', 'Z', 'O'}},
	{BZIMAGE_LZ4, "lz4", 4, {0x02, 0x21, 0x4c, 0x18}},
	{BZIMAGE_ZSTD, "zstd", 4, {0x28, 0xb5, 0x2f, 0xfd}},
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static int refuse(const char **why, const char *text)
{
	*why = text;
	return -ABI_ENOEXEC;
}

const char *bzimage_kind_name(enum bzimage_kind kind)
{
	size_t i;

	for (i = 0; i < KINDS; i++)
		if (kinds[i].kind == kind)
			return kinds[i].name;
	return "unknown";
}

static bool find_kind(const uint8_t *p, size_t len, enum bzimage_kind *kind)
{
	size_t i;

	for (i = 0; i < KINDS; i++) {
		if (len < kinds[i].len || __builtin_memcmp(p, kinds[i].magic, kinds[i].len))
			continue;
		*kind = kinds[i].kind;
		return true;
	}
	return false;
}

/* Set the lengths from payload, payload_len and kind. */
static int measure(struct bzimage *img, const char **why)
{
	if (img->kind == BZIMAGE_ELF) {
		img->stream_len = img->payload_len;
		img->image_len = img->payload_len;
		return 0;
	}
	if (img->payload_len < 16)
		return refuse(why, "the compressed kernel is cut short");
	img->image_len = le32(img->payload + img->payload_len - 4);
	/* gzip ends with the size anyway, Linux's build appends it to the other kinds. */
	img->stream_len = img->payload_len - (img->kind == BZIMAGE_GZIP ? 0 : 4);
	if (!img->image_len)
		return refuse(why, "the compressed kernel states no size");
	return 0;
}

static int find_payload(const uint8_t *p, size_t len, struct bzimage *img, const char **why)
{
	uint64_t start, size;
	unsigned int sects;

	if (len < HDR_END || le16(p + HDR_BOOT_FLAG) != 0xaa55 || le32(p + HDR_MAGIC) != 0x53726448)
		return refuse(why, "neither an ELF file nor a bzImage");
	if (le16(p + HDR_VERSION) < 0x0208)
		return refuse(why, "a bzImage too old to tell where its kernel is");

	sects = p[HDR_SETUP_SECTS] ? p[HDR_SETUP_SECTS] : 4;
	start = (sects + 1) * 512ull + le32(p + HDR_PAYLOAD_OFFSET);
	size = le32(p + HDR_PAYLOAD_LENGTH);
	if (start > len || size > len - start)
		return refuse(why, "the bzImage is cut short: its kernel ends beyond the file");
	img->payload = p + start;
	img->payload_len = size;
	if (!find_kind(img->payload, size, &img->kind))
		return refuse(why, "the bzImage's kernel is compressed in an unknown way");
	return 0;
}

int bzimage_open(const void *data, size_t len, struct bzimage *img, const char **why)
{
	int rc;

	img->payload = data;
	img->payload_len = len;
	if (find_kind(data, len, &img->kind) &&
	    (img->kind == BZIMAGE_ELF || img->kind == BZIMAGE_GZIP))
		return measure(img, why);

	rc = find_payload(data, len, img, why);
	return rc ? rc : measure(img, why);
}
