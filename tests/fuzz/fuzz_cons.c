// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The console back-end against a guest that writes anything anywhere into the page: no access
 * outside buffers (sanitizers), never more bytes than asked for, private state untouched.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pv-drivers/back/cons.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct xencons_interface *page = calloc(1, sizeof(*page));
	struct cons_back c;
	char *buf = malloc(300);

	if (!page || !buf)
		abort();
	memset(buf, 'i', 300);
	cons_open(&c, page);
	while (size >= 8) {
		uint32_t at, v;
		size_t n = data[7];
		long rc;

		memcpy(&v, data, 4);
		at = data[4] & 3;
		/* Indices matter most; other bytes of the page are data. */
		memcpy((uint32_t *)(void *)&page->in_cons + at, &v, 4);
		if (data[5] & 1)
			cons_open(&c, page);
		rc = data[6] & 1 ? cons_take(&c, buf, n) : cons_give(&c, buf, n);
		if (rc > (long)n || cons_room(&c) > (long)sizeof(page->in))
			abort();
		data += 8;
		size -= 8;
	}
	free(buf);
	free(page);
	return 0;
}
