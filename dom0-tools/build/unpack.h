/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a kernel file to its ELF image: payload found (bootproto), gzip, xz, lz4 or zstd undone.
 * Pure. */
#ifndef TOOLS_BUILD_UNPACK_H
#define TOOLS_BUILD_UNPACK_H

#include <stddef.h>
#include <stdint.h>

#include "lib/diag.h"

/* An image larger than this is refused: it would be a bomb, not a kernel. */
enum { UNPACK_MAX = 1 << 29 };

/*
 * Find the ELF image in the file of n bytes at in. *out is malloc'ed, or points into in when
 * nothing had to be unpacked (then *owned is 0). 0, or -ENOEXEC, -EOPNOTSUPP, -ENOMEM with a
 * sentence in d that lacks the file's name.
 */
int unpack_kernel(const uint8_t *in, size_t n, const uint8_t **out, size_t *out_n, int *owned,
		  struct diag *d);

#endif
