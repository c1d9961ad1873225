/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs liblzma and libzstd in the hypervisor at boot. What they want of a C library is here: an
 * arena that only grows and goes away as a whole, and the stack protector's failure call.
 */
#include "unpack.h"
#include "unpack_xz.h"

#include <arch/foreign.h>
#include <arch/mmu.h>
#include <asm/msr.h>
#include <hv/console.h>
#include <hv/errno.h>
#include <hv/heap.h>
#include <hv/string.h>

#include <zstd.h>

/* A dictionary of up to 64 MiB (Debian's kernels use 32) and the decoders' own state. */
#define ARENA_ORDER 15
#define ARENA_SIZE  (PAGE_SIZE << ARENA_ORDER)

static uint8_t *arena;
static size_t arena_used;

void *malloc(size_t size);
void *calloc(size_t n, size_t size);
void free(void *p);
NORETURN void __stack_chk_fail(void);
/* libzstd's weak hooks for tracing: too far from address 0 to be left undefined. */
uint64_t ZSTD_trace_decompress_begin(const void *dctx);
void ZSTD_trace_decompress_end(uint64_t ctx, const void *trace);

void *malloc(size_t size)
{
	size_t at = ROUND_UP(arena_used, 64ul);

	if (!arena || size > ARENA_SIZE || at > ARENA_SIZE - size)
		return NULL;
	arena_used = at + size;
	return arena + at;
}

void *calloc(size_t n, size_t size)
{
	size_t total;
	void *p;

	if (__builtin_mul_overflow(n, size, &total))
		return NULL;
	p = malloc(total);
	return p ? memset(p, 0, total) : NULL;
}

void free(void *p)
{
	(void)p;
}

void __stack_chk_fail(void)
{
	panic("decompressor overran its stack");
}

uint64_t ZSTD_trace_decompress_begin(const void *dctx)
{
	(void)dctx;
	return 0; /* not traced */
}

void ZSTD_trace_decompress_end(uint64_t ctx, const void *trace)
{
	(void)ctx, (void)trace;
}

/*
 * Decoders of the formats before 0.8, which are told by other magic numbers and so never reach
 * the library: with these names defined here, a fifth of the image stays out of it.
 */
NORETURN void unpack_obsolete(void);

void unpack_obsolete(void)
{
	panic("decompressor took a frame for one of an obsolete format");
}

#define OBSOLETE(name) __asm__(".globl " #name "\n\t.set " #name ", unpack_obsolete")
#define OBSOLETE_VERSION(v)                                                                        \
	OBSOLETE(ZSTD##v##_createDCtx);                                                            \
	OBSOLETE(ZSTD##v##_freeDCtx);                                                              \
	OBSOLETE(ZSTD##v##_getFrameParams);                                                        \
	OBSOLETE(ZSTD##v##_decompress_usingDict);                                                  \
	OBSOLETE(ZSTD##v##_findFrameSizeInfoLegacy);                                               \
	OBSOLETE(ZBUFF##v##_createDCtx);                                                           \
	OBSOLETE(ZBUFF##v##_freeDCtx);                                                             \
	OBSOLETE(ZBUFF##v##_decompressInitDictionary);                                             \
	OBSOLETE(ZBUFF##v##_decompressContinue)

OBSOLETE_VERSION(v05);
OBSOLETE_VERSION(v06);
OBSOLETE_VERSION(v07);

static int unpack_xz_here(const uint8_t *src, size_t len, uint8_t *dst, size_t dst_len)
{
	return unpack_xz(src, len, dst, dst_len, cpuid(1, 0).c >> 1 & 1, ARENA_SIZE);
}

static int unpack_zstd(const uint8_t *src, size_t len, uint8_t *dst, size_t dst_len)
{
	/* The payload is padded after its one frame; ZSTD_decompress refuses trailing bytes. */
	size_t frame = ZSTD_findFrameCompressedSize(src, len);

	if (ZSTD_isError(frame))
		return -EBADMSG;
	return ZSTD_decompress(dst, dst_len, src, frame) == dst_len ? 0 : -EBADMSG;
}

typedef int unpack_fn(const uint8_t *src, size_t len, uint8_t *dst, size_t dst_len);

static unpack_fn *decoder_for(const uint8_t *src, size_t len)
{
	static const uint8_t xz[] = {0xfd, '7', 'z', 'X', 'Z', 0};
	static const uint8_t zstd[] = {0x28, 0xb5, 0x2f, 0xfd};

	if (len > sizeof(xz) && !memcmp(src, xz, sizeof(xz)))
		return unpack_xz_here;
	if (len > sizeof(zstd) && !memcmp(src, zstd, sizeof(zstd)))
		return unpack_zstd;
	return NULL;
}

int unpack_payload(const uint8_t *src, size_t len, uint8_t **out, size_t *out_len, const char **why)
{
	unpack_fn *decode = decoder_for(src, len);
	struct page *arena_pages, *dst_pages;
	uint32_t size;
	int rc;

	*why = "is compressed neither by xz nor by zstd";
	if (!decode)
		return -EOPNOTSUPP;
	memcpy(&size, src + len - sizeof(size), sizeof(size));
	*why = "states an impossible uncompressed size";
	if (size < len || heap_order(size) > HEAP_MAX_ORDER)
		return -EBADMSG;

	*why = "needs more memory to decompress than is free";
	arena_pages = heap_alloc(ARENA_ORDER, 0);
	if (!arena_pages)
		return -ENOMEM;
	dst_pages = heap_alloc(heap_order(size), 0);
	rc = -ENOMEM;
	if (!dst_pages)
		goto free_arena;

	arena = frame_virt(page_mfn(arena_pages));
	arena_used = 0;
	*out = frame_virt(page_mfn(dst_pages));
	*out_len = size;
	arch_foreign_begin();
	rc = decode(src, len - sizeof(size), *out, size);
	arch_foreign_end();
	arena = NULL;
	if (rc == -EBADMSG)
		*why = "is corrupt or truncated";
	if (rc)
		heap_free(dst_pages, heap_order(size));
free_arena:
	heap_free(arena_pages, ARENA_ORDER);
	return rc;
}

void unpack_free(uint8_t *out, size_t out_len)
{
	heap_free(page_of(virt_frame(out)), heap_order(out_len));
}
