/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The payload that bzimage_open() finds lies within the file, whatever the header says. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "guest-abi/bootproto/bzimage.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Reading into it is what lets the sanitizer judge a pointer. */
static volatile uint8_t sink;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bzimage img;
	const char *why = NULL;

	if (bzimage_open(data, size, &img, &why)) {
		if (!why)
			abort();
		return 0;
	}
	if (img.payload < data || !img.payload_len || img.payload_len > size ||
	    (size_t)(img.payload - data) > size - img.payload_len ||
	    img.stream_len > img.payload_len || !img.image_len)
		abort();
	sink = img.payload[0] ^ img.payload[img.payload_len - 1];
	if (!strcmp(bzimage_kind_name(img.kind), "unknown"))
		abort();
	return 0;
}
