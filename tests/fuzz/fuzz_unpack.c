// SPDX-License-Identifier: GPL-2.0-or-later
/* Any file as a kernel. A stated size beyond 16 MiB is left out: it costs time and finds nothing.
 */
#include <stdint.h>
#include <stdlib.h>

#include "build/unpack.h"
#include "guest-abi/bootproto/bzimage.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *out = NULL;
	struct diag d = DIAG_INIT;
	struct bzimage img;
	const char *why;
	size_t n = 0;
	int owned = 0;

	if (!bzimage_open(data, size, &img, &why) && img.image_len > 16 << 20)
		return 0;
	if (unpack_kernel(data, size, &out, &n, &owned, &d)) {
		if (!d.text[0])
			abort();
	} else if (owned) {
		free((void *)out);
	}
	return 0;
}
