/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decompression of the control domain's kernel with Debian's liblzma and libzstd. They are built
 * for user space (stack protector at %fs:0x28, SSE), so they run here only: at boot, on the boot
 * CPU, before any guest, with FS pointing at a canary of ours.
 */
#ifndef BOOT_UNPACK_H
#define BOOT_UNPACK_H

#include <hv/types.h>

/*
 * Decompress an xz or zstd stream whose last 4 bytes are its decompressed size (the form of a
 * bzImage's payload) into freshly allocated frames. *@why tells in words what was wrong.
 * -EBADMSG: corrupt or truncated; -ENOMEM; -EOPNOTSUPP: another format. Boot only.
 */
int unpack_payload(const uint8_t *src, size_t len, uint8_t **out, size_t *out_len,
		   const char **why);
/* Give back what unpack_payload() returned. */
void unpack_free(uint8_t *out, size_t out_len);

#endif
