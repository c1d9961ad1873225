/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frame numbers: a machine frame and a guest's own number must not be mixed up. */
#ifndef TOOLS_LIB_FRAME_H
#define TOOLS_LIB_FRAME_H

#include <stdint.h>

enum { FRAME_SHIFT = 12, FRAME_SIZE = 1 << FRAME_SHIFT };

typedef struct {
	uint64_t n;
} mfn_t; /* frame of the machine */

typedef struct {
	uint64_t n;
} pfn_t; /* frame as a guest counts its own */

#define MFN_NONE ((mfn_t){~0ULL})

#endif
